"""Branches of periodic orbits of a family of planar fields, from a Hopf point to where they end.

A family is a field of the states (x, p) with p' = 0: its periodic orbits are those of all its
members. Where they form a curve, Newton's method for multiple shooting takes the shortest
correction, so that it is the corrector of a continuation by arc length, through folds as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from scipy.optimize import brentq
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.close_returns import Status
from neural_spectra.flows.reference_systems import Field
from neural_spectra.flows.shooting import refine_periodic_orbits

_SEGMENTS = 30
_STEP, _GROWTH = 0.4, 0.25  # of a point, in half the cycle's range, and of ln T, in one step
_SMALLEST_STEP = 1e-3
_ROUGH, _FINE = 1e-7, 1e-10  # tolerances on the way, and at folds
_ACCURACY = 1e-6  # of the place between two members

Loops = Float[Tensor, "orbits segments dimension"]
PerOrbit = Float[Tensor, " orbits"]


@dataclass(frozen=True)
class Branch:
    """Cycles along a branch, in order.

    Parameters
    ----------
    points
        K points of each, equally spaced in time; their last entry is the parameter.
    period
        T.
    log_determinant
        ln det M of the planar cycle: 0 where the branch folds.
    """

    points: Loops
    period: PerOrbit
    log_determinant: PerOrbit


def branch_from_hopf(
    family: Field,
    equilibrium: Float[Tensor, " dimension"],
    amplitude: float,
    longest_period: float,
    most_steps: int = 200,
) -> Branch:
    """Follow the cycles that are born at a Hopf point.

    Parameters
    ----------
    family
        The fields, as one of the states (x, p).
    equilibrium
        The Hopf point (x, p), where the derivative by x has the eigenvalues ±iω.
    amplitude
        How far the first cycle leaves it in the first component.
    longest_period
        Where the branch ends, unless it comes back to another Hopf point.
    most_steps
        How many cycles there are at most.

    Returns
    -------
    Branch
        From the first cycle on, to one of more than the longest period or smaller than the first.

    Raises
    ------
    InputError
        If the equilibrium is no Hopf point, or no cycle is found beside it.
    """
    before = _linear_cycle(family, equilibrium, 0.0)
    first = _corrected(family, *_linear_cycle(family, equilibrium, amplitude))
    if first is None:
        raise InputError(
            f"no cycle of amplitude {amplitude:g} beside the equilibrium {equilibrium.tolist()}; "
            f"choose a smaller amplitude"
        )
    branch, share, smallest = [first], 1.0, 0.9 * _half_range(first.points).amax()
    while share > _SMALLEST_STEP and len(branch) < most_steps:
        now = branch[-1].points, branch[-1].period
        new = _corrected(family, *_ahead(family, before, now, share))
        if new is None or _turns_back(family, before[0], now[0], new.points):
            share /= 2
            continue
        before, share = now, min(1.0, 1.3 * share)
        branch.append(new)
        if new.period[0] > longest_period or _half_range(new.points).amax() < smallest:
            break
    return Branch(
        torch.cat([cycle.points for cycle in branch]),
        torch.cat([cycle.period for cycle in branch]),
        torch.cat([cycle.log_determinant for cycle in branch]),
    )


def with_midpoints(branch: Branch) -> tuple[Loops, PerOrbit]:
    """Put the mean of two neighbours between them: guesses of as many more cycles, save one."""

    def mixed(values: Tensor) -> Tensor:
        fine = values.repeat_interleave(2, dim=0)[:-1].clone()
        fine[1::2] = (values[:-1] + values[1:]) / 2
        return fine

    return mixed(branch.points), mixed(branch.period)


def folds_of_cycles(family: Field, branch: Branch) -> Branch:
    """Find the cycles in which a branch folds, by roots of ln det M between its members.

    Raises
    ------
    InputError
        If two neighbours have no cycle between them.
    """
    signs = branch.log_determinant.sign()
    folds = [
        _fold_between(family, branch.points[k : k + 2], branch.period[k : k + 2])
        for k in (signs[:-1] != signs[1:]).nonzero().flatten().tolist()
    ]
    if not folds:
        return Branch(branch.points[:0], branch.period[:0], branch.log_determinant[:0])
    return Branch(
        torch.cat([fold.points for fold in folds]),
        torch.cat([fold.period for fold in folds]),
        torch.cat([fold.log_determinant for fold in folds]),
    )


def _fold_between(family: Field, points: Loops, periods: PerOrbit) -> Branch:
    def between(share: float) -> Branch:
        weights = torch.tensor([1 - share, share], dtype=torch.float64)
        mean = (weights[:, None, None] * points).sum(0, keepdim=True)
        cycle = _corrected(family, mean, (weights * periods).sum(0, keepdim=True), _FINE)
        if cycle is None:
            raise InputError("two neighbours on a branch have no cycle between them: a step fails")
        return cycle

    share = brentq(lambda share: float(between(share).log_determinant), 0, 1, xtol=_ACCURACY)
    return between(float(share))


def _linear_cycle(
    family: Field, equilibrium: Float[Tensor, " dimension"], amplitude: float
) -> tuple[Loops, PerOrbit]:
    """Return a cycle of the field that is linearised at a Hopf point; the point for amplitude 0."""
    jacobian = family.jacobian(equilibrium.unsqueeze(0))[0, :-1, :-1]
    values, vectors = torch.linalg.eig(jacobian)
    k = values.imag.argmax()
    frequency = values[k].imag
    if not frequency > 0:
        raise InputError(f"{equilibrium.tolist()} is no Hopf point: its eigenvalues are real")
    vector = vectors[:, k] / vectors[0, k]
    turns = torch.arange(_SEGMENTS, dtype=torch.float64) / _SEGMENTS
    cycle = torch.exp(2j * math.pi * turns).unsqueeze(-1) * vector
    points = equilibrium + amplitude * torch.nn.functional.pad(cycle.real, (0, 1))
    return points.unsqueeze(0), (2 * math.pi / frequency).reshape(1)


def _half_range(points: Loops) -> Float[Tensor, "orbits states"]:
    return (points.amax(1) - points.amin(1))[..., :-1] / 2


def _move(family: Field, before: Loops, now: Loops) -> tuple[Tensor, Tensor]:
    """Return how the points came here, but for how far they slid along, and so in half ranges."""
    moved, velocity = now - before, family(now)
    scale = _half_range(now).unsqueeze(1)
    sliding, along = (x[..., :-1] / scale for x in (moved, velocity))
    moved = moved - (sliding * along).sum() / along.square().sum() * velocity
    return moved, moved[..., :-1] / scale


def _ahead(
    family: Field, before: tuple[Loops, PerOrbit], now: tuple[Loops, PerOrbit], share: float
) -> tuple[Loops, PerOrbit]:
    """Guess the next cycle from the last two."""
    moved, in_ranges = _move(family, before[0], now[0])
    growth = (now[1] / before[1]).log()
    step = share * torch.minimum(
        _STEP / in_ranges.abs().amax(), _GROWTH / growth.abs().clamp(min=1e-12)
    )
    return now[0] + step * moved, now[1] * (step * growth).exp()


def _turns_back(family: Field, before: Loops, now: Loops, new: Loops) -> bool:
    here, there = _move(family, before, now)[1], _move(family, now, new)[1]
    return bool((here * there).sum() < 0)


def _corrected(
    family: Field, points: Loops, period: PerOrbit, tolerance: float = _ROUGH
) -> Branch | None:
    orbit = refine_periodic_orbits(family, points, period, tolerance, tolerance)
    if orbit.status[0] != Status.ORBIT:
        return None
    return Branch(orbit.points, orbit.period, orbit.propagators.log_determinant)
