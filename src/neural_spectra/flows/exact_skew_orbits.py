"""Exact periodic orbits of the planar skew-symmetric recurrent networks ẋ = σ(ωy), ẏ = −σ(ωx).

In X = ωx, Y = ωy and ωt the frequency drops out: X' = σ(Y), Y' = −σ(X). With Φ' = σ the level
ℓ = Φ(X) + Φ(Y) is conserved and names the orbit; Casoni et al. (2025) write E = ℓ/ω. For
hard-tanh clipped at ±c the same holds with X = ωx/c, Y = ωy/c; here c = 1. The form ẋ = A σ(x) runs
in X, Y themselves: its periods are the same, its states ω times as large.

Frequencies, levels and times may be numbers or arrays; they broadcast. A frequency or level that is
not positive and finite, and a level of tanh above 300, raises an ``InputError``.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from jaxtyping import Float
from scipy.special import ellipe, ellipj, ellipkm1

from neural_spectra.errors import InputError

Values: TypeAlias = float | Float[np.ndarray, "..."]

_HIGHEST_TANH_LEVEL = 300.0


def tanh_level(omega: Values, x: Values, y: Values) -> Values:
    """Return ℓ = ln(cosh ωx · cosh ωy), without cancellation near the origin."""
    return _log_cosh(omega * x) + _log_cosh(omega * y)


def tanh_intercept(omega: Values, level: Values) -> Values:
    """Return the x > 0 at which the orbit of tanh crosses y = 0: its amplitude, cosh ωx = e^ℓ."""
    _check_tanh(omega, level)
    return np.arcsinh(np.sqrt(np.expm1(2 * level))) / omega


def tanh_period(omega: Values, level: Values) -> Values:
    """Return the period T = (4/ω) K(k) of tanh, with the modulus k = √(1 − e^{−2ℓ}).

    Examples
    --------
    >>> small, large = tanh_period(1.0, np.array([1e-6, 10.0]))
    >>> bool(abs(small - 2 * np.pi) < 1e-5), bool(large > 2 * np.pi)
    (True, True)
    """
    _check_tanh(omega, level)
    return 4 * ellipkm1(np.exp(-2 * level)) / omega


def tanh_solution(omega: Values, level: Values, t: Values) -> tuple[Values, Values]:
    """Return x(t) and y(t) on the orbit of tanh that starts upwards of the origin, at x = 0.

    tanh ωx = k sn(ωt, k) and tanh ωy = k cd(ωt, k); a quarter period later the orbit is at
    (``tanh_intercept``, 0).
    """
    _check_tanh(omega, level)
    k, complement = np.sqrt(-np.expm1(-2 * level)), np.exp(-level)
    quarter = ellipkm1(complement**2)
    turns = np.round(omega * t / quarter)
    sn, cn, _, _ = ellipj(omega * t - turns * quarter, k**2)
    # In sinh, and near the start only: elsewhere tanh and cn would lose the digits of the state.
    state = np.arcsinh(k * sn / np.hypot(complement, k * cn)) + 1j * np.arcsinh(k * cn / complement)
    state = state * (-1j) ** (turns % 4) / omega  # each quarter period turns it clockwise by 90°
    return state.real, state.imag


def tanh_harmonics(omega: Values, level: Values, count: int) -> Float[np.ndarray, "*batch {count}"]:
    """Return the amplitudes of the harmonics 1, 3, 5, … of x(t) for tanh; even ones vanish.

    |c_n| = 4 q^{n/2} / [n ω (1 − qⁿ)], with the nome q = e^{−πK'/K}.
    """
    _check_tanh(omega, level)
    omega, level = np.asarray(omega)[..., None], np.asarray(level)[..., None]
    n = _odd_numbers(count)
    log_nome = -np.pi * ellipkm1(-np.expm1(-2 * level)) / ellipkm1(np.exp(-2 * level))
    amplitudes: np.ndarray = 4 * np.exp(n * log_nome / 2) / (-np.expm1(n * log_nome) * n * omega)
    return amplitudes


def tanh_euler_drift(omega: Values, step: Values, level: Values) -> Values:
    """Return dℓ/dt of forward Euler with tanh, averaged over the orbit, to first order in the step.

    A step adds (h²ω²/2) [σ'(X) σ(Y)² + σ'(Y) σ(X)²] to ℓ; on the exact orbit the mean of the
    bracket is 2 [E(k) − k'² K(k)] / K(k).
    """
    _check_tanh(omega, level)
    first, second = ellipkm1(np.exp(-2 * level)), ellipe(-np.expm1(-2 * level))
    return step * omega**2 * (second - np.exp(-2 * level) * first) / first


def hard_tanh_intercept(omega: Values, level: Values) -> Values:
    """Return the x > 0 at which the orbit of hard-tanh crosses y = 0: its amplitude."""
    _check_positive(omega=omega, level=level)
    return np.where(level <= 0.5, np.sqrt(2 * level), level + 0.5)[()] / omega


def hard_tanh_period(omega: Values, level: Values) -> Values:
    """Return the period of hard-tanh; it does not depend on the clip level.

    ωT = 2π for ℓ ≤ 1/2, 2π + 8 (s − arctan s) with s = √(2ℓ − 1) up to ℓ = 1, 4 (ℓ + 1) beyond.
    """
    _check_positive(omega=omega, level=level)
    half_edge, arc, corner = _hard_tanh_pieces(level)
    return 4 * (2 * half_edge + arc + corner) / omega


def hard_tanh_harmonics(
    omega: Values, level: Values, count: int
) -> Float[np.ndarray, "*batch {count}"]:
    """Return the amplitudes of the harmonics 1, 3, 5, … of x(t) for hard-tanh; even ones vanish.

    X'' = −σ'(Y) σ(X) is, in the quarter period after X is largest, −1 on the edge, −√(2ℓ) cos on
    the arc, and 0 from there on: its Fourier integrals are elementary.
    """
    _check_positive(omega=omega, level=level)
    omega, level = np.asarray(omega)[..., None], np.asarray(level)[..., None]
    n = _odd_numbers(count)
    half_edge, arc, corner = _hard_tanh_pieces(level)
    quarter = 2 * half_edge + arc + corner
    p = n * np.pi / (2 * quarter)  # angular frequency of the harmonic in the time ωt
    angle = np.arctan(half_edge)
    on_arc = _cosine_integral(p + 1, angle + p * half_edge, arc)
    on_arc = on_arc + _cosine_integral(p - 1, p * half_edge - angle, arc)
    curvature = (np.sin(p * half_edge) / p + np.sqrt(level / 2) * on_arc) * 2 / quarter
    return np.abs(curvature) / (p**2 * omega)


def hard_tanh_euler_drift(omega: Values, step: Values, level: Values) -> Values:
    """Return dℓ/dt of forward Euler with hard-tanh, averaged over the orbit, to first order.

    The local rate, as for tanh, is hω²/2 on the edges, hω²ℓ on the arcs and 0 in the corners:
    hω²ℓ in the mean for ℓ ≤ 1/2, hω²/(ℓ + 1) for ℓ ≥ 1.
    """
    _check_positive(omega=omega, level=level)
    half_edge, arc, corner = _hard_tanh_pieces(level)
    return step * omega**2 * (half_edge + level * arc) / (2 * half_edge + arc + corner)


def _hard_tanh_pieces(level: Values) -> tuple[Values, Values, Values]:
    """Return the times ωt that a quarter of the orbit spends on its pieces.

    From X = max on: half an edge (only X clipped); the arc (nothing clipped) or, above ℓ = 1, the
    corner (both clipped); half an edge of the other kind (only Y clipped).
    """
    half_edge = np.sqrt(np.clip(2 * level - 1, 0.0, 1.0))
    return half_edge, np.pi / 2 - 2 * np.arctan(half_edge), np.maximum(level - 1, 0.0)


def _cosine_integral(rate: Values, phase: Values, length: Values) -> Values:
    """Return the integral of cos(rate·v + phase) over 0 ≤ v ≤ length, also for a rate of 0."""
    half_turn = rate * length / 2
    return length * np.sinc(half_turn / np.pi) * np.cos(half_turn + phase)


def _log_cosh(z: Values) -> Values:
    result: Values = np.log1p(2 * np.sinh(z / 2) ** 2)
    return result


def _odd_numbers(count: int) -> Float[np.ndarray, " {count}"]:
    return 2.0 * np.arange(count) + 1


def _check_tanh(omega: Values, level: Values) -> None:
    _check_positive(omega=omega, level=level)
    if np.any(np.asarray(level) > _HIGHEST_TANH_LEVEL):
        raise InputError(
            f"level: {np.max(level):g} is too high for the closed forms of tanh, which need "
            f"exp(-2 level) > 0; use levels up to {_HIGHEST_TANH_LEVEL:g}"
        )


def _check_positive(**values: Values) -> None:
    for name, value in values.items():
        wrong = np.asarray(value)[~((np.asarray(value) > 0) & np.isfinite(value))]
        if wrong.size:
            raise InputError(f"{name}: {wrong[0]:g} is not a positive, finite number; give one")
