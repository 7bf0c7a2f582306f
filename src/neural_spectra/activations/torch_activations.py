"""Activation functions σ with accurate derivatives and their exact ranges over intervals.

A saturation bound needs the supremum of |σ'| over an interval of pre-activations, and that supremum
need not lie at an end point (SiLU and GELU have an interior maximum above 1). Every entry of
`ACTIVATIONS` therefore lists the points between which σ and σ' are monotone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from neural_spectra.errors import look_up

Elementwise = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Activation:
    """A scalar function σ, applied to every unit of a layer; all methods act elementwise.

    Parameters
    ----------
    name
        The name used in configurations and in weights files.
    function
        σ(z), with its limits at z = ±∞.
    slope
        σ'(z), accurate to a few units in the last place also where σ is flat; at a jump of σ' the
        value that automatic differentiation gives.
    log_abs_slope
        ln|σ'(z)|, finite also where σ'(z) underflows; −∞ where σ'(z) = 0.
    turning_points
        Every z at which σ' changes sign: between them σ is monotone.
    slope_turning_points
        Every z at which σ' has a smooth extremum.
    slope_jumps
        Every z at which σ' jumps: between them and the turning points |σ'| is monotone.
    """

    name: str
    function: Elementwise
    slope: Elementwise
    log_abs_slope: Elementwise
    turning_points: tuple[float, ...] = ()
    slope_turning_points: tuple[float, ...] = ()
    slope_jumps: tuple[float, ...] = ()

    @cached_property
    def lipschitz(self) -> float:
        """Λ = sup |σ'(z)| over all z."""
        everything = torch.tensor([-math.inf, math.inf], dtype=torch.float64)
        return self.largest_abs_slope(*everything).item()

    def range(
        self, lower: Float[Tensor, "*shape"], upper: Float[Tensor, "*shape"]
    ) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
        """Return the smallest and largest value of σ on each [lower, upper] (ends may be ±∞)."""
        return _range(self.function, self._extrema, lower, upper)

    def abs_slope_range(
        self, lower: Float[Tensor, "*shape"], upper: Float[Tensor, "*shape"]
    ) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
        """Return the smallest and largest |σ'| on each [lower, upper] (ends may be ±∞)."""
        return _range(self._abs_slope, self._abs_slope_extrema, lower, upper)

    def largest_abs_slope(
        self, lower: Float[Tensor, "*shape"], upper: Float[Tensor, "*shape"]
    ) -> Float[Tensor, "*shape"]:
        """Return the largest |σ'| on each [lower, upper] (ends may be ±∞)."""
        return _largest(self._abs_slope, self._abs_slope_extrema.peaks, lower, upper)

    def largest_log_abs_slope(
        self, lower: Float[Tensor, "*shape"], upper: Float[Tensor, "*shape"]
    ) -> Float[Tensor, "*shape"]:
        """Return the logarithm of `largest_abs_slope`, also where that underflows."""
        return _largest(self.log_abs_slope, self._abs_slope_extrema.peaks, lower, upper)

    def _abs_slope(self, z: Tensor) -> Tensor:
        return self.slope(z).abs()

    @cached_property
    def _extrema(self) -> _Extrema:
        return _extrema(self.function, self.turning_points)

    @cached_property
    def _abs_slope_extrema(self) -> _Extrema:
        sides = [math.nextafter(z, end) for z in self.slope_jumps for end in (-math.inf, math.inf)]
        critical = (*self.turning_points, *self.slope_turning_points, *sides)
        return _extrema(self._abs_slope, critical)


class _Extrema(NamedTuple):
    """Where a function has its local maxima and minima, ±∞ included."""

    peaks: list[float]
    valleys: list[float]


def _extrema(f: Elementwise, critical: tuple[float, ...]) -> _Extrema:
    """Sort the critical points of f into local maxima and minima."""
    z = [-math.inf, *sorted(critical), math.inf]
    values = f(torch.tensor(z, dtype=torch.float64)).tolist()
    # Of a flat stretch its first point is enough.
    rises = [True, *(before < after for before, after in pairwise(values)), False]
    falls = [True, *(before > after for before, after in pairwise(values)), False]
    peaks = [p for p, (up, on) in zip(z, pairwise(rises), strict=True) if up and not on]
    valleys = [p for p, (down, on) in zip(z, pairwise(falls), strict=True) if down and not on]
    return _Extrema(peaks, valleys)


def _range(
    f: Elementwise, extrema: _Extrema, lower: Tensor, upper: Tensor
) -> tuple[Tensor, Tensor]:
    smallest = -_largest(lambda z: -f(z), extrema.valleys, lower, upper)
    return smallest, _largest(f, extrema.peaks, lower, upper)


def _largest(f: Elementwise, peaks: list[float], lower: Tensor, upper: Tensor) -> Tensor:
    """Largest value of f on [lower, upper].

    It is f's value at a peak inside or, if f still rises there, at an end; and that end is the
    point of the interval nearest to the peak that f rises to.
    """
    nearest = [torch.minimum(lower.clamp(min=peak), upper) for peak in peaks]
    return reduce(torch.maximum, [f(z) for z in nearest])


def _sigmoid_slope(z: Tensor) -> Tensor:
    return torch.sigmoid(z) * torch.sigmoid(-z)


def _sigmoid_log_slope(z: Tensor) -> Tensor:
    return functional.logsigmoid(z) + functional.logsigmoid(-z)


# 1 − tanh² z would be 0 from z = 19 on; 4q(1 − q) with q = sigmoid(−2|z|) ≤ 1/2 does not cancel,
# and takes two thirds of the time of 1/cosh².
def _tanh_slope(z: Tensor) -> Tensor:
    q = torch.sigmoid(z.abs().mul_(-2))
    return torch.addcmul(q, q, q, value=-1).mul_(4)


def _tanh_log_slope(z: Tensor) -> Tensor:
    return math.log(4) + _sigmoid_log_slope(2 * z)


# torch's softplus returns z itself from z = 20 on, an error of 2e-9.
def _softplus(z: Tensor) -> Tensor:
    return torch.logaddexp(z, torch.zeros_like(z))


# The clamps in SiLU and GELU only prevent ∞ · 0 and ∞ − ∞: beyond them nothing changes.
def _silu(z: Tensor) -> Tensor:
    return z.clamp(min=-800) * torch.sigmoid(z)


def _silu_slope(z: Tensor) -> Tensor:
    return torch.sigmoid(z) * (1 + z.clamp(-800, 800) * torch.sigmoid(-z))


def _silu_log_abs_slope(z: Tensor) -> Tensor:
    return functional.logsigmoid(z) + (1 + z.clamp(-1e300, 800) * torch.sigmoid(-z)).abs().log()


def _gelu(z: Tensor) -> Tensor:
    return z.clamp(min=-40) * torch.erfc(-z / math.sqrt(2)) / 2


def _normal_density(z: Tensor) -> Tensor:
    return torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)


def _gelu_slope(z: Tensor) -> Tensor:
    return torch.erfc(-z / math.sqrt(2)) / 2 + z.clamp(-40, 40) * _normal_density(z)


def _gelu_log_abs_slope(z: Tensor) -> Tensor:
    # With the Mills ratio m = (1 − Φ(|z|)) / φ(z) the slope is φ (m − |z|) on the left of 0 and
    # 1 − φ (m − |z|) on the right, so that φ, which underflows, enters the logarithm exactly.
    mills = math.sqrt(math.pi / 2) * torch.special.erfcx(z.abs() / math.sqrt(2))
    log_density = -z.square() / 2 - math.log(2 * math.pi) / 2
    left = log_density + (mills - z.abs().clamp(max=1e300)).abs().log()
    right = torch.log1p(_normal_density(z) * (z.clamp(max=40) - mills))
    return torch.where(z < 0, left, right)


_TABLE = [
    Activation("tanh", torch.tanh, _tanh_slope, _tanh_log_slope, slope_turning_points=(0.0,)),
    Activation(
        "sigmoid", torch.sigmoid, _sigmoid_slope, _sigmoid_log_slope, slope_turning_points=(0.0,)
    ),
    Activation("softplus", _softplus, torch.sigmoid, functional.logsigmoid),
    Activation(
        "silu",
        _silu,
        _silu_slope,
        _silu_log_abs_slope,
        # σ' = 0 where 1 + z + e^z = 0, z = −1 − W(1/e); σ'' = 0 where z tanh(z/2) = 2.
        turning_points=(-1.2784645427610737,),
        slope_turning_points=(-2.3993572805154677, 2.3993572805154677),
    ),
    Activation(
        "gelu",
        _gelu,
        _gelu_slope,
        _gelu_log_abs_slope,
        # σ' = 0 where Φ(z) + z φ(z) = 0; σ'' = φ(z) (2 − z²).
        turning_points=(-0.7517915246935645,),
        slope_turning_points=(-math.sqrt(2), math.sqrt(2)),
    ),
    Activation("elu", functional.elu, lambda z: z.clamp(max=0).exp(), lambda z: z.clamp(max=0)),
    Activation(
        "relu",
        torch.relu,
        lambda z: (z > 0).to(z.dtype),
        lambda z: (z > 0).to(z.dtype).log(),
        slope_jumps=(0.0,),
    ),
    Activation("identity", torch.clone, torch.ones_like, torch.zeros_like),
]
ACTIVATIONS = {activation.name: activation for activation in _TABLE}


def activation_named(name: str) -> Activation:
    """Look an activation up in `ACTIVATIONS`.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return look_up("activation", name, ACTIVATIONS)
