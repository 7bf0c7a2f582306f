"""Scalar activation functions σ with the potential Φ whose derivative they are.

In a recurrent network with a skew-symmetric matrix the sum of Φ over the units is an invariant:
ln cosh for tanh (Casoni et al. 2025, Fig. 1), and likewise for any other σ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import spence

from neural_spectra.errors import InputError, look_up

Values = NDArray[np.float64]
Elementwise = Callable[[Values], Values]

_LEAK = 0.1


@dataclass(frozen=True)
class ScalarActivation:
    """A scalar function σ, applied to every unit; all its functions act elementwise on float64.

    Parameters
    ----------
    name
        The name used in configurations and tables.
    function
        σ(z).
    antiderivative
        The potential Φ(z) = ∫₀ᶻ σ, accurate to 2e-15 (1 + |Φ(z)|).
    slope
        σ'(z); at a jump of σ' one of the two values beside it.
    kinks
        Every z at which σ is not smooth.
    """

    name: str
    function: Elementwise
    antiderivative: Elementwise
    slope: Elementwise
    kinks: tuple[float, ...] = ()


def scalar_activation(name: str, level: float = 1.0) -> ScalarActivation:
    """Return the activation of that name.

    Parameters
    ----------
    name
        linear, tanh, hard_tanh, sigmoid, relu, leaky_relu (slope 0.1 on the left), elu, softplus
        (lowered by ln 2, so that σ(0) = 0) or bump, z·exp(−z²).
    level
        Where hard_tanh clips: σ(z) = z for |z| ≤ level. No other activation has a level.

    Raises
    ------
    InputError
        If there is none of that name, or the level is not positive and finite.
    """
    if not 0 < level < math.inf:
        raise InputError(f"hard_tanh cannot clip at level {level}: give a positive, finite level")
    activations = {activation.name: activation for activation in (*_WITHOUT_LEVEL, _clip(level))}
    return look_up("activation", name, activations)


def _clip(level: float) -> ScalarActivation:
    def potential(z: Values) -> Values:
        distance = np.abs(z)
        inside = np.minimum(distance, level)
        return inside * (distance - inside / 2)

    return ScalarActivation(
        "hard_tanh",
        # np.clip takes three times as long for a few units.
        lambda z: np.minimum(np.maximum(z, -level), level),
        potential,
        lambda z: np.where(np.abs(z) < level, 1.0, 0.0),
        kinks=(-level, level),
    )


def _piecewise_linear(name: str, left: float) -> ScalarActivation:
    def function(z: Values) -> Values:
        return np.maximum(z, left * z)

    return ScalarActivation(
        name,
        function,
        lambda z: z * function(z) / 2,
        lambda z: np.where(z > 0, 1.0, left),
        kinks=(0.0,),
    )


# ln cosh z = ln(1 + 2 sinh²(z/2)) keeps its digits near 0; from 30 on it is |z| − ln 2 to rounding.
def _log_cosh(z: Values) -> Values:
    distance: Values = np.abs(z)
    near: Values = np.minimum(distance, 30.0)
    result: Values = np.log1p(2 * np.sinh(near / 2) ** 2)
    return result + (distance - near)


# 1 − tanh² z would be 0 from z = 19 on.
def _tanh_slope(z: Values) -> Values:
    decay: Values = np.exp(-2 * np.abs(z))
    return 4 * decay / (1 + decay) ** 2


def _sigmoid(z: Values) -> Values:
    decay: Values = np.exp(-np.abs(z))
    return np.where(z < 0, decay, 1.0) / (1 + decay)


def _sigmoid_slope(z: Values) -> Values:
    decay: Values = np.exp(-np.abs(z))
    return decay / (1 + decay) ** 2


def _lowered_softplus(z: Values) -> Values:
    return np.maximum(z, 0) + np.log1p(np.expm1(-np.abs(z)) / 2)


# ∫₀ᵃ ln(1 + e⁻ᵗ) dt = Li₂(−e⁻ᵃ) − Li₂(−1), where Li₂(w) is SciPy's spence(1 − w); the integral of
# ln(1 + eᵗ) from −a to 0 is the same, and from 0 to a it is a²/2 more.
def _lowered_softplus_potential(z: Values) -> Values:
    right: Values = np.maximum(z, 0)
    tail = spence(1 + np.exp(-np.abs(z))) - spence(2.0)
    return right**2 / 2 + np.sign(z) * tail - math.log(2) * z


def _elu(z: Values) -> Values:
    return np.maximum(z, 0) + np.expm1(np.minimum(z, 0))


def _elu_potential(z: Values) -> Values:
    left: Values = np.minimum(z, 0)
    right: Values = np.maximum(z, 0)
    return right**2 / 2 + (np.expm1(left) - left)


_WITHOUT_LEVEL = (
    ScalarActivation("linear", np.copy, lambda z: z**2 / 2, np.ones_like),
    ScalarActivation("tanh", np.tanh, _log_cosh, _tanh_slope),
    ScalarActivation("sigmoid", _sigmoid, _lowered_softplus, _sigmoid_slope),
    _piecewise_linear("relu", 0.0),
    _piecewise_linear("leaky_relu", _LEAK),
    ScalarActivation("elu", _elu, _elu_potential, lambda z: np.exp(np.minimum(z, 0)), kinks=(0.0,)),
    ScalarActivation("softplus", _lowered_softplus, _lowered_softplus_potential, _sigmoid),
    ScalarActivation(
        "bump",
        lambda z: z * np.exp(-(z**2)),
        lambda z: -np.expm1(-(z**2)) / 2,
        lambda z: (1 - 2 * z**2) * np.exp(-(z**2)),
    ),
)
