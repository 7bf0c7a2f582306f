"""Deep networks as pointwise affine maps, f(x) = A*(x) x + b*(x), and the spectra of A*.

Drgoňa et al. (arXiv:2011.13492, Lemma 3) replace every activation by the diagonal matrix Λ_z of its
quotients and collect A*(x) = A_L Λ_L A_{L−1} … Λ_1 A_0 and b*(x) by the recursion (7). There are
two ways to take the quotients:

- "offset": (σ(z) − σ(0))/z, with σ(0) moved into b*. It represents f everywhere.
- "literal": σ(z)/z as printed, with σ'(0) at z = 0 (Remark 11). Where σ(0) ≠ 0 it has a pole at
  z = 0, and near a hyperplane z_i = 0 no float64 A* and b* represent f.

A*(x) is not the Jacobian, which `DeepMap.jacobian` gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Bool, Complex, Float

from neural_spectra.activations.scalar_activation import Elementwise, ScalarActivation
from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap

Mode = Literal["offset", "literal"]
Points = Float[np.ndarray, " points"]  # a number for each of some states

# Beyond this error, relative to 1 + |f|, a linearisation in the literal mode counts as no
# representation of f: it is met at distances of about 1e-8 from a hyperplane z_i = 0.
REPRESENTATION_TOLERANCE = 1e-8
# So many points of a grid are computed at once: more cost memory, fewer cost calls of NumPy.
POINTS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Linearisation:
    """The affine maps that represent f at given points.

    Parameters
    ----------
    matrix
        A*(x); NaN where not valid.
    offset
        b*(x); NaN where not valid.
    error
        The largest entry of |A*(x) x + b*(x) − f(x)| / (1 + |f(x)|); NaN where not valid. In the
        offset mode it is at the level of rounding.
    """

    matrix: Float[np.ndarray, "*batch points out in"]
    offset: Float[np.ndarray, "*batch points out"]
    error: Float[np.ndarray, "*batch points"]

    @property
    def valid(self) -> Bool[np.ndarray, "*batch points"]:
        """Where the error is at most `REPRESENTATION_TOLERANCE`."""
        return np.asarray(~np.isnan(self.error))

    def __call__(
        self, x: Float[np.ndarray, "*#batch points in"]
    ) -> Float[np.ndarray, "*#batch points out"]:
        """Return A* x + b* for the points that the affine maps belong to."""
        values: np.ndarray = (self.matrix @ x[..., None])[..., 0] + self.offset
        return values


def linearise(
    network: DeepMap, x: Float[np.ndarray, "*#batch points in"], mode: Mode = "offset"
) -> Linearisation:
    """Return A*(x) and b*(x) of a network, or of a batch of networks, at each point.

    Raises
    ------
    InputError
        If there is no such mode.

    Examples
    --------
    >>> from neural_spectra.networks.deep_maps import deep_map
    >>> network = deep_map("relu", [np.array([[1.0, 2.0], [3.0, 4.0]])])
    >>> found = linearise(network, np.array([[2.0, -1.2]]))
    >>> found.matrix[0]  # at this point ReLU drops the first row and keeps the second
    array([[0., 0.],
           [3., 4.]])
    """
    matrix, offset = _affine_parts(network, x.mT, mode)
    error = _error(network, x.mT, matrix, offset)
    valid = ~np.isnan(error)
    matrix = np.where(valid[..., None, None, :], matrix, np.nan)
    offset = np.where(valid[..., None, :], offset, np.nan)
    return Linearisation(np.moveaxis(matrix, -1, -3), offset.mT, error)


class PlanarGrid(NamedTuple):
    """A network's affine maps over a grid of the plane, with their spectra.

    Attributes
    ----------
    matrix
        A*: ``matrix[i, j]`` is the array of the entries (i, j).
    offset
        b*: ``offset[i]`` is the array of the entries i.
    eigenvalues
        Both eigenvalues of A*, the one of larger modulus first.
    spectral_radius
        The larger modulus, ρ(A*).
    """

    matrix: Float[np.ndarray, "2 2 rows columns"]
    offset: Float[np.ndarray, "2 rows columns"]
    eigenvalues: Complex[np.ndarray, "2 rows columns"]
    spectral_radius: Float[np.ndarray, "rows columns"]

    def largest_error(
        self, x: Float[np.ndarray, "2 points"], f: Float[np.ndarray, "2 points"]
    ) -> float:
        """Return the largest |A* x + b* − f| / (1 + |f|), given all x and f(x), apart from NaN."""
        matrix, offset = self.matrix.reshape(2, 2, -1), self.offset.reshape(2, -1)
        error = matrix[:, 0] * x[0] + matrix[:, 1] * x[1] + offset - f
        return float(np.nanmax(np.abs(error) / (1 + np.abs(f))))


def planar_grid(
    network: DeepMap,
    xs: Float[np.ndarray, " columns"],
    ys: Float[np.ndarray, " rows"],
    mode: Mode = "offset",
) -> PlanarGrid:
    """Return A*, b* and the spectrum of A* of one network at all points (x, y) of a grid.

    Parameters
    ----------
    network
        From the plane to the plane.
    xs, ys
        The coordinates of the grid's columns and rows.
    mode
        Which quotients make up Λ_z. Values that do not represent f (literal mode only, see
        `Linearisation`) are NaN.

    Raises
    ------
    InputError
        If the grid has no points, the network does not map the plane into itself or is a batch of
        networks, or there is no such mode.
    """
    if not len(xs) or not len(ys):
        raise InputError("a grid with no points: give at least one x and one y")
    if network.weights[0].ndim != 2:
        raise InputError("a planar grid takes one network, not a batch: give them one by one")
    if network.weights[0].shape[-1] != 2 or network.weights[-1].shape[-2] != 2:
        raise InputError(
            f"a planar grid needs a network from the plane to the plane, not from dimension "
            f"{network.weights[0].shape[-1]} to dimension {network.weights[-1].shape[-2]}"
        )
    shape = len(ys), len(xs)
    grid = PlanarGrid(
        np.empty((2, 2, *shape)),
        np.empty((2, *shape)),
        np.empty((2, *shape), complex),
        np.empty(shape),
    )
    step = max(1, POINTS_AT_ONCE // len(xs))
    for rows in (slice(k, k + step) for k in range(0, len(ys), step)):
        x = np.array(np.meshgrid(xs, ys[rows])).reshape(2, -1)
        matrix, offset = _affine_parts(network, x, mode)
        if mode == "literal":
            lost = np.isnan(_error(network, x, matrix, offset))
            matrix[..., lost], offset[..., lost] = np.nan, np.nan
        first, second, imaginary = _planar_spectrum(*matrix[0], *matrix[1])
        block = -1, len(xs)
        grid.matrix[..., rows, :] = matrix.reshape(2, 2, *block)
        grid.offset[..., rows, :] = offset.reshape(2, *block)
        grid.eigenvalues[..., rows, :] = _pairs(first, second, imaginary).reshape(2, *block)
        # A pair of complex eigenvalues has the modulus √(t² + s²), and a real first one has s = 0.
        grid.spectral_radius[rows] = np.hypot(first, imaginary).reshape(block)
    return grid


def eigenvalues(
    matrix: Float[np.ndarray, "*batch rows columns"],
) -> Complex[np.ndarray, "*batch rows"]:
    """Return the eigenvalues of square matrices; NaN for matrices that are not finite.

    Those of 2×2 matrices come in closed form, the one of larger modulus first, with a backward
    error of a few units of rounding.

    Raises
    ------
    InputError
        If the matrices are not square.
    """
    rows, columns = matrix.shape[-2:]
    if rows != columns:
        raise InputError(
            f"a {rows}×{columns} matrix has no eigenvalues: use singular_values, or a network with "
            f"as many outputs as inputs"
        )
    if rows == 2:
        return _pairs(*_planar_spectrum(*matrix.reshape(-1, 4).T)).T.reshape(matrix.shape[:-1])
    finite = np.isfinite(matrix).all((-2, -1), keepdims=True)
    found = np.linalg.eigvals(np.where(finite, matrix, 0.0)).astype(complex)
    return np.where(finite[..., 0], found, np.nan)


def spectral_radius(
    matrix: Float[np.ndarray, "*batch rows columns"],
) -> Float[np.ndarray, "*batch"]:
    """Return the largest modulus of an eigenvalue (eq. (9)); see `eigenvalues`."""
    largest: np.ndarray = np.abs(eigenvalues(matrix)).max(-1)
    return largest


def singular_values(
    matrix: Float[np.ndarray, "*batch rows columns"],
) -> Float[np.ndarray, "*batch smaller"]:
    """Return the singular values of matrices of any shape, the largest first; NaN like above."""
    finite = np.isfinite(matrix).all((-2, -1), keepdims=True)
    found = np.linalg.svdvals(np.where(finite, matrix, 0.0))
    return np.where(finite[..., 0], found, np.nan)


def _affine_parts(
    network: DeepMap, x: Float[np.ndarray, "*#batch in points"], mode: Mode
) -> tuple[Float[np.ndarray, "*batch2 out in points"], Float[np.ndarray, "*batch2 out points"]]:
    """Return A* and b*, with one contiguous array of points for each entry.

    Each layer acts in the same way on the columns of A*, on b* and on the state itself (the latter
    two get the biases, too). Side by side as columns of one matrix, [A* | b* | h], all of them take
    a single product with the weights, and the points stand in the last, fast axis.
    """
    inputs, points = x.shape[-2:]
    columns = np.zeros((*x.shape[:-2], inputs, inputs + 2, points))
    columns[..., :inputs, :] = np.eye(inputs)[..., None]
    columns[..., -1, :] = x
    for weight, bias, activation in network.layers:
        product = weight @ columns.reshape(*columns.shape[:-2], -1)
        columns = product.reshape(*product.shape[:-1], inputs + 2, points)
        columns[..., -2:, :] += bias[..., None, None]
        if activation:
            quotient, offset = _quotient(activation, mode)
            columns *= quotient(columns[..., -1, :])[..., None, :]
            columns[..., -2:, :] += offset
    return columns[..., :inputs, :], columns[..., -2, :]


def _quotient(activation: ScalarActivation, mode: Mode) -> tuple[Elementwise, float]:
    """Return the diagonal of Λ_z as a function of z, and what it leaves for b*."""
    if mode not in get_args(Mode):
        raise InputError(f"unknown mode '{mode}': give 'offset' or 'literal'")
    if mode == "offset" or activation.offset == 0:
        return activation.quotient, activation.offset
    return lambda z: activation.function(z) / np.where(np.abs(z) < 1e-300, np.nan, z), 0.0


def _error(
    network: DeepMap,
    x: Float[np.ndarray, "*#batch in points"],
    matrix: Float[np.ndarray, "*batch2 out in points"],
    offset: Float[np.ndarray, "*batch2 out points"],
) -> Float[np.ndarray, "*batch2 points"]:
    """Return the largest |A* x + b* − f| / (1 + |f|), NaN where it is above the tolerance."""
    f = network(x.mT).mT
    affine = np.einsum("...oip,...ip->...op", matrix, x) + offset
    error = (np.abs(affine - f) / (1 + np.abs(f))).max(-2)
    return np.where(error <= REPRESENTATION_TOLERANCE, error, np.nan)


def _planar_spectrum(a: Points, b: Points, c: Points, d: Points) -> tuple[Points, Points, Points]:
    """Return the real parts of both eigenvalues of ((a, b), (c, d)), and ± the imaginary part.

    With t half the trace and q = ((a − d)/2)² + bc they are t ± √q. The one in which the terms add
    up is taken so, the other from the determinant, so that nothing cancels: a matrix with a row of
    zeros has the eigenvalue 0, not 1e-17.
    """
    # The squares over- and underflow at entries of 1e±154, so the largest entry is brought to
    # between 1 and 2. Its power of two, all but the exponent masked out, changes no digit.
    largest = np.maximum(np.maximum(np.abs(a), np.abs(b)), np.maximum(np.abs(c), np.abs(d)))
    scale = np.maximum(largest, np.finfo(float).tiny)
    scale = (scale.view(np.int64) & 0x7FF0000000000000).view(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b, c, d = a / scale, b / scale, c / scale, d / scale
        t, h, bc = (a + d) / 2, (a - d) / 2, b * c
        q = h * h + bc
        root = np.sqrt(np.abs(q))
        is_complex = q <= 0
        first = t + np.copysign(root, t)
        second = (a * d - bc) / first
    np.copyto(first, t, where=is_complex)
    np.copyto(second, t, where=is_complex)
    root *= is_complex
    return first * scale, second * scale, root * scale


def _pairs(first: Points, second: Points, imaginary: Points) -> Complex[np.ndarray, "2 points"]:
    pairs = np.empty((2, *first.shape), complex)
    pairs.real[0], pairs.real[1] = first, second
    pairs.imag[0], pairs.imag[1] = imaginary, -imaginary
    return pairs
