"""Smooth activations whose steepest slope is 1, to compare them at an equal Lipschitz constant.

A network of these has a Lipschitz constant of at most the product of its weights' spectral norms,
whatever the activation: what is left to tell them apart is how their slopes are distributed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.activation_ranges import Activation
from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import look_up


def with_unit_slope(activation: Activation) -> Activation:
    """Return σ/Λ with Λ = sup|σ'|.

    Examples
    --------
    >>> with_unit_slope(activation_named("sigmoid")).slope(torch.zeros(1).double())
    tensor([1.], dtype=torch.float64)
    """
    steepest = activation.lipschitz
    return replace(
        activation,
        function=lambda z: activation.function(z) / steepest,
        slope=lambda z: activation.slope(z) / steepest,
        log_abs_slope=lambda z: activation.log_abs_slope(z) - math.log(steepest),
        curvature=lambda z, slope: activation.curvature(z, slope * steepest) / steepest,
        third_derivative=activation.third_derivative / steepest,
        # The parabola would be another one.
        third_from_slope=None,
    )


Ends = Float[Tensor, "*shape"]


@dataclass(frozen=True)
class Sine(Activation):
    """The sine, whose turning points are without end: ranges come from its period instead."""

    name: str = "sin"
    function: Callable[[Tensor], Tensor] = torch.sin
    slope: Callable[[Tensor], Tensor] = torch.cos
    log_abs_slope: Callable[[Tensor], Tensor] = lambda z: z.cos().abs().log()
    curvature: Callable[[Tensor, Tensor], Tensor] = lambda z, _: -z.sin()
    third_derivative: float = 1.0

    def range(self, lower: Ends, upper: Ends) -> tuple[Ends, Ends]:
        """Return the smallest and largest value of σ on each [lower, upper]."""
        return _range_of_wave(torch.sin, math.pi / 2, 2 * math.pi, lower, upper)

    def slope_range(self, lower: Ends, upper: Ends) -> tuple[Ends, Ends]:
        """Return the smallest and largest σ', with its sign, on each [lower, upper]."""
        return _range_of_wave(torch.cos, 0.0, 2 * math.pi, lower, upper)

    def abs_slope_range(self, lower: Ends, upper: Ends) -> tuple[Ends, Ends]:
        """Return the smallest and largest |σ'| on each [lower, upper]."""
        return _range_of_wave(self._abs_slope, 0.0, math.pi, lower, upper)

    def largest_abs_slope(self, lower: Ends, upper: Ends) -> Ends:
        """Return the largest |σ'| on each [lower, upper]."""
        return self.abs_slope_range(lower, upper)[1]

    def largest_log_abs_slope(self, lower: Ends, upper: Ends) -> Ends:
        """Return the logarithm of `largest_abs_slope`."""
        return self.largest_abs_slope(lower, upper).log()


def _range_of_wave(
    f: Callable[[Tensor], Tensor], peak: float, period: float, lower: Ends, upper: Ends
) -> tuple[Ends, Ends]:
    """Return the range of f, which turns at its peaks and half-way between them, nowhere else."""

    def reached(place: float) -> Tensor:
        return ((upper - place) / period).floor() >= ((lower - place) / period).ceil()

    ends, valley = (f(lower), f(upper)), peak + period / 2
    smallest, largest = torch.minimum(*ends), torch.maximum(*ends)
    return (
        torch.where(reached(valley), f(lower.new_tensor(valley)), smallest),
        torch.where(reached(peak), f(lower.new_tensor(peak)), largest),
    )


_ARCTAN = Activation(
    "arctan",
    torch.atan,
    lambda z: 1 / (1 + z.square()),
    lambda z: -torch.log1p(z.square()),
    slope_turning_points=(0.0,),
    curvature=lambda z, slope: -2 * z * slope.square(),
    # σ''' = (6z² − 2) σ'³.
    third_derivative=2.0,
)
# The integral of a normal density, so that its slope is exp(−z²/2).
_ERF = Activation(
    "erf",
    lambda z: math.sqrt(math.pi / 2) * torch.erf(z / math.sqrt(2)),
    lambda z: torch.exp(-z.square() / 2),
    lambda z: -z.square() / 2,
    slope_turning_points=(0.0,),
    curvature=lambda z, slope: -z * slope,
    # σ''' = (z² − 1) σ'.
    third_derivative=1.0,
)
_SCALED = ("tanh", "sigmoid", "softplus", "silu", "gelu")
UNIT_SLOPE = {name: with_unit_slope(activation_named(name)) for name in _SCALED} | {
    activation.name: activation for activation in (_ARCTAN, _ERF, Sine())
}


def unit_slope_activation(name: str) -> Activation:
    """Return an activation of `UNIT_SLOPE`.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return look_up("activation", name, UNIT_SLOPE)
