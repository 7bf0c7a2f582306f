"""Where trajectories go: to equilibria, to closed orbits, out of sight, or on for ever."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.reference_systems import Field
from neural_spectra.flows.rescaled_fields import Backwards
from neural_spectra.flows.simulation_together import simulate_together
from neural_spectra.studies.own.closed_orbits import (
    ClosedOrbit,
    closed_orbit_from,
    refined_closed_orbit,
)
from neural_spectra.studies.own.equilibria import Equilibrium, equilibria_of
from neural_spectra.studies.own.nearly_closed import lies_on, loop_of, same_orbit
from neural_spectra.studies.own.where_to_look import REACH, Place, spread_out

# Windows in times that a trajectory takes to cross the sizes of the place.
_FIRST_WINDOW, _WINDOWS, _LOOKS, _DRAWN = 8.0, 14, 2048, 3
_TURNS = 2.5  # of the longest orbit known, in a window at least
_OUT_OF_SIGHT, _FAR, _STILL_LEAVING = 1e6, 100.0, 1.5
_NEAR_AT_LAST, _STILL_NEARING = 0.1, 0.8
_GUESSES, _AROUND = 256, 3.0
_AT_REST, _NEAR_REST, _E_FOLDINGS = 1e-6, 1e-2, 5.0
_FIRST_SEARCH, _NO_NEWS = 1, 2
_MOST_ORBITS, _MOST_REPELLING = 12, 3
_FAMILY_MEMBERS = 4
_OFF_REST = 0.02


class Goal(NamedTuple):
    """What a trajectory goes to, and which one of those that were found."""

    kind: str
    number: int = 0


LEAVES, FAMILY, UNDECIDED = Goal("leaves"), Goal("family"), Goal("undecided")


@dataclass
class Behaviour:
    """What a field does, as far as trajectories and Newton's method tell.

    Parameters
    ----------
    place
        Where it was looked at.
    equilibria, orbits
        All that were found.
    goals
        Where each of ``place.starts`` goes.
    paths
        The trajectories over the first windows, to be drawn; NaN once they escaped.
    late
        States of the last window, of all that did not leave: they outline where everything goes.
    ends
        Where each trajectory was last.
    """

    place: Place
    equilibria: list[Equilibrium]
    orbits: list[ClosedOrbit]
    goals: list[Goal]
    paths: Float[Tensor, "times starts dimension"]
    late: Float[Tensor, "states dimension"]
    ends: Float[Tensor, "starts dimension"]

    def share(self, goal: Goal) -> float:
        """Return the share of the starts that go there."""
        return self.goals.count(goal) / len(self.goals)


def behaviour_of(of: Field, place: Place, evaluations: int, seed: int) -> Behaviour:
    """Follow trajectories from all starts, in windows that get longer, until all goals are known.

    Parameters
    ----------
    of
        A single field.
    place
        Where to look at it.
    evaluations
        How often to evaluate it for simulations, at most.
    seed
        Of the places where Newton's method begins.
    """
    survey = _Survey(of, place, place.to_own(place.starts), evaluations)
    guesses = _AROUND * REACH * spread_out(_GUESSES, of.dimension, seed)
    survey.look_for_equilibria(torch.cat([survey.y, guesses]))
    for window in range(_WINDOWS):
        if survey.undecided and survey.evaluations > 0:
            survey.follow(window)
            if window >= _FIRST_SEARCH:
                survey.look_for_orbits()
    survey.settle_the_rest()
    return survey.result()


def repelling_orbits_of(of: Field, behaviour: Behaviour, evaluations: int) -> list[ClosedOrbit]:
    """Look for closed orbits that repel, around equilibria that attract: in the plane they do.

    Run backwards, trajectories leave such an equilibrium, and run into the orbit that bounds what
    it attracts.

    Parameters
    ----------
    of
        A single field in the plane.
    behaviour
        What it does.
    evaluations
        How often to evaluate it, at most.
    """
    place = behaviour.place
    stable = [place.to_own(found.point) for found in behaviour.equilibria if found.stable]
    if not stable or of.dimension != 2:
        return []
    survey = _Survey(Backwards(of), place, torch.stack(stable) + _OFF_REST, evaluations)
    for window in range(_WINDOWS):
        if survey.undecided and survey.evaluations > 0:
            survey.follow(window)
            survey.look_for_orbits()
    forwards = [
        refined_closed_orbit(of, orbit.found.points[0].flip(0), orbit.period)
        for orbit in survey.orbits
    ]
    return [orbit for orbit in forwards if orbit is not None and orbit.attracting is False]


@dataclass
class _Survey:
    """Trajectories on their way, in the coordinates and the time of the place."""

    of: Field
    place: Place
    y: Tensor
    evaluations: int
    equilibria: list[Equilibrium] = field(default_factory=list)
    orbits: list[ClosedOrbit] = field(default_factory=list)
    drawn: list[Tensor] = field(default_factory=list)
    duration: float = 0.0

    def __post_init__(self) -> None:
        self.goals = [UNDECIDED] * len(self.y)
        self.window = self.y.expand(_LOOKS + 1, *self.y.shape).clone()

    @property
    def undecided(self) -> list[int]:
        return [k for k, goal in enumerate(self.goals) if goal == UNDECIDED]

    def look_for_equilibria(self, y: Tensor) -> None:
        """Look from these places, and keep what was known."""
        known = [self.place.to_own(found.point).unsqueeze(0) for found in self.equilibria]
        guesses = self.place.from_own(torch.cat([*known, y]))
        reach = 1.5 * _AROUND * REACH
        farthest = y.abs().amax().item() if len(y) else 0.0
        self.equilibria = equilibria_of(
            self.of, guesses, self.place, max(reach, 1.5 * min(farthest, _FAR))
        )

    def follow(self, number: int) -> None:
        """Follow all that are undecided over the next window, and tell which have arrived.

        Whatever is given up because the evaluations are spent stays as it was.
        """
        active = self.undecided
        turns = [_TURNS * orbit.period / self.place.unit for orbit in self.orbits]
        self.duration = max(_FIRST_WINDOW * 2**number, *turns, 0.0)
        times = torch.linspace(0, self.duration, _LOOKS + 1, dtype=torch.float64)
        own = self.place.own(self.of)
        part = simulate_together(own, self.y[active], times, _OUT_OF_SIGHT, self.evaluations)
        self.evaluations -= part.evaluations
        given_up = part.states[-1].isnan().any(-1) & ~part.escaped
        window = torch.full_like(self.window, torch.nan)
        window[:, active] = part.states.where(~given_up[:, None], self.window[:, active])
        self.window = window
        if number < _DRAWN:
            self.drawn.append(self.window[:: _LOOKS // 128])
        for k, escaped, end in zip(active, part.escaped.tolist(), part.states[-1], strict=True):
            if escaped:
                self.goals[k] = LEAVES
            elif end.isfinite().all():
                self.y[k] = end
        self.look_for_equilibria(self.y[self.undecided])
        self._tell_who_has_arrived()

    def look_for_orbits(self) -> None:
        """Refine what nearly closes, one trajectory after the other while that brings news."""
        repelling = [orbit for orbit in self.orbits if orbit.attracting is False]
        spent = self.evaluations <= 0 or len(repelling) >= _MOST_REPELLING
        no_news = _NO_NEWS if spent else 0
        for k in self.undecided:
            path = self.window[:, k]
            if self.goals[k] != UNDECIDED or len(self.orbits) >= _MOST_ORBITS:
                continue
            loop = loop_of(path) if no_news < _NO_NEWS else None
            if loop is None:
                continue
            period = self.place.unit * loop * self.duration / _LOOKS
            orbit = closed_orbit_from(self.of, self.place, self.place.from_own(path[0]), period)
            if orbit is None or any(same_orbit(orbit, other, self.place) for other in self.orbits):
                no_news += 1
                continue
            self.orbits.append(orbit)
            # Beside chaos there are always more that repel.
            no_news += orbit.attracting is False
            if orbit.neutral:
                self._look_at_a_family()
            self._tell_who_has_arrived()

    def settle_the_rest(self) -> None:
        """Tell what trends tell: far away and still leaving, or nearer to a degenerate point."""
        degenerate = [k for k, rest in enumerate(self.equilibria) if rest.stable is None]
        first, last = slice(0, _LOOKS // 4), slice(-_LOOKS // 4, None)
        for k in self.undecided:
            path = self.window[:, k]
            away = path.norm(dim=-1)
            if away[-1] > _FAR and away[-1] > _STILL_LEAVING * away[0]:
                self.goals[k] = LEAVES
            for number in degenerate:
                away = (path - self.place.to_own(self.equilibria[number].point)).norm(dim=-1)
                if away[last].amax() < min(_NEAR_AT_LAST, _STILL_NEARING * away[first].amax()):
                    self.goals[k] = Goal("equilibrium", number)

    def result(self) -> Behaviour:
        staying = [k for k, goal in enumerate(self.goals) if goal != LEAVES]
        late = torch.cat([self.window[_LOOKS // 2 :, staying].flatten(0, 1), self.y[staying]])
        return Behaviour(
            self.place,
            self.equilibria,
            self.orbits,
            self.goals,
            self.place.from_own(torch.cat(self.drawn)),
            self.place.from_own(late[late.isfinite().all(-1)]),
            self.place.from_own(self.y),
        )

    def _look_at_a_family(self) -> None:
        """Once several trajectories lie on orbits that neither attract nor repel, all others do."""
        if len([orbit for orbit in self.orbits if orbit.neutral]) >= _FAMILY_MEMBERS:
            self.goals = [FAMILY if goal == UNDECIDED else goal for goal in self.goals]

    def _tell_who_has_arrived(self) -> None:
        for k in self.undecided:
            self.goals[k] = self._goal(self.window[:, k])

    def _goal(self, path: Float[Tensor, "times dimension"]) -> Goal:
        for number, equilibrium in enumerate(self.equilibria):
            away = (path - self.place.to_own(equilibrium.point)).norm(dim=-1)
            nearer = away[-1] <= min(_NEAR_REST, away[_LOOKS // 2] * torch.e**-_E_FOLDINGS)
            if away[-1] <= _AT_REST or (equilibrium.stable and nearer):
                return Goal("equilibrium", number)
        for number, orbit in enumerate(self.orbits):
            if orbit.attracting and lies_on(path[_LOOKS // 2 :: 8], orbit, self.place):
                return Goal("orbit", number)
        return UNDECIDED
