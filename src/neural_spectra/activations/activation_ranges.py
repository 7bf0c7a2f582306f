"""Activation functions on torch tensors that know their exact ranges over intervals.

A saturation bound needs the supremum of |σ'| over an interval of pre-activations, and that supremum
need not lie at an end point (SiLU and GELU have an interior maximum above 1). Every function
therefore lists the points between which σ and σ' are monotone.
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
    kinks
        Every z at which σ is not smooth: between them and the turning points |σ'| is monotone.
    """

    name: str
    function: Elementwise
    slope: Elementwise
    log_abs_slope: Elementwise
    turning_points: tuple[float, ...] = ()
    slope_turning_points: tuple[float, ...] = ()
    kinks: tuple[float, ...] = ()

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
        sides = [math.nextafter(z, end) for z in self.kinks for end in (-math.inf, math.inf)]
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
    """Return the largest value of f on [lower, upper].

    It is f's value at a peak inside or, if f still rises there, at an end; and that end is the
    point of the interval nearest to the peak that f rises to.
    """
    nearest = [torch.minimum(lower.clamp(min=peak), upper) for peak in peaks]
    return reduce(torch.maximum, [f(z) for z in nearest])
