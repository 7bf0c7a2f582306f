"""Floquet multipliers from the propagators of a period's segments, with error estimates.

The eigenvalues of one monodromy matrix lose every multiplier below about 1e-16 of the largest. The
segments' propagators lose none, as each is of moderate condition: the methods here that need small
multipliers never multiply them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from jaxtyping import Complex, Float, Int64
from torch import Tensor

from neural_spectra.flows.monodromy import Propagators, scaled_product
from neural_spectra.networks.random_numbers_on_any_device import normal

_UNKNOWN = 1.0
_SAFETY = 3.0  # of errors at looser tolerances, which can happen to agree
_PERIODS = 30
_SEPARATED = 1e-12
_CONVERGED = 1e-15
_ROUNDINGS = 16.0  # in a segment: a few steps of a dozen stages
_EPSILON = torch.finfo(torch.float64).eps


class Method(IntEnum):
    """How a multiplier was found (see ``multipliers``)."""

    NONE = 0
    EIGENVALUES = 1
    QR = 2
    PERIODIC_SCHUR = 3
    LIOUVILLE = 4
    UNRESOLVED = 5

    @property
    def label(self) -> str:
        """The method's name, for tables."""
        return self.name.lower()


@dataclass(frozen=True)
class Multipliers:
    """The Floquet multipliers μ of each member, by falling modulus.

    Parameters
    ----------
    phase
        μ/|μ|.
    log_modulus
        ln|μ|.
    error_estimate
        Absolute error of ``log_modulus``, that is, relative error of |μ|: how much looser
        tolerances, along an orbit displaced by as much, change it, plus what rounding can.
    method
        The ``Method`` that gave each multiplier. NaN in the other columns means that there are no
        propagators (``NONE``), or that not even the order of magnitude of |μ| is known
        (``UNRESOLVED``).
    """

    phase: Complex[Tensor, "*batch dimension"]
    log_modulus: Float[Tensor, "*batch dimension"]
    error_estimate: Float[Tensor, "*batch dimension"]
    method: Int64[Tensor, "*batch dimension"]

    def __getitem__(self, index: Any) -> Multipliers:
        """Index the batch axes."""
        return Multipliers(*(column[index] for column in vars(self).values()))

    @property
    def real(self) -> Float[Tensor, "*batch dimension"]:
        """Real part of μ; 0 or ±∞ beyond the range of float64."""
        return self.phase.real * self.log_modulus.exp()

    @property
    def imag(self) -> Float[Tensor, "*batch dimension"]:
        """Imaginary part of μ; 0 or ±∞ beyond the range of float64."""
        return self.phase.imag * self.log_modulus.exp()


def multipliers(propagators: Propagators, looser: Propagators) -> Multipliers:
    """Find the Floquet multipliers, each by the method with the smallest error estimate.

    - Eigenvalues of the monodromy matrix: the change of M between the two tolerances and the
      rounding of the product, times the eigenvalue's condition number, relative to |μ|.
    - QR: orthogonal iteration over the segments until it converges, from a random start (from the
      identity it can sit on the wrong direction). A multiplier whose modulus is well separated
      converges to a diagonal entry of the triangular factors, accurate however small it is.
    - Periodic Schur: where moduli are equal or too close to separate (complex pairs), the
      eigenvalues of the diagonal block that holds them, multiplied up over one period of the same
      iteration. Its moduli are of one order, so they are accurate however small they are.
    - Liouville: what the other multipliers leave of ∮ tr Df dt to the smallest one, or to the
      smallest pair. The integral loses nothing where a segment contracts to below rounding.

    Parameters
    ----------
    propagators
        The propagators at the tolerances wanted.
    looser
        The same with larger errors, for the estimates.

    Examples
    --------
    >>> from neural_spectra.flows.close_returns import Search
    >>> from neural_spectra.flows.reference_systems import StuartLandau
    >>> from neural_spectra.flows.shooting import find_periodic_orbits
    >>> start = torch.tensor([[[0.3, 0.0]]]).double()
    >>> orbit = find_periodic_orbits(StuartLandau(), start, Search())
    >>> mu = multipliers(orbit.propagators, orbit.looser)
    >>> [f"{value:.3e}" for value in mu.log_modulus.exp()[0].tolist()]  # 1 and exp(-4 pi)
    ['1.000e+00', '3.487e-06']
    """
    finite = (propagators.matrices + looser.matrices).isfinite().flatten(-3).all(-1)
    # LAPACK refuses NaN for the whole batch.
    tight = propagators.matrices.masked_fill(~finite[..., None, None, None], 1.0)
    loose = looser.matrices.masked_fill(~finite[..., None, None, None], 1.0)
    best = _better(_by_segments(tight, loose), _by_eigenvalues(tight, loose))
    best = _better(best, _by_liouville(best, propagators, looser))
    unresolved = ~(best.error_estimate < _UNKNOWN)
    method = best.method.masked_fill(unresolved, int(Method.UNRESOLVED))
    known = finite[..., None] & ~unresolved
    return Multipliers(
        best.phase.where(known, torch.nan),
        best.log_modulus.where(known, torch.nan),
        best.error_estimate.where(known, torch.nan),
        method.where(finite[..., None], int(Method.NONE)),
    )


def _better(first: Multipliers, second: Multipliers) -> Multipliers:
    """Take each multiplier from the one that knows it better."""
    kept = ~(second.error_estimate < first.error_estimate)
    return Multipliers(
        first.phase.where(kept, second.phase),
        first.log_modulus.where(kept, second.log_modulus),
        first.error_estimate.where(kept, second.error_estimate),
        first.method.where(kept, second.method),
    )


def _by_liouville(found: Multipliers, propagators: Propagators, looser: Propagators) -> Multipliers:
    """Give the smallest multiplier, or pair, what the others leave of ∮ tr Df dt."""
    turns, smallest = found.phase[..., -1:].imag.abs(), found.method[..., -1:]
    alone = (turns == 0) & (smallest != int(Method.PERIODIC_SCHUR))
    # Two real multipliers that rounding takes for a complex pair need not have one modulus.
    pair = (turns > found.error_estimate[..., -1:]).long()
    d = found.log_modulus.shape[-1]
    last = torch.arange(d) >= d - 1 - pair
    others = found.log_modulus.masked_fill(last, 0.0).sum(-1, keepdim=True)
    error = found.error_estimate.masked_fill(last, 0.0).sum(-1, keepdim=True)
    determinant = propagators.log_determinant.unsqueeze(-1)
    change = _SAFETY * (determinant - looser.log_determinant.unsqueeze(-1)).abs()
    rounding = 4 * _EPSILON * (1 + propagators.divergence.abs()).sum(-1, keepdim=True)
    left, uncertain = determinant - others, error + change + rounding
    return Multipliers(
        found.phase,
        (left / (1 + pair)).expand_as(found.log_modulus),
        (uncertain / (1 + pair)).where(last & (alone | (pair > 0)), torch.inf),
        torch.full_like(found.method, int(Method.LIOUVILLE)),
    )


class _Spectrum(NamedTuple):
    """Eigenvalues by falling modulus; the size of the diagonal block each comes from.

    ``rounding`` is the relative size of what rounding changes in that block.
    """

    phase: Tensor
    log_modulus: Tensor
    condition: Tensor
    rounding: Tensor
    size: Tensor


def _by_eigenvalues(tight: Tensor, loose: Tensor) -> Multipliers:
    product, log_scale = scaled_product(tight)
    spectrum = _spectrum(product, log_scale, torch.zeros_like(log_scale).unsqueeze(-1))
    looser, looser_log_scale = scaled_product(loose)
    change = (product - looser * (looser_log_scale - log_scale).exp()[..., None, None]).abs()
    # |fl(AB) − AB| ≤ d ε |A||B|, entry by entry: it also sees cancellation inside the product.
    bound, bound_log_scale = scaled_product(tight.abs())
    segments, d = tight.shape[-3:-1]
    rounding = segments * d * _EPSILON * (bound_log_scale - log_scale).exp()
    shift = torch.linalg.matrix_norm(_SAFETY * change + bound * rounding[..., None, None])
    modulus = (spectrum.log_modulus - log_scale[..., None]).exp()
    error = spectrum.condition * shift[..., None] / modulus
    error = error.where(error.isfinite(), torch.inf)
    method = torch.full_like(error, int(Method.EIGENVALUES), dtype=torch.int64)
    return Multipliers(spectrum.phase, spectrum.log_modulus, error, method)


def _by_segments(tight: Tensor, loose: Tensor) -> Multipliers:
    d = tight.shape[-1]
    start = torch.linalg.qr(normal(torch.Generator().manual_seed(0), d, d)).Q
    spectrum, looser = _periodic_schur(tight, start), _periodic_schur(loose, start)
    # A multiple eigenvalue has no finite condition number, but moves by a root of the change only.
    rounding = torch.minimum(
        spectrum.condition * spectrum.rounding, spectrum.rounding ** (1 / spectrum.size)
    )
    change = _SAFETY * (spectrum.log_modulus - looser.log_modulus).abs()
    # Two tolerances can agree on nonsense where a segment contracts to below both.
    error = (change + rounding).masked_fill(rounding > _UNKNOWN, torch.inf)
    error = error.where(error.isfinite(), torch.inf)
    method = torch.where(spectrum.size > 1, int(Method.PERIODIC_SCHUR), int(Method.QR))
    return Multipliers(spectrum.phase, spectrum.log_modulus, error, method)


def _periodic_schur(matrices: Tensor, start: Tensor) -> _Spectrum:
    """Find the multipliers by orthogonal iteration through the segments, Φ_k Q_{k−1} = Q_k R_k.

    Once the leading columns of Q span invariant subspaces, Q_0ᵀ Q_K is block diagonal, so
    Q_0ᵀ M Q_0 = (Q_0ᵀ Q_K) R_K … R_1 is block triangular with the multipliers in its diagonal
    blocks, and a block of the product is the product of the blocks (Bojanczyk, Golub and
    Van Dooren 1992, "The periodic Schur decomposition").
    """
    batch, (segments, d) = matrices.shape[:-3], matrices.shape[-3:-1]
    factors = matrices.reshape(-1, segments, d, d).unbind(1)
    q = start.expand(len(factors[0]), d, d)
    before = torch.full((len(q), d - 1), torch.inf, dtype=torch.float64)
    for _ in range(_PERIODS):
        q_start, triangles = q, []
        for factor in factors:
            q, triangle = torch.linalg.qr(factor @ q)
            triangles.append(triangle)
        turn = q_start.mT @ q
        coupling = [turn[:, k:, :k].abs().amax((-2, -1)) for k in range(1, d)]
        coupled = torch.stack(coupling, dim=-1)
        splits = coupled < _SEPARATED
        # What is left of the coupling is an error of the multipliers, so down to rounding with it.
        if (splits & ((coupled < _CONVERGED) | (coupled >= before))).all():
            break
        before = coupled
    triangular = torch.stack(triangles, dim=1)
    # Every factor and its QR factorisation err by some d ε |Φ|, against each diagonal entry.
    sizes = torch.linalg.matrix_norm(torch.stack(factors, dim=1)).unsqueeze(-1)
    diagonal = triangular.diagonal(dim1=-2, dim2=-1).abs()
    rounding = _ROUNDINGS * d * _EPSILON * (sizes / diagonal).sum(1)

    size = torch.ones(len(q), d, dtype=torch.float64)
    columns = size.clone(), size.clone(), size.clone()
    result = _Spectrum(size.to(torch.complex128), *columns, size)
    for pattern in sorted({tuple(row) for row in splits.tolist()}):
        members = (splits == torch.tensor(pattern)).all(-1)
        edges = [0, *(k + 1 for k, split in enumerate(pattern) if split), d]
        blocks = []
        for i, j in pairwise(edges):
            product, log_scale = scaled_product(triangular[members, :, i:j, i:j])
            worst = rounding[members, i:j].amax(-1, keepdim=True)
            blocks.append(_spectrum(turn[members, i:j, i:j] @ product, log_scale, worst))
        for column, parts in zip(result, zip(*blocks, strict=True), strict=True):
            column[members] = torch.cat(parts, dim=-1)
    return _Spectrum(*(column.reshape(*batch, d) for column in result))


def _spectrum(block: Tensor, log_scale: Tensor, rounding: Tensor) -> _Spectrum:
    """Return the eigenvalues of e^log_scale times one block."""
    values, vectors = torch.linalg.eig(block)
    inverse = torch.linalg.inv_ex(vectors).inverse
    condition = vectors.norm(dim=-2) * inverse.norm(dim=-1)
    order = values.abs().argsort(dim=-1, descending=True, stable=True)
    values = values.gather(-1, order)
    return _Spectrum(
        values.sgn(),
        values.abs().log() + log_scale[..., None],
        condition.gather(-1, order).nan_to_num(nan=torch.inf),
        rounding.expand_as(condition),
        torch.full_like(condition, block.shape[-1]),
    )
