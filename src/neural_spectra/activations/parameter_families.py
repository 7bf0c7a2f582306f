"""Families of activation functions, whose parameters decide on their stability: ELU(a), PELU(a, b).

Their members with the parameters of PyTorch or of the authors are in `numpy_activations`.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from neural_spectra.activations.potentials_and_quotients import apart_from_0, exponential_quotient
from neural_spectra.activations.scalar_activation import Array, ScalarActivation
from neural_spectra.errors import InputError


def hardtanh(level: float) -> ScalarActivation:
    """Hard-tanh, clipped at ± level: σ(z) = z for |z| ≤ level.

    Raises
    ------
    InputError
        If the level is not positive and finite.
    """
    if not 0 < level < math.inf:
        raise InputError(f"hardtanh cannot clip at level {level}: give a positive, finite level")

    def potential(z: Array) -> Array:
        distance = np.abs(z)
        inside = np.minimum(distance, level)
        return inside * (distance - inside / 2)

    return ScalarActivation(
        "hardtanh",
        f"min({level:g}, max({-level:g}, z))",
        # np.clip takes three times as long for a few units.
        function=lambda z: np.minimum(np.maximum(z, -level), level),
        slope=lambda z: np.where(np.abs(z) < level, 1.0, 0.0),
        quotient=lambda z: level / np.maximum(np.abs(z), level),
        kinks=(-level, level),
        potential=potential,
    )


def two_slopes(name: str, formula: str, a: float) -> ScalarActivation:
    """Slope a on the left of 0 and 1 on the right (ReLU, LeakyReLU, PReLU, RReLU when testing)."""

    def slope(z: Array) -> Array:
        return np.where(z > 0, 1.0, a)

    return ScalarActivation(
        name,
        formula,
        function=lambda z: slope(z) * z,
        slope=slope,
        quotient=slope,
        kinks=(0.0,),
        potential=lambda z: z * (slope(z) * z) / 2,
        lipschitz=max(1.0, abs(a)),
        largest_quotient=max(1.0, abs(a)),
        stable_beyond=0.0 if abs(a) <= 1 else math.inf,
        parameters={"a": a} if a else {},
    )


def exponential_unit(
    name: str,
    formula: str,
    parameters: dict[str, float],
    right: float,
    left: float,
    width: float,
) -> ScalarActivation:
    """Return right·z for z > 0 and left·(e^{z/width} − 1) below (ELU, CELU, SELU, PELU).

    Parameters
    ----------
    name, formula, parameters
        As in `ScalarActivation`.
    right, left, width
        The slope on the right, the distance to the limit on the left, and how fast it is reached.
    """
    steepest = left / width
    if right > 1:
        stable_beyond = math.inf
    elif steepest > 1:
        # The negative solution of left·(e^{z/width} − 1) = z, by Lambert's W.
        stable_beyond = width * (steepest + special.lambertw(-steepest * math.exp(-steepest)).real)
    else:
        stable_beyond = 0.0

    def scaled(z: Array) -> Array:
        return np.minimum(z, 0) / width

    def potential(z: Array) -> Array:
        u = scaled(z)
        return right * np.maximum(z, 0) ** 2 / 2 + left * width * (np.expm1(u) - u)

    return ScalarActivation(
        name,
        formula,
        function=lambda z: right * np.maximum(z, 0) + left * np.expm1(scaled(z)),
        slope=lambda z: np.where(z > 0, right, steepest * np.exp(scaled(z))),
        quotient=lambda z: np.where(z > 0, right, steepest * exponential_quotient(scaled(z))),
        kinks=(0.0,),
        potential=potential,
        lipschitz=max(right, steepest),
        largest_quotient=max(right, steepest),
        stable_beyond=stable_beyond,
        parameters=parameters,
    )


def elu(a: float) -> ScalarActivation:
    """ELU: stable for a ≤ 1 only."""
    formula = "z for z > 0, a (exp(z) - 1) below"
    return exponential_unit("elu", formula, {"a": a}, 1.0, a, 1.0)


def pelu(a: float, b: float) -> ScalarActivation:
    """PELU (arXiv:1605.09332): stable for a ≤ b only."""
    formula = "(a/b) z for z > 0, a (exp(z/b) - 1) below"
    return exponential_unit("pelu", formula, {"a": a, "b": b}, a / b, a, b)


def blu(a: float, b: float) -> ScalarActivation:
    """Bendable linear unit: stable for b = 0 only."""
    return ScalarActivation(
        "blu",
        "b (sqrt(z^2 + a^2) - a) + z",
        function=lambda z: z * (b * z / (np.hypot(z, a) + a) + 1),
        slope=lambda z: b * z / np.hypot(z, a) + 1,
        quotient=lambda z: b * z / (np.hypot(z, a) + a) + 1,
        lipschitz=1 + abs(b),
        largest_quotient=1 + abs(b),
        stable_beyond=math.inf if b else 0.0,
        parameters={"a": a, "b": b},
    )


def soft_exponential(a: float) -> ScalarActivation:
    """Soft exponential (arXiv:1602.01321): the identity, stable, for a = 0, and unstable for a > 0.

    Raises
    ------
    InputError
        If a < 0: the function is then defined for z > 1/a − a only.
    """
    if a < 0:
        raise InputError(f"SoftExponential with a = {a} is not defined for all z: give a ≥ 0")
    return ScalarActivation(
        "softexponential",
        "z for a = 0, (exp(a z) - 1)/a + a for a > 0",
        function=lambda z: z * exponential_quotient(a * z) + a,
        slope=lambda z: np.exp(a * z),
        quotient=lambda z: exponential_quotient(a * z),
        offset=a,
        lipschitz=math.inf if a else 1.0,
        largest_quotient=math.inf if a else 1.0,
        stable_beyond=math.inf if a else 0.0,
        parameters={"a": a},
    )


def aplu(a: float, b: float) -> ScalarActivation:
    """Adaptive piecewise linear unit (arXiv:1412.6830) with one hinge, 0 < a and 0 < b."""
    return ScalarActivation(
        "aplu",
        "max(0, z) + a max(0, b - z)",
        function=lambda z: np.maximum(z, 0) + a * np.maximum(b - z, 0),
        slope=lambda z: np.where(z > 0, 1.0, 0.0) - a * (z < b),
        # max(0, b − z) − b = −min(b, z)
        quotient=lambda z: np.where(z > 0, 1 - a * np.minimum(1, b / apart_from_0(z)), -a),
        kinks=(0.0, b),
        offset=a * b,
        lipschitz=max(1.0, a),
        largest_quotient=math.inf,
        stable_beyond=max(b, a * b / (1 - a)) if a < 1 else math.inf,
        parameters={"a": a, "b": b},
    )
