"""Continuous-time recurrent networks ẋ = σ(A x) and ẋ = A σ(x), and skew-symmetric matrices A.

With Φ' = σ the energy E = Σ Φ((A x)_i) of the first form, and E = Σ Φ(x_i) of the second, obeys
dE/dt = σᵀ A σ, which is 0 for every skew-symmetric A, whatever σ and the number n of units (for
tanh: Casoni et al. 2025). The map z = A x carries the first form to the second.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float

from neural_spectra.activations.scalar_activation import ScalarActivation
from neural_spectra.errors import InputError, did_you_mean

Form = Literal["sigma(A x)", "A sigma(x)"]

_ROUNDING = 1e-12

# G − Gᵀ is normal, so that its spectral radius is its 2-norm, and its entries have the variance 2.
SCALINGS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "frobenius norm": lambda matrices: np.linalg.norm(matrices, axis=(-2, -1)),
    "spectral radius": lambda matrices: np.linalg.norm(matrices, ord=2, axis=(-2, -1)),
    "entries": lambda matrices: np.full(len(matrices), math.sqrt(2 * matrices.shape[-1])),
}


@dataclass(frozen=True)
class RecurrentNetwork:
    """A recurrent network without input, or a batch of them: ẋ = σ(A x) or ẋ = A σ(x).

    The batch axes of the matrix broadcast against those of the states. All is computed in float64,
    whatever the matrix comes in.

    Parameters
    ----------
    matrix
        A, not necessarily skew-symmetric: damping makes it A − γ1.
    activation
        σ.
    form
        Which of the two: "sigma(A x)" or "A sigma(x)".

    Raises
    ------
    InputError
        If the form is neither of the two.
    """

    matrix: Float[np.ndarray, "*batch n n"]
    activation: ScalarActivation
    form: str = "sigma(A x)"

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", np.asarray(self.matrix, dtype=np.float64))
        forms = get_args(Form)
        if self.form not in forms:
            raise InputError(
                f"unknown form '{self.form}' of a recurrent network"
                f"{did_you_mean(self.form, forms)}; known are {' and '.join(forms)}"
            )

    def __call__(self, x: Float[np.ndarray, "*states n"]) -> Float[np.ndarray, "*batch n"]:
        """Evaluate ẋ."""
        if self.form == "sigma(A x)":
            return self.activation.function(self.preactivation(x))
        velocity: np.ndarray = np.matvec(self.matrix, self.activation.function(x))
        return velocity

    def preactivation(self, x: Float[np.ndarray, "*states n"]) -> Float[np.ndarray, "*batch n"]:
        """Return what σ acts on: A x or x."""
        result: np.ndarray = np.matvec(self.matrix, x) if self.form == "sigma(A x)" else x
        return result

    def jacobian(self, x: Float[np.ndarray, "*states n"]) -> Float[np.ndarray, "*batch n n"]:
        """Evaluate the derivative of ẋ: diag(σ'(A x)) A or A diag(σ'(x))."""
        slopes = self.activation.slope(self.preactivation(x))
        axis = -1 if self.form == "sigma(A x)" else -2
        result: np.ndarray = np.expand_dims(slopes, axis) * self.matrix
        return result

    def energy(self, x: Float[np.ndarray, "*states n"]) -> Float[np.ndarray, "*batch"]:
        """Return E = Σ Φ over the units, constant in time where A is skew-symmetric."""
        potentials = self.activation.potential(self.preactivation(x))
        return np.asarray(potentials.sum(axis=-1))


def planar(omega: float | Float[np.ndarray, "*batch"]) -> Float[np.ndarray, "*batch 2 2"]:
    """Return A = [[0, ω], [−ω, 0]], the skew-symmetric matrix of angular frequency ω.

    Examples
    --------
    >>> planar(2.0)
    array([[ 0.,  2.],
           [-2.,  0.]])
    """
    quarter_turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    result: np.ndarray = np.multiply.outer(np.asarray(omega), quarter_turn)
    return result


def require_skew_symmetric(
    matrix: Float[np.ndarray, "*batch rows columns"], where: str = "A"
) -> None:
    """Refuse a matrix that is not skew-symmetric up to rounding (1e-12 of its Frobenius norm).

    Raises
    ------
    InputError
        If the matrix, or one of the batch, is not skew-symmetric, not square, or has no entry.
    """
    rows, columns = matrix.shape[-2:]
    if rows != columns or rows == 0:
        raise InputError(
            f"{where} has {rows} rows and {columns} columns, but a network of n ≥ 1 units needs "
            f"a matrix with n rows and n columns"
        )
    defects = np.abs(matrix + matrix.mT).max(axis=(-2, -1))
    norms = np.linalg.norm(matrix, axis=(-2, -1))
    refused = ~(defects <= _ROUNDING * norms)
    if refused.any():
        defect, norm = defects[refused][0], norms[refused][0]
        raise InputError(
            f"{where} is not skew-symmetric: the largest entry of |{where} + {where}ᵀ| is "
            f"{defect:.3g}, where {where} has the norm {norm:.3g}; "
            f"take ({where} − {where}ᵀ)/2 instead"
        )


def random_skew_symmetric(
    n: int, seeds: Sequence[int], scaling: str, size: float
) -> Float[np.ndarray, "seeds n n"]:
    """Return scaled G − Gᵀ for every seed, where the entries of G are drawn from N(0, 1).

    Parameters
    ----------
    n
        Number of units.
    seeds
        Each seed has a random generator of its own for each n.
    scaling
        What ``size`` means: "frobenius norm", "spectral radius", or "entries", where the entries
        above the diagonal are drawn from N(0, size²/n).
    size
        The norm or radius that every matrix gets, or √n times the entries' standard deviation.

    Raises
    ------
    InputError
        If the scaling is unknown, the size not positive and finite, or n too small to be scaled.
    """
    if scaling not in SCALINGS:
        raise InputError(
            f"unknown scaling '{scaling}' of a random matrix{did_you_mean(scaling, SCALINGS)}; "
            f"known are {', '.join(SCALINGS)}"
        )
    if n < 2:
        raise InputError(f"a skew-symmetric matrix with n = {n} cannot be scaled: take n ≥ 2")
    if not 0 < size < math.inf:
        raise InputError(
            f"size {size} of a random matrix is not a positive, finite {scaling}: give one"
        )
    generators = [np.random.default_rng([seed, n]) for seed in seeds]
    draws = np.array([generator.standard_normal((n, n)) for generator in generators])
    differences: np.ndarray = draws - draws.mT
    differences *= (size / SCALINGS[scaling](differences))[:, None, None]
    return differences


def kernel_vector(matrix: Float[np.ndarray, "*batch n n"]) -> Float[np.ndarray, "*batch n"]:
    """Return a unit vector v with A v = 0, which every skew-symmetric A with odd n has.

    Raises
    ------
    InputError
        If n is even or A is not skew-symmetric.
    """
    require_skew_symmetric(matrix)
    n = matrix.shape[-1]
    if n % 2 == 0:
        raise InputError(f"a skew-symmetric matrix with n = {n} may be invertible: take n odd")
    return np.linalg.svd(matrix).Vh[..., -1, :]
