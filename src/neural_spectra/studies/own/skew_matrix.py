"""How near a matrix is to a skew-symmetric one, and what that leaves of the theory."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float

from neural_spectra.errors import InputError
from neural_spectra.flows.skew_symmetry_theory import energy_weights, similar_skew_symmetric

# Relative to the norm: what is rounding, and what is small enough to be called nearly skew.
ROUNDING, NEARLY = 1e-12, 0.01
ZERO = "zero"
SKEW = "skew-symmetric"
DAMPED = "skew-symmetric with damping"
WEIGHTED = "skew-symmetric up to positive weights of the units"
NEARLY_SKEW = "nearly skew-symmetric"
SIMILAR = "similar to a skew-symmetric matrix"
OTHER = "not skew-symmetric"


@dataclass(frozen=True)
class MatrixFacts:
    """What is asked of the matrix alone.

    Parameters
    ----------
    matrix
        A.
    kind
        The first that holds of the words above.
    norm, distance
        The Frobenius norms of A and of (A + Aᵀ)/2: how far the nearest skew-symmetric matrix is.
    symmetric_range
        The least and the largest eigenvalue of (A + Aᵀ)/2: dE/dt = σᵀ A σ is between these times
        |σ|².
    damping
        γ, if A + γ1 is skew-symmetric.
    eigenvalues
        Those of A, by falling imaginary part.
    kernel, left_kernel
        Orthonormal rows v with A v = 0, and with vᵀ A = 0.
    weights
        w > 0 with diag(w) A skew-symmetric; None if there are none.
    """

    matrix: Float[np.ndarray, "n n"]
    kind: str
    norm: float
    distance: float
    symmetric_range: tuple[float, float]
    damping: float
    eigenvalues: Complex[np.ndarray, " n"]
    kernel: Float[np.ndarray, "kernel n"]
    left_kernel: Float[np.ndarray, "kernel n"]
    weights: Float[np.ndarray, " n"] | None

    @property
    def relative_distance(self) -> float:
        """The distance over the norm, between 0 and 1; NaN of a zero matrix."""
        return self.distance / self.norm if self.norm else math.nan

    @property
    def largest_frequency(self) -> float:
        """The largest |Im λ|."""
        return float(np.abs(self.eigenvalues.imag).max())


def facts_of(given: Float[np.ndarray, ...]) -> MatrixFacts:
    """Find out how near a matrix is to a skew-symmetric one, its spectrum and its kernel.

    Raises
    ------
    InputError
        If it is no square matrix, has no entry, or one that is no finite number.
    """
    matrix = _usable(given)
    symmetric = (matrix + matrix.T) / 2
    norm, distance = (float(np.linalg.norm(part)) for part in (matrix, symmetric))
    eigenvalues = np.linalg.eigvals(matrix).astype(complex)
    # What rounding leaves of a part that is 0 is 0.
    for part in (eigenvalues.real, eigenvalues.imag):
        part[np.abs(part) <= ROUNDING * norm] = 0.0
    ends = np.linalg.eigvalsh(symmetric)[[0, -1]].tolist()
    damping = -float(np.trace(matrix)) / len(matrix)
    undamped = symmetric + damping * np.eye(len(matrix))
    if np.linalg.norm(undamped) > ROUNDING * norm:
        damping = 0.0
    left, values, right = np.linalg.svd(matrix)
    null = values <= 1e-10 * max(norm, np.finfo(float).tiny)
    weights = energy_weights(matrix) if norm else np.ones(len(matrix))
    return MatrixFacts(
        matrix,
        _kind(matrix, norm, distance, damping, weights),
        norm,
        distance,
        (ends[0], ends[1]),
        damping if distance > ROUNDING * norm else 0.0,
        eigenvalues[np.argsort(-eigenvalues.imag, kind="stable")],
        right[null],
        left.T[null],
        weights,
    )


def _kind(
    matrix: np.ndarray,
    norm: float,
    distance: float,
    damping: float,
    weights: np.ndarray | None,
) -> str:
    if not norm:
        return ZERO
    if distance <= ROUNDING * norm:
        return SKEW
    if weights is not None:
        return WEIGHTED
    if damping:
        return DAMPED
    if distance <= NEARLY * norm:
        return NEARLY_SKEW
    try:
        similar_skew_symmetric(matrix)
    except InputError:
        return OTHER
    return SIMILAR


def _usable(given: np.ndarray) -> np.ndarray:
    if given.ndim != 2 or given.shape[0] != given.shape[1] or not given.size:
        raise InputError(
            f"the matrix of a recurrent network needs as many rows as columns, and at least one: "
            f"got the shape {given.shape}"
        )
    if np.iscomplexobj(given) or not np.issubdtype(given.dtype, np.number):
        raise InputError(f"the matrix holds {given.dtype}, not real numbers: give real ones")
    matrix = given.astype(np.float64)
    wrong = np.argwhere(~np.isfinite(matrix))
    if len(wrong):
        row, column = (int(place) + 1 for place in wrong[0])
        raise InputError(
            f"the matrix has {len(wrong)} entries that are not finite, the first in row {row}, "
            f"column {column}: give a number there"
        )
    return matrix
