"""The theory of skew-symmetric recurrent networks as functions whose verdicts are computed.

Casoni, Guidi, Betti, Melacci and Gori (2025) give the stability of ẋ = A x by the spectrum of A,
call skew-symmetry fundamental for oscillation, and ask for an odd, bounded activation. Here are the
conditions that decide: similarity to a skew-symmetric matrix for linear networks, skew-symmetry up
to positive weights of the units for nonlinear ones, and the shape of the potential.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float

from neural_spectra.activations.scalar_activation import ScalarActivation
from neural_spectra.errors import InputError
from neural_spectra.networks.recurrent_networks import RecurrentNetwork, kernel_vector

Stability = Literal["asymptotically stable", "stable", "unstable"]

_TOLERANCE = 1e-6
_ROUNDING = 1e-12
# Where σ and Φ are read: up to NEAR nothing underflows, and MIDDLE to FAR shows how they grow.
_NEAR, _MIDDLE, _FAR = 20.0, 1e4, 1e8


def linear_stability(matrix: Float[np.ndarray, "n n"]) -> Stability:
    """Return how stable the origin of ẋ = A x is (Theorem 1).

    It is asymptotically stable if Re λ < 0 for every eigenvalue; stable if Re λ ≤ 0 for every one,
    and those on the imaginary axis have as many eigenvectors as their multiplicity says; otherwise
    it is unstable. Eigenvalues within 1e-6 ‖A‖₂ of the axis, or of each other, count as imaginary,
    or as equal, and singular values of A − λ1 this small count as 0: rounding alone splits a
    defective pair by about 1e-8.
    """
    eigenvalues = np.linalg.eigvals(matrix)
    small = _TOLERANCE * np.linalg.norm(matrix, ord=2)
    if (eigenvalues.real < -small).all():
        return "asymptotically stable"
    if (eigenvalues.real > small).any():
        return "unstable"
    imaginary = eigenvalues[eigenvalues.real >= -small]
    multiplicity = (np.abs(imaginary[:, None] - imaginary) <= small).sum(axis=1)
    shifted = matrix - imaginary[:, None, None] * np.eye(len(matrix))
    eigenvectors = (np.linalg.svd(shifted, compute_uv=False) <= small).sum(axis=1)
    return "stable" if (eigenvectors >= multiplicity).all() else "unstable"


def similar_skew_symmetric(
    matrix: Float[np.ndarray, "n n"],
) -> tuple[Float[np.ndarray, "n n"], Float[np.ndarray, "n n"]]:
    """Return a skew-symmetric S and a P with A = P S P⁻¹.

    They exist if and only if no solution of ẋ = A x grows or decays; then |P⁻¹x| is conserved. So
    linear networks oscillate for ever with A similar to a skew-symmetric matrix, and only then.

    Raises
    ------
    InputError
        If there are none.
    """
    if {linear_stability(matrix), linear_stability(-matrix)} != {"stable"}:
        raise InputError(
            "A is not similar to a skew-symmetric matrix: all its eigenvalues would have to be "
            "imaginary, with as many eigenvectors as their multiplicity says"
        )
    eigenvalues, eigenvectors = np.linalg.eig(matrix)
    small = _TOLERANCE * np.linalg.norm(matrix, ord=2)
    turning = eigenvalues.imag > small
    pairs = eigenvectors[:, turning]
    fixed = np.linalg.svd(matrix).Vh[2 * pairs.shape[1] :].T
    columns = np.stack((pairs.real, pairs.imag), axis=-1).reshape(len(matrix), -1)
    similar = np.zeros_like(matrix)
    first = 2 * np.arange(pairs.shape[1])
    similar[first, first + 1] = eigenvalues.imag[turning]
    similar[first + 1, first] = -eigenvalues.imag[turning]
    return similar, np.concatenate((columns, fixed), axis=1)


def energy_weights(matrix: Float[np.ndarray, "n n"]) -> Float[np.ndarray, " n"] | None:
    """Return weights w > 0 such that diag(w) A is skew-symmetric, or None if there are none.

    With them Σ wᵢ Φ(zᵢ) is conserved, for any activation, where z = A x in the form σ(A x) and
    z = x in the form A σ(x): its time derivative is σᵀ diag(w) A σ.
    """
    linked = np.abs(matrix) > _ROUNDING * np.linalg.norm(matrix)
    linked |= linked.T
    if (matrix * matrix.T >= 0)[linked].any():
        return None
    # wᵢ aᵢⱼ = −wⱼ aⱼᵢ for every link, which is linear in ln w.
    i, j = np.nonzero(np.triu(linked))
    units = np.eye(len(matrix))
    log_ratios = np.log(-matrix[i, j] / matrix[j, i])
    weights: np.ndarray = np.exp(np.linalg.lstsq(units[j] - units[i], log_ratios)[0])
    weighted = weights[:, None] * matrix
    defect = np.linalg.norm(weighted + weighted.T)
    return weights if defect <= _ROUNDING * np.linalg.norm(weighted) else None


def kernel_velocity(
    network: RecurrentNetwork, x: Float[np.ndarray, "*batch n"]
) -> Float[np.ndarray, "*batch"]:
    """Return d(v·x)/dt for the unit vector v with A v = 0, of a skew-symmetric A with odd n.

    In the form A σ(x) it is 0, so that every orbit stays in a plane v·x = const; in the form σ(A x)
    it is v·σ(A x), which is not 0 in general.
    """
    return np.asarray((network(x) * kernel_vector(network.matrix)).sum(axis=-1))


def euler_cycle_threshold(
    omega: float | Float[np.ndarray, "*batch"], step: float | Float[np.ndarray, "*batch"]
) -> Float[np.ndarray, "*batch"]:
    """Return the damping γ below which Euler's method makes a limit cycle of its own.

    A step multiplies small states by 1 + h(−γ ± iω), whose modulus exceeds 1 for
    γ < (1 − √(1 − h²ω²))/h: they grow, and a bounded σ that saturates stops them. Where hω > 1 no
    damping makes them shrink, and the threshold is infinite.

    Parameters
    ----------
    omega
        ω of A = [[0, ω], [−ω, 0]] − γ1, with a σ of slope 1 at 0.
    step
        h.
    """
    turn = np.asarray(step * omega)
    # The same as (1 − √(1 − h²ω²))/h without its cancellation.
    finite = turn * omega / (1 + np.sqrt(np.maximum(1 - turn**2, 0)))
    return np.where(turn <= 1, finite, math.inf)


class ActivationProperties(NamedTuple):
    """What the closing of orbits could depend on, read from values of σ and Φ up to |z| = 1e8."""

    odd: bool
    bounded: bool
    sign_condition: bool
    """z σ(z) > 0 for all z ≠ 0."""
    potential_unbounded: bool
    """Φ(z) → ∞ for z → ∞ and for z → −∞."""


def activation_properties(activation: ScalarActivation) -> ActivationProperties:
    """Find out which properties an activation has.

    The planar orbits close if z σ(z) > 0 and Φ → ∞: then every level set of the energy is a closed
    curve around 0. Being odd or bounded does not matter.
    """
    z = np.geomspace(1e-6, _FAR, 1000)
    right, left = activation.function(z), activation.function(-z)
    inwards = np.minimum(right, -left)
    largest = np.maximum(np.abs(right), np.abs(left))
    return ActivationProperties(
        odd=bool((np.abs(right + left) <= _ROUNDING * largest).all()),
        bounded=bool(largest.max() <= 1.01 * largest[z <= _MIDDLE].max()),
        sign_condition=bool((inwards >= 0).all() and (inwards[z <= _NEAR] > 0).all()),
        potential_unbounded=highest_closed_level(activation) == math.inf,
    )


def highest_closed_level(activation: ScalarActivation) -> float:
    """Return the smaller of the limits of Φ at ±∞.

    If z σ(z) > 0 for all z ≠ 0, the planar orbit on the level Φ(z₁) + Φ(z₂) = ℓ is closed if and
    only if ℓ is below this.
    """
    near = activation.potential(np.array([-_MIDDLE, _MIDDLE]))
    far = activation.potential(np.array([-_FAR, _FAR]))
    limits = np.where(far - near > 0.5 * np.abs(near), math.inf, far)
    return float(limits.min())
