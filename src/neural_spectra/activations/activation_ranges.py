"""Activation functions on torch tensors that know their exact ranges over intervals.

A saturation bound needs the supremum of |σ'| over an interval of pre-activations, and that supremum
need not lie at an end point (SiLU and GELU have an interior maximum above 1). Every function
therefore lists the points between which σ and σ' are monotone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

Elementwise = Callable[[Tensor], Tensor]

UNIT_ROUNDOFF = 2.0**-53  # u: an operation on float64 errs by at most u, relatively …
UNDERFLOW = 2.0**-1000  # … unless its result is too small; then by far less than this


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
    curvature
        σ''(z) from z and σ'(z), away from the kinks; not needed where ``third_derivative`` is ∞.
    third_derivative, third_per_slope
        Away from the kinks |σ'''| is at most ``third_derivative``, and at most ``third_per_slope``
        times |σ'|. Where they are unknown, enclosures of σ' are valid but wider.
    third_from_slope
        (α, β) where σ''' = α σ' − β σ'², with α, β > 0 and 0 ≤ σ' ≤ 1.
    rounding, cancellation
        How far the computed values may be from the exact ones; see `rounding_error`.
    """

    name: str
    function: Elementwise
    slope: Elementwise
    log_abs_slope: Elementwise
    turning_points: tuple[float, ...] = ()
    slope_turning_points: tuple[float, ...] = ()
    kinks: tuple[float, ...] = ()
    curvature: Callable[[Tensor, Tensor], Tensor] = lambda z, _: torch.zeros_like(z)
    third_derivative: float = math.inf
    third_per_slope: float = math.inf
    third_from_slope: tuple[float, float] | None = None
    rounding: float = 32.0
    cancellation: float = 0.0

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

    def slope_range(
        self, lower: Float[Tensor, "*shape"], upper: Float[Tensor, "*shape"]
    ) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
        """Return the smallest and largest σ', with its sign, on each [lower, upper]."""
        return _range(self.slope, self._slope_extrema, lower, upper)

    def largest_third_derivative(
        self, largest_slope: Float[Tensor, "*shape"]
    ) -> Float[Tensor, "*shape"]:
        """Bound |σ'''| on intervals without a kink that have these largest |σ'|."""
        return (self.third_per_slope * largest_slope).clamp(max=self.third_derivative)

    def third_derivative_range(
        self,
        smallest_slope: Float[Tensor, "*shape"],
        largest_slope: Float[Tensor, "*shape"],
        error: Float[Tensor, "*shape"],
    ) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
        """Bound σ''' on intervals without a kink: from below, by 0 at most, and from above.

        Where σ''' is a parabola of σ' it is smallest at an end, and largest as near to the vertex
        as σ' comes. If the ends err by e, at least 32u σ' (see `rounding_error`), it errs by less
        than 1.1 (α + 2β) e, and its own rounding is less than (α + β) e/4.

        Parameters
        ----------
        smallest_slope, largest_slope
            The ends of σ' on each interval.
        error
            How far σ' may lie beyond them.
        """
        if self.third_from_slope is None:
            size = torch.maximum(largest_slope, -smallest_slope)
            most = self.largest_third_derivative(size + error)
            return -most, most
        alpha, beta = self.third_from_slope

        def parabola(slope: Tensor) -> Tensor:
            return (slope * -beta).add_(alpha).mul_(slope)

        nearest = torch.minimum(smallest_slope.clamp(min=alpha / (2 * beta)), largest_slope)
        lowest = torch.minimum(parabola(smallest_slope), parabola(largest_slope)).clamp_(max=0)
        highest = parabola(nearest).clamp_(min=0)
        room = 2 * (alpha + 2 * beta)
        return lowest.sub_(error, alpha=room), highest.add_(error, alpha=room)

    def has_kink(
        self, lower: Float[Tensor, "*shape"], upper: Float[Tensor, "*shape"]
    ) -> Bool[Tensor, "*shape"]:
        """Tell on which intervals [lower, upper] σ is not smooth."""
        inside = [(lower <= kink) & (upper >= kink) for kink in self.kinks]
        return reduce(torch.logical_or, inside, torch.zeros_like(lower, dtype=torch.bool))

    def rounding_error(
        self, largest_slope: Float[Tensor, "*shape"], largest_value: Float[Tensor, "*shape"]
    ) -> Float[Tensor, "*shape"]:
        """Bound the error of a computed σ' or σ'' on intervals with these largest |σ'| and |σ|.

        Of σ the error is at most ``rounding`` · u |σ| + 2^−1000, of σ' and σ'' at most
        ``rounding`` · u (|σ'| + ``cancellation`` |σ|) + 2^−1000, with u = 2^−53. The elementary
        functions behind them (SLEEF's in torch's vector code, the C library's at its edges) err by
        at most 1.5 units in the last place, 3u, and at most eight operations build a value from
        them. Where the argument of an exponential is rounded as well, as the square in GELU's
        density, the relative error grows with the argument: 2 · 40² u at most before the density
        underflows. Where σ' is a difference (SiLU, GELU), its terms are larger than σ' itself, but
        not than ``cancellation`` times |σ|. The power of two is for underflow.
        """
        size = largest_slope
        if self.cancellation:
            size = size + self.cancellation * largest_value
        return self.rounding * UNIT_ROUNDOFF * size + UNDERFLOW

    def _abs_slope(self, z: Tensor) -> Tensor:
        return self.slope(z).abs()

    @cached_property
    def _extrema(self) -> _Extrema:
        return _extrema(self.function, self.turning_points)

    @cached_property
    def _kink_sides(self) -> list[float]:
        return [math.nextafter(z, end) for z in self.kinks for end in (-math.inf, math.inf)]

    @cached_property
    def _abs_slope_extrema(self) -> _Extrema:
        critical = (*self.turning_points, *self.slope_turning_points, *self._kink_sides)
        return _extrema(self._abs_slope, critical)

    @cached_property
    def _slope_extrema(self) -> _Extrema:
        return _extrema(self.slope, (*self.slope_turning_points, *self._kink_sides))


class _Extrema(NamedTuple):
    """Where a function has its local maxima and minima, ±∞ included, and its values there."""

    peaks: dict[float, float]
    valleys: dict[float, float]


def _extrema(f: Elementwise, critical: tuple[float, ...]) -> _Extrema:
    """Sort the critical points of f into local maxima and minima."""
    z = [-math.inf, *sorted(critical), math.inf]
    values = f(torch.tensor(z, dtype=torch.float64)).tolist()
    # Of a flat stretch its first point is enough.
    rises = [True, *(before < after for before, after in pairwise(values)), False]
    falls = [True, *(before > after for before, after in pairwise(values)), False]
    up, down = pairwise(rises), pairwise(falls)
    peaks = {p: y for p, y, (to, on) in zip(z, values, up, strict=True) if to and not on}
    valleys = {p: y for p, y, (to, on) in zip(z, values, down, strict=True) if to and not on}
    return _Extrema(peaks, valleys)


def _range(
    f: Elementwise, extrema: _Extrema, lower: Tensor, upper: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the smallest and the largest value of f: at an end, or at an extremum inside."""
    ends = f(lower), f(upper)
    smallest, largest = torch.minimum(*ends), torch.maximum(*ends)
    for z, value in extrema.valleys.items():
        if math.isfinite(z):
            inside = (lower <= z) & (upper >= z)
            smallest = torch.where(inside, smallest.clamp(max=value), smallest)
    for z, value in extrema.peaks.items():
        if math.isfinite(z):
            inside = (lower <= z) & (upper >= z)
            largest = torch.where(inside, largest.clamp(min=value), largest)
    return smallest, largest


def _largest(f: Elementwise, peaks: Iterable[float], lower: Tensor, upper: Tensor) -> Tensor:
    """Return the largest value of f on [lower, upper].

    It is f's value at a peak inside or, if f still rises there, at an end; and that end is the
    point of the interval nearest to the peak that f rises to.
    """
    ends = {-math.inf: lower, math.inf: upper}
    nearest = [
        ends[peak] if peak in ends else torch.minimum(lower.clamp(min=peak), upper)
        for peak in peaks
    ]
    return reduce(torch.maximum, [f(z) for z in nearest])
