"""What belongs to a scalar activation function σ on NumPy arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from neural_spectra.errors import InputError

Array = NDArray[np.float64]
Elementwise = Callable[[Array], Array]


def _unknown_potential(z: Array) -> Array:
    raise InputError("the potential of this activation is not known: give it one where it is made")


@dataclass(frozen=True)
class ScalarActivation:
    """A scalar function σ, applied to every unit; all its functions act elementwise on float64.

    In a recurrent network with a skew-symmetric matrix the sum of the potential over the units is
    an invariant (Casoni et al. 2025). The quotient makes a deep network a pointwise affine map, and
    the constants after it decide on its stability (Drgoňa et al. 2020, Lemmas 8 and 10).

    Parameters
    ----------
    name
        The name used in configurations and tables: PyTorch's, where PyTorch has the function.
    formula
        σ(z) in plain text, the parameters as letters.
    function
        σ(z).
    slope
        σ'(z); at a kink the value that automatic differentiation gives.
    quotient
        (σ(z) − σ(0))/z, and σ'(0) at z = 0 (one-sided like `slope` where σ has a kink there).
    kinks
        Every z at which σ is not smooth.
    potential
        Φ(z) = ∫₀ᶻ σ, accurate to 2e-15 (1 + |Φ(z)|); an `InputError` if it is not known.
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

    name: str
    formula: str
    function: Elementwise
    slope: Elementwise
    quotient: Elementwise
    kinks: tuple[float, ...] = ()
    potential: Elementwise = _unknown_potential
    offset: float = 0.0
    lipschitz: float = 1.0
    largest_quotient: float = 1.0
    stable_beyond: float = 0.0
    parameters: dict[str, float] = field(default_factory=dict)
