"""Activation functions with the quotients and constants that make a network pointwise affine.

Most of the functions that the catalogue lists belong to families with parameters, and the
parameters decide whether a member is stable: the families are here, their members in
`published_activations`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy import special

from neural_spectra.errors import InputError

Array = Float[np.ndarray, "..."]
Elementwise = Callable[[Array], Array]
StabilityClass = Literal["asymptotically stable", "BIBO", "unstable regions"]


@dataclass(frozen=True)
class CatalogueActivation:
    """A scalar function σ with the constants that decide its stability; methods act elementwise.

    Parameters
    ----------
    label
        The name as the paper writes it.
    formula
        σ(z) in plain text, the parameters as letters.
    function
        σ(z).
    slope
        σ'(z); at a kink the value that automatic differentiation gives.
    quotient
        (σ(z) − σ(0))/z, and σ'(0) at z = 0 (one-sided like `slope` where σ has a kink there).
    paper_class
        The footnote of the paper that lists σ; "BIBO" for those of footnote 3, which also stand in
        footnote 2.
    offset
        σ(0).
    lipschitz
        The Lipschitz constant: sup |σ'(z)|, infinite where σ jumps.
    largest_quotient
        sup |σ(z)/z|, which is infinite where σ(0) ≠ 0.
    stable_beyond
        The smallest R ≥ 0 with |σ(z)| ≤ |z| wherever |z| ≥ R: outside of [−R, R] the quotients are
        stable (Lemma 10). Infinite if there is none.
    parameters
        The values of the letters in the formula.
    """

    label: str
    formula: str
    function: Elementwise
    slope: Elementwise
    quotient: Elementwise
    paper_class: StabilityClass = "asymptotically stable"
    offset: float = 0.0
    lipschitz: float = 1.0
    largest_quotient: float = 1.0
    stable_beyond: float = 0.0
    parameters: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name used in configurations: the label in small letters."""
        return self.label.lower()

    @property
    def computed_class(self) -> StabilityClass:
        """The class by the paper's own criteria, from the constants.

        Asymptotically stable: σ(0) = 0 and |σ(z)/z| ≤ 1 everywhere (Lemma 8, with ≤ as in Fig. 1).
        BIBO: |σ(z)/z| ≤ 1 outside of a bounded interval (Lemma 10). Otherwise unstable regions.
        """
        if self.offset == 0 and self.largest_quotient <= 1:
            return "asymptotically stable"
        return "BIBO" if self.stable_beyond < math.inf else "unstable regions"


def two_slopes(label: str, formula: str, a: float) -> CatalogueActivation:
    """Slope a on the left of 0 and 1 on the right (ReLU, LeakyReLU, PReLU, RReLU when testing)."""

    def slope(z: Array) -> Array:
        return np.where(z > 0, 1.0, a)

    return CatalogueActivation(
        label,
        formula,
        function=lambda z: slope(z) * z,
        slope=slope,
        quotient=slope,
        lipschitz=max(1.0, abs(a)),
        largest_quotient=max(1.0, abs(a)),
        stable_beyond=0.0 if abs(a) <= 1 else math.inf,
        parameters={"a": a} if a else {},
    )


def exponential_unit(
    label: str,
    formula: str,
    paper_class: StabilityClass,
    parameters: dict[str, float],
    right: float,
    left: float,
    width: float,
) -> CatalogueActivation:
    """Return right·z for z > 0 and left·(e^{z/width} − 1) below (ELU, CELU, SELU, PELU)."""
    steepest = left / width
    if right > 1:
        stable_beyond = math.inf
    elif steepest > 1:
        # The negative solution of left·(e^{z/width} − 1) = z, by Lambert's W.
        stable_beyond = width * (steepest + special.lambertw(-steepest * math.exp(-steepest)).real)
    else:
        stable_beyond = 0.0
    return CatalogueActivation(
        label,
        formula,
        function=lambda z: np.where(z > 0, right * z, left * np.expm1(np.minimum(z, 0) / width)),
        slope=lambda z: np.where(z > 0, right, steepest * np.exp(np.minimum(z, 0) / width)),
        quotient=lambda z: np.where(
            z > 0, right, steepest * _exponential_quotient(np.minimum(z, 0) / width)
        ),
        paper_class=paper_class,
        lipschitz=max(right, steepest),
        largest_quotient=max(right, steepest),
        stable_beyond=stable_beyond,
        parameters=parameters,
    )


def elu(a: float) -> CatalogueActivation:
    """ELU: stable for a ≤ 1 only."""
    formula = "z for z > 0, a (exp(z) - 1) below"
    return exponential_unit("ELU", formula, "asymptotically stable", {"a": a}, 1.0, a, 1.0)


def pelu(a: float, b: float) -> CatalogueActivation:
    """PELU (arXiv:1605.09332): stable for a ≤ b only."""
    formula = "(a/b) z for z > 0, a (exp(z/b) - 1) below"
    return exponential_unit("PELU", formula, "unstable regions", {"a": a, "b": b}, a / b, a, b)


def blu(a: float, b: float) -> CatalogueActivation:
    """Bendable linear unit: stable for b = 0 only."""
    return CatalogueActivation(
        "BLU",
        "b (sqrt(z^2 + a^2) - a) + z",
        function=lambda z: z * (b * z / (np.hypot(z, a) + a) + 1),
        slope=lambda z: b * z / np.hypot(z, a) + 1,
        quotient=lambda z: b * z / (np.hypot(z, a) + a) + 1,
        lipschitz=1 + abs(b),
        largest_quotient=1 + abs(b),
        stable_beyond=math.inf if b else 0.0,
        parameters={"a": a, "b": b},
    )


def soft_exponential(a: float) -> CatalogueActivation:
    """Soft exponential (arXiv:1602.01321): the identity, stable, for a = 0, and unstable for a > 0.

    Raises
    ------
    InputError
        If a < 0: the function is then defined for z > 1/a − a only.
    """
    if a < 0:
        raise InputError(f"SoftExponential with a = {a} is not defined for all z: give a ≥ 0")
    return CatalogueActivation(
        "SoftExponential",
        "z for a = 0, (exp(a z) - 1)/a + a for a > 0",
        function=lambda z: z * _exponential_quotient(a * z) + a,
        slope=lambda z: np.exp(a * z),
        quotient=lambda z: _exponential_quotient(a * z),
        offset=a,
        lipschitz=math.inf if a else 1.0,
        largest_quotient=math.inf if a else 1.0,
        stable_beyond=math.inf if a else 0.0,
        parameters={"a": a},
    )


def aplu(a: float, b: float) -> CatalogueActivation:
    """Adaptive piecewise linear unit (arXiv:1412.6830) with one hinge, 0 < a and 0 < b."""
    return CatalogueActivation(
        "APLU",
        "max(0, z) + a max(0, b - z)",
        function=lambda z: np.maximum(z, 0) + a * np.maximum(b - z, 0),
        slope=lambda z: np.where(z > 0, 1.0, 0.0) - a * (z < b),
        # max(0, b − z) − b = −min(b, z)
        quotient=lambda z: np.where(z > 0, 1 - a * np.minimum(1, b / _apart_from_0(z)), -a),
        paper_class="unstable regions",
        offset=a * b,
        lipschitz=max(1.0, a),
        largest_quotient=math.inf,
        stable_beyond=max(b, a * b / (1 - a)) if a < 1 else math.inf,
        parameters={"a": a, "b": b},
    )


def _apart_from_0(z: Array) -> Array:
    """Replace z = 0 (and what halving would underflow) by a number so small that limits hold."""
    return np.where(np.abs(z) < 1e-300, 1e-300, z)


def _exponential_quotient(z: Array) -> Array:
    z = _apart_from_0(z)
    quotient: Array = np.expm1(z) / z
    return quotient
