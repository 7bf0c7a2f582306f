"""What a discrete map x_{k+1} = f(x_k) settles on: points, a line, cycles, chaos, or nothing.

The classes are numerical evidence from the given starts, not proofs; `certificates` has those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from neural_spectra.affine import spectral_radius
from neural_spectra.errors import InputError
from neural_spectra.fixed_points import DiscreteMap, distinct, newton
from neural_spectra.orbit_fates import NEUTRAL, Fate, Orbits, Settings, follow

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


@dataclass(frozen=True)
class Attractors:
    """What the orbits of one map settle on.

    Parameters
    ----------
    kind
        "diverging" or "diverging from some starts" if all or some orbits escape; else the most
        complicated thing that an orbit does, in the order chaotic, quasi-periodic, periodic; if all
        converge, "line" for three or more neutral fixed points (ρ = 1), else by their number.
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


def classify(
    f: DiscreteMap, starts: Float[np.ndarray, "models points d"], settings: Settings
) -> list[Attractors]:
    """Return what the orbits from ``starts`` settle on, for each map of the batch.

    Raises
    ------
    InputError
        If there is no start, or one is not finite.
    """
    if not starts.size or not np.isfinite(starts).all():
        raise InputError("give at least one start for the orbits of each map, all of them finite")
    orbits = follow(f, starts, settings)
    roots, found = newton(f, starts, settings.newton_steps)
    radii = spectral_radius(f.jacobian(np.where(found[..., None], roots, 0.0)))
    return [_summary(orbits, k, roots[k][found[k]], radii[k][found[k]]) for k in range(len(starts))]


def _summary(
    orbits: Orbits,
    k: int,
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
    reached_radii = spectral_radii[: reached.max(initial=-1) + 1]
    return Attractors(
        _kind(fates, exponent, reached_radii),
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
    reached_radii: Float[np.ndarray, " reached"],
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
    if (np.abs(reached_radii - 1) <= NEUTRAL).sum() >= 3:
        return "line"
    return "single point" if len(reached_radii) == 1 else "multiple points"
