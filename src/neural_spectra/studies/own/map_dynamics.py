"""What the orbits of a user's map do: fixed points, cycles, the attractors and their exponents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from neural_spectra.maps.attractor_classes import SAME_POINT, Attractors, classify
from neural_spectra.maps.cycles import Cycle, find_cycles
from neural_spectra.maps.fixed_points import distinct, size
from neural_spectra.maps.lyapunov_of_maps import exponent_of_distances, largest_exponents
from neural_spectra.maps.orbits import Fate, Following
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.own.map_costs import affordable, cost_of_jacobian, cost_of_round
from neural_spectra.studies.own.scaled_maps import ScaledMap

# Distances from the centre at which orbits start, in the map's own units.
_SPREADS = np.array([0.3, 1.0, 3.0])
# So many steps until an orbit is on its attractor, and so many more that are looked at there.
SETTLING, KEPT = 2000, 300
_EXPONENTS, _EXPONENT_STEPS, _MOVING_ORBITS = 3, 3000, 4
_NEWTON_STEPS, _LONGEST_PERIOD, MOST_CYCLES = 40, 6, 20
# |multiplier| − 1 below which a cycle neither attracts nor repels.
NEUTRAL = 1e-6
# An orbit comes back if it does so up to this, relative to 1 + its size.
_CAME_BACK = 1e-7


@dataclass(frozen=True)
class Dynamics:
    """What is known of a map's orbits, in its own units.

    Parameters
    ----------
    starts
        Where orbits started.
    attractors
        What they settle on.
    tails
        The last states of every orbit that did not escape.
    periods
        Of each of these orbits: 1 for a point, p for a cycle, 0 for one that does not come back.
    cycles
        Fixed points and cycles, attracting or not.
    exponents, errors
        The largest Lyapunov exponents of the attractor that has the largest, with standard errors,
        0 for those of points and cycles; none if all orbits escape.
    of_distances
        The largest exponent of a moving orbit by a second method; NaN if none moves.
    """

    starts: Float[np.ndarray, "starts d"]
    attractors: Attractors
    tails: Float[np.ndarray, "orbits kept d"]
    periods: Int[np.ndarray, " orbits"]
    cycles: list[Cycle]
    exponents: Float[np.ndarray, " count"]
    errors: Float[np.ndarray, " count"]
    of_distances: float

    @property
    def kind(self) -> str:
        """What the orbits settle on; those that rest in the end count, however long they take."""
        kind: str = self.attractors.kind
        if kind in ("periodic", "quasi-periodic") and (self.periods == 1).all():
            count = distinct(self.tails[:, -1], SAME_POINT).max(initial=0) + 1
            return "single point" if count == 1 else "multiple points"
        return kind


def dynamics_of(
    f: ScaledMap, states: Float[np.ndarray, "count d"] | None, starts: int, seed: int
) -> Dynamics:
    """Follow orbits from many starts, and look for fixed points and cycles by Newton's method.

    Parameters
    ----------
    f
        The map.
    states
        The user's states, if there are any: half of the orbits start there.
    starts
        Number of orbits.
    seed
        Seed of the random starts and tangent vectors.
    """
    generator = np.random.default_rng(seed)
    given = np.empty((0, f.given.dimension)) if states is None else f.scaled_states(states)
    given = given[np.unique(np.linspace(0, len(given) - 1, starts // 2).astype(int))[: len(given)]]
    spread = np.resize(_SPREADS, starts - len(given))[:, None]
    drawn = spread * generator.standard_normal((starts - len(given), f.given.dimension))
    origins = np.concatenate((given, drawn))
    g = f.scaled
    rounds = affordable(starts * cost_of_round(g), 8, 32)
    following = Following(rounds=rounds, exponent_steps=_steps(g), exponent_orbits=1, seed=seed)
    (attractors,) = classify(g, origins[None], following)
    tails = _tails(g, origins[attractors.fates != Fate.ESCAPED])
    guesses = np.concatenate((0 * origins[:1], origins, attractors.fixed_points, *tails[::4, ::30]))
    guesses = guesses[: affordable(_NEWTON_STEPS * cost_of_jacobian(g), 24, len(guesses))]
    work = len(guesses) * _NEWTON_STEPS * cost_of_jacobian(g)
    longest = sum(affordable(work * p * (p + 1) // 2, 0, 1) for p in range(1, _LONGEST_PERIOD + 1))
    cycles = find_cycles(g, guesses, range(1, max(1, longest) + 1), _NEWTON_STEPS, MOST_CYCLES)
    periods = _periods(tails)
    seen = sorted({period for period in periods.tolist() if period > max(1, longest)})
    cycles += find_cycles(g, tails[:, -1], seen, _NEWTON_STEPS, MOST_CYCLES)
    moving = tails[periods == 0, -1]
    found = origins, attractors, tails, periods, cycles
    if len(moving):
        return Dynamics(*found, *_averages(g, moving[:_MOVING_ORBITS], generator))
    return Dynamics(*found, *_of_cycles(tails, cycles), np.nan)


def _tails(f: DeepMap, x: Float[np.ndarray, "orbits d"]) -> Float[np.ndarray, "orbits kept d"]:
    tails = np.empty((len(x), KEPT, x.shape[-1]))
    if not len(x):
        return tails
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(SETTLING):
            x = f(x)
        for k in range(KEPT):
            tails[:, k] = x = f(x)
    return np.asarray(tails[np.isfinite(tails).all((-2, -1))])


def _periods(tails: Float[np.ndarray, "orbits kept d"]) -> Int[np.ndarray, " orbits"]:
    periods = np.zeros(len(tails), int)
    for period in range(KEPT // 2, 0, -1):
        moved = size(tails[:, period:] - tails[:, :-period]).max(-1)
        periods[moved <= _CAME_BACK * (1 + size(tails).max(-1))] = period
    return periods


def _steps(f: DeepMap) -> int:
    """Return over how many steps exponents are averaged."""
    return affordable(_MOVING_ORBITS * cost_of_jacobian(f), 300, _EXPONENT_STEPS)


def _averages(
    f: DeepMap, x: Float[np.ndarray, "orbits d"], generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the exponents of the orbit that has the largest, and that one by distances."""
    count = min(_EXPONENTS, f.dimension)
    exponents, errors = largest_exponents(f, x[None], count, _steps(f), generator)
    largest = int(exponents[0, :, 0].argmax())
    distances = exponent_of_distances(f, x[None, [largest]], _EXPONENT_STEPS)
    return exponents[0, largest], errors[0, largest], float(distances[0, 0])


def _of_cycles(
    tails: Float[np.ndarray, "orbits kept d"], cycles: list[Cycle]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the exponents of the cycle, of those that orbits end on, that has the largest."""
    ends = tails[:, -1]
    reached = [cycle for cycle in cycles if any(is_on(end, cycle) for end in ends)]
    if not reached:
        return np.empty(0), np.empty(0)
    slowest = max(reached, key=lambda cycle: cycle.radius ** (1 / cycle.period))
    with np.errstate(divide="ignore"):
        exponents = np.log(np.abs(slowest.multipliers[:_EXPONENTS])) / slowest.period
    return exponents, np.zeros_like(exponents)


def is_on(state: Float[np.ndarray, " d"], cycle: Cycle) -> bool:
    """Tell whether a state lies on a cycle, up to `attractor_classes.SAME_POINT`."""
    return bool((size(cycle.points - state) <= SAME_POINT * (1 + size(cycle.points))).any())
