"""What a discrete map x_{k+1} = f(x_k) settles on: points, a line, cycles, chaos, or nothing.

The classes are numerical evidence from the given starts; `lipschitz_bounds_of_maps` has proofs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from neural_spectra.errors import InputError
from neural_spectra.maps.fixed_points import ROUNDING, DiscreteMap, States, distinct, newton, size
from neural_spectra.maps.orbits import NEUTRAL, Fate, Following, Orbits, follow
from neural_spectra.maps.pointwise_affine import spectral_radius

Kind = Literal[
    "single point",
    "multiple points",
    "line",
    "periodic",
    "quasi-periodic",
    "chaotic",
    "diverging from some starts",
    "diverging",
]

# Exponents up to this modulus count as 0.
ZERO_EXPONENT = 0.005
# Fixed points closer than this, relative to 1 + their size, count as one.
SAME_POINT = 1e-3
# A fixed point belongs to a line of them if a point this far away along it is fixed, too; relative
# to 1 + its size.
ALONG = 1e-3


@dataclass(frozen=True)
class Attractors:
    """What the orbits of one map settle on.

    Parameters
    ----------
    kind
        "diverging" or "diverging from some starts" if all or some orbits escape; else the most
        complicated thing that an orbit does, in the order chaotic, quasi-periodic, periodic; if all
        converge, "line" if a fixed point that one reaches belongs to a straight line of fixed
        points, else by the number of points reached.
    lyapunov
        Largest exponent per step over the orbits that stay, except those that stand on a repelling
        fixed point; ln ρ of points and cycles, an average of other orbits. NaN if all escape.
    lyapunov_error
        Standard error of the average; 0 for the logarithm of a spectral radius.
    periods
        The periods from 2 to 64 that occur.
    fixed_points
        Those that orbits reach, in the order of the starts, then others that Newton's method finds.
    spectral_radii
        ρ(Df) at each; at a kink, on the side from which the first orbit comes.
    fates
        The `Fate` of each orbit.
    reached
        The number of the fixed point that each orbit reaches, −1 for none.
    """

    kind: Kind
    lyapunov: float
    lyapunov_error: float
    periods: tuple[int, ...]
    fixed_points: Float[np.ndarray, "count d"]
    spectral_radii: Float[np.ndarray, " count"]
    fates: Int[np.ndarray, " points"]
    reached: Int[np.ndarray, " points"]


def classify(f: DiscreteMap, starts: States, following: Following) -> list[Attractors]:
    """Return what the orbits from ``starts`` settle on, for each map of the batch.

    Raises
    ------
    InputError
        If there is no start, or one is not finite.

    Examples
    --------
    >>> from neural_spectra.networks.deep_maps import deep_map
    >>> halved = deep_map("tanh", [0.5 * np.eye(2)[None]])
    >>> (found,) = classify(halved, np.array([[[1.0, 1.0], [-2.0, 0.5]]]), Following())
    >>> found.kind
    'single point'
    """
    if not starts.size or not np.isfinite(starts).all():
        raise InputError("give at least one start for the orbits of each map, all of them finite")
    orbits = follow(f, starts, following)
    roots, found = newton(f, starts, following.newton_steps)
    radii = spectral_radius(f.jacobian(np.where(found[..., None], roots, 0.0)))
    on_line = _on_lines(f, orbits)
    return [
        _summary(orbits, k, bool(on_line[k].any()), roots[k][found[k]], radii[k][found[k]])
        for k in range(len(starts))
    ]


def attractor_numbers(
    f: DiscreteMap, orbits: Orbits, points: Float[np.ndarray, "count d"], line: bool
) -> Int[np.ndarray, "models points"]:
    """Return on which attractor each orbit ends; −1 for those that escape.

    The given fixed points count from 0 in their order, or as one if they are a line; then other
    resting points and cycles, then all orbits that never settle.

    Parameters
    ----------
    f
        One map, the same for all models of the batch.
    orbits
        What `follow` says of its orbits.
    points
        Its known fixed points.
    line
        Whether they belong to a line of them.
    """
    period, state = orbits.period, orbits.state
    settled = (orbits.fate == Fate.POINT) | (orbits.fate == Fate.CYCLE)
    # One point of a cycle stands for it, wherever the orbit joined it: the first in a direction
    # along which no two points of a cycle are likely to agree.
    direction = np.sqrt(np.arange(2, state.shape[-1] + 2))
    first = state.copy()
    for k in range(1, period.max(initial=1)):
        state = np.where((k < period)[..., None], f(state), state)
        first = np.where((state @ direction < first @ direction)[..., None], state, first)
    number = np.full(orbits.fate.shape, -1)
    if line:
        number[settled] = 0
    else:
        known = np.concatenate((points, first[settled]))
        number[settled] = distinct(known, SAME_POINT)[len(points) :]
    known_points = 1 if line else len(points)
    number[orbits.moving] = max(number.max(), known_points - 1) + 1
    return number


def _on_lines(f: DiscreteMap, orbits: Orbits) -> Bool[np.ndarray, "models points"]:
    """Return which orbits reach a fixed point that belongs to a line of fixed points.

    The line can only have the direction v with Df v = v, here the last right singular vector of
    Df − 1: a little way along it f(x) = x up to rounding. At a lone point where ρ(Df) = 1, as in a
    saddle-node bifurcation, f(x) − x is of second order there. A line may end, at a kink of f, so
    that one side is enough.
    """
    on_line = (orbits.fate == Fate.POINT) & (np.abs(np.exp(orbits.exponent) - 1) <= NEUTRAL)
    chosen = np.flatnonzero(on_line.any(-1))
    if chosen.size:
        g, x = f[chosen], np.where(on_line[chosen, :, None], orbits.state[chosen], 0.0)
        along = np.linalg.svd(g.jacobian(x) - np.eye(x.shape[-1])).Vh[..., -1, :]
        step = ALONG * (1 + size(x))[..., None] * along
        moved = np.minimum(*(size(g(y) - y) for y in (x + step, x - step)))
        on_line[chosen] &= moved <= ROUNDING * (1 + size(x))
    return np.asarray(on_line)


def _summary(
    orbits: Orbits,
    k: int,
    line: bool,
    roots: Float[np.ndarray, "roots d"],
    radii: Float[np.ndarray, " roots"],
) -> Attractors:
    """Gather what is known of map k; ``roots`` are fixed points that need not be reached."""
    fates, exponent = orbits.fate[k], orbits.exponent[k]
    point = fates == Fate.POINT
    points = np.concatenate((orbits.state[k][point], roots))
    number = distinct(points, SAME_POINT)
    _, first = np.unique(number, return_index=True)
    spectral_radii = np.concatenate((np.exp(exponent[point]), radii))[first]
    reached = np.full(len(fates), -1)
    reached[point] = number[: point.sum()]

    known = np.flatnonzero(~np.isnan(exponent) & ~(point & (exponent > 2 * NEUTRAL)))
    largest = known[np.argmax(exponent[known])] if known.size else None
    return Attractors(
        _kind(fates, exponent, line, int(reached.max(initial=-1)) + 1),
        np.nan if largest is None else float(exponent[largest]),
        np.nan if largest is None else float(orbits.error[k, largest]),
        tuple(np.unique(orbits.period[k][fates == Fate.CYCLE]).tolist()),
        points[first],
        spectral_radii,
        fates,
        reached,
    )


def _kind(
    fates: Int[np.ndarray, " points"],
    exponent: Float[np.ndarray, " points"],
    line: bool,
    points: int,
) -> Kind:
    escaped, moving = fates == Fate.ESCAPED, fates == Fate.MOVING
    if escaped.any():
        return "diverging" if escaped.all() else "diverging from some starts"
    if moving.any():
        largest = np.nanmax(exponent[moving])
        if largest > ZERO_EXPONENT:
            return "chaotic"
        # A negative exponent means a cycle, of a period too long to be recognised.
        return "quasi-periodic" if largest >= -ZERO_EXPONENT else "periodic"
    if (fates == Fate.CYCLE).any():
        return "periodic"
    if line:
        return "line"
    return "single point" if points == 1 else "multiple points"
