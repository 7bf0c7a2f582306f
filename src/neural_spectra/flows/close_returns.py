"""Following trajectories until they nearly close, come to rest or escape."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.approach_to_rest import time_until_at_rest
from neural_spectra.flows.given_fields import checked_states
from neural_spectra.flows.integration import simulate, simulate_accurately
from neural_spectra.flows.reference_systems import Field
from neural_spectra.flows.rescaled_fields import with_clock_of_its_own

_STABLE_STEP = 2.0
_ROUGH_WINDOWS = 5
_LONGEST_ROUGH_WATCH, _LONGEST_WATCH = 512.0, 1e5
_MOST_STATES = 2**17
_STILL_LEAVING = 1.5
_NO_MOTION = 1e-12
_FAR = 100.0
_OUT_OF_SIGHT = 1e6
_INTERPOLATION_ERROR = 1e-3

Trajectories = Float[Tensor, "steps batch dimension"]
PerMember = Float[Tensor, " batch"]
Loops = Float[Tensor, "batch segments dimension"]  # points along a closed curve of each member
Simulation = Callable[[Field, Float[Tensor, "batch 1 dimension"], float, float], Tensor]


class Status(IntEnum):
    """What a search for a periodic orbit found."""

    ORBIT = 0
    EQUILIBRIUM = 1
    DIVERGED = 2
    NO_RETURN = 3
    SEEN_NOT_REFINED = 4
    MULTIPLE_OF_THE_PERIOD = 5

    @property
    def label(self) -> str:
        """The status in words, for tables."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True)
class Search:
    """Where and how accurately to look for periodic orbits.

    Times are counted in a unit of the field's own: what its fastest rate at the start gives, or its
    speed there. So a field needs no settings for being slow, or for being in millivolts.

    Parameters
    ----------
    window
        Time for which a trajectory is followed at first; each further window is twice as long.
    windows
        Number of windows before giving up: a trajectory that is on an orbit is seen to return if
        the period is at most ``window * 2**(windows - 2)``. One that comes to rest is followed for
        longer, until it has come nearer for five e-foldings of the slowest rate.
    step
        Time between the states looked at, and time step of the rough simulations.
    escape_radius
        A trajectory that goes farther than this from its start has diverged. None: a million times
        as far as the starts span, or a hundred times at the end of the last window.
    return_distance
        How near a trajectory must come back, relative to its extent, to start Newton's method.
    segments
        Number K of points on an orbit.
    rtol, atol
        Tolerances of the solver that refines an orbit, in units of each component's range on it.

    Raises
    ------
    InputError
        If the first window is too short to tell anything, or there are too few segments.
    """

    window: float = 4.0
    windows: int = 11
    step: float = 0.05
    escape_radius: float | None = None
    return_distance: float = 0.01
    segments: int = 30
    rtol: float = 1e-12
    atol: float = 1e-12

    def __post_init__(self) -> None:
        if not 0 < 20 * self.step <= self.window:
            raise InputError(
                f"search: the first window must be at least 20 steps long, but window = "
                f"{self.window} and step = {self.step}"
            )
        if self.segments < 2 or self.windows < 1:
            raise InputError(
                f"search: at least 2 segments and 1 window are needed, but segments = "
                f"{self.segments} and windows = {self.windows}"
            )


class Returns(NamedTuple):
    """What trajectories did; guesses of periodic orbits where the status is ``ORBIT``.

    Where it is ``EQUILIBRIUM`` all points are the last state looked at, near the equilibrium.
    ``distance`` is how near a trajectory came back to its start, relative to its extent;
    ``escape_radius`` is how far from its start it counts as diverged.
    """

    status: Int64[Tensor, " batch"]
    points: Loops
    period: PerMember
    distance: PerMember
    escape_radius: PerMember


def follow(
    field: Field,
    start: Float[Tensor, "batch dimension"],
    search: Search,
    span: PerMember | None = None,
) -> Returns:
    """Simulate each member until its trajectory nearly closes, comes to rest or escapes.

    All members are simulated together at first, roughly. What that does not settle is simulated
    again, member by member and accurately: a rough step can make a stiff field explode, and carry a
    trajectory across the stable manifold of a saddle that it only grazes.

    Parameters
    ----------
    field
        The batch of fields.
    start
        Where each member's trajectory starts.
    search
        What to look for.
    span
        How far apart interesting states lie; by default the distance of the start from the origin.

    Raises
    ------
    InputError
        If the field is none, or the starts do not fit it.
    """
    start = checked_states(field, start, ("batch", "dimension"))
    span = start.norm(dim=-1) if span is None else span
    span = span.where(span > 0, 1.0)
    own, origin = with_clock_of_its_own(field, start, span), torch.zeros_like(start)
    radius = (search.escape_radius or math.inf) / span
    rough = replace(search, windows=min(search.windows, _ROUGH_WINDOWS))
    found = _follow(own, origin, rough, radius, simulate)
    accurate = partial(simulate_accurately, farthest=_OUT_OF_SIGHT)
    settled = (found.status == Status.ORBIT) | (found.status == Status.EQUILIBRIUM)
    for member in (~settled).nonzero():
        closer = _follow(own[member], origin[member], search, radius[member], accurate)
        for whole, part in zip(found, closer, strict=True):
            whole[member] = part
    return Returns(
        found.status,
        own.from_own(found.points),
        found.period * own.unit,
        found.distance,
        found.escape_radius * span,
    )


def _follow(
    field: Field,
    start: Float[Tensor, "batch dimension"],
    search: Search,
    radius: PerMember,
    simulation: Simulation,
) -> Returns:
    """Follow in units of the field's own; stiff members no farther than the step allows."""
    found = Returns(
        torch.full((len(start),), Status.NO_RETURN),
        torch.zeros(len(start), search.segments, start.shape[1], dtype=torch.float64),
        torch.full_like(radius, torch.nan),
        torch.full_like(radius, torch.nan),
        radius.clamp(max=_OUT_OF_SIGHT),
    )
    fractions = torch.arange(search.segments, dtype=torch.float64)[:, None] / search.segments
    active, x, span = torch.arange(len(start)), start, torch.zeros_like(radius)
    window = 0
    while len(active) > 0:
        members, duration = field[active], search.window * 2**window
        step = max(search.step, duration / _MOST_STATES)
        trajectory = simulation(members, x.unsqueeze(1), duration, step).squeeze(2)
        away = (trajectory - start[active]).norm(dim=-1)
        escaped = ~(away < found.escape_radius[active]).all(0)
        over = window + 1 >= search.windows
        if over:
            # Whatever is far by now and still leaves, without a limit that somebody set.
            leaving = (radius[active] == torch.inf) & (away[-1] > _FAR)
            leaving &= away[-1] > _STILL_LEAVING * span[active]
            found.escape_radius[active[leaving]] = _FAR
            escaped |= leaving
        span[active] = torch.maximum(span[active], away.amax(0))

        time_at_rest = time_until_at_rest(members, trajectory, step, span[active])
        resting = time_at_rest <= duration
        steps, distance = _steps_to_return(trajectory, members, search.return_distance)
        returned = steps.isfinite() & ~resting & ~escaped
        status = torch.full((len(active),), Status.NO_RETURN)
        status[resting], status[escaped] = Status.EQUILIBRIUM, Status.DIVERGED
        status[returned] = Status.ORBIT
        found.status[active] = status
        found.points[active[resting]] = trajectory[-1, resting].unsqueeze(1)
        found.distance[active[returned]] = distance[returned]
        found.period[active[returned]] = steps[returned] * step
        found.points[active[returned]] = _states_between(
            trajectory[:, returned], fractions * steps[returned], members[returned], step
        )

        undecided = status == Status.NO_RETURN
        if over:
            watch = _LONGEST_ROUGH_WATCH if simulation is simulate else _LONGEST_WATCH
            undecided &= time_at_rest <= watch
        if simulation is simulate:
            stiff = _rate(members, trajectory, away < _OUT_OF_SIGHT) * search.step > _STABLE_STEP
            found.status[active[stiff]] = Status.NO_RETURN
            undecided &= ~stiff
        active, x = active[undecided], trajectory[-1, undecided]
        window += 1
    return found


def extent(points: Float[Tensor, "batch points dimension"]) -> PerMember:
    """Return the largest distance of a member's points from their mean."""
    radius: Tensor = (points - points.mean(1, keepdim=True)).norm(dim=-1)
    return radius.amax(1)


def _rate(field: Field, trajectory: Trajectories, inside: Bool[Tensor, "steps batch"]) -> PerMember:
    """Return the largest ‖Df‖ at every tenth point of a trajectory, outliers left out."""
    norms = torch.linalg.matrix_norm(field.jacobian(trajectory[::10].movedim(0, 1)))
    return torch.where(inside[::10].mT, norms, 0.0).amax(1)


def _steps_to_return(
    trajectory: Trajectories, field: Field, distance: float
) -> tuple[PerMember, PerMember]:
    """Return the time, in steps, until a trajectory comes back to its start, and how near.

    Both are NaN if it does not. Components are measured by their ranges. It must cross the plane
    through its start, at right angles to the flow there, near the start
    and within the first half of the trajectory, and the next turn must not lead further away.
    """
    ranges = trajectory.amax(0) - trajectory.amin(0)
    ranges = ranges.where(ranges > _NO_MOTION * ranges.amax(-1, keepdim=True), torch.inf)
    velocity = field(trajectory[0].unsqueeze(1)).squeeze(1) / ranges
    trajectory = trajectory / ranges
    start, size = trajectory[0], extent(trajectory.movedim(0, 1))
    height = ((trajectory - start) * torch.nn.functional.normalize(velocity, dim=-1)).sum(-1)
    upwards = (height[:-1] < 0) & (height[1:] >= 0)
    steps = torch.arange(len(upwards))[:, None] + height[:-1] / (height[:-1] - height[1:])
    steps = steps.where(upwards & (steps <= (len(trajectory) - 1) / 2), 0.0)
    crossing = _states_at(trajectory, steps)
    near = (steps > 0) & ((crossing - start).norm(dim=-1) <= distance * size)
    first = near.int().argmax(0, keepdim=True)
    steps = steps.gather(0, first).where(near.any(0), torch.nan)[0]
    once, twice = _states_at(trajectory, steps.nan_to_num() * torch.tensor([[1.0], [2.0]]))
    first_gap, second_gap = (once - start).norm(dim=-1), (twice - once).norm(dim=-1)
    receding = second_gap > first_gap + _INTERPOLATION_ERROR * size
    return torch.where(receding, torch.nan, steps), first_gap / size


def _states_at(
    trajectory: Trajectories, position: Float[Tensor, "times batch"]
) -> Float[Tensor, "times batch dimension"]:
    """Interpolate linearly at fractional numbers of steps."""
    before = position.long().clamp(max=len(trajectory) - 2)
    members = torch.arange(trajectory.shape[1])
    fraction = (position - before).unsqueeze(-1)
    return torch.lerp(trajectory[before, members], trajectory[before + 1, members], fraction)


def _states_between(
    trajectory: Trajectories, position: Float[Tensor, "times batch"], field: Field, step: float
) -> Loops:
    """Interpolate by the cubics that have the right states and velocities at both ends."""
    before = position.long().clamp(max=len(trajectory) - 2)
    members = torch.arange(trajectory.shape[1])
    start, end = (trajectory[before + k, members].movedim(0, 1) for k in (0, 1))
    start_slope, end_slope = (step * field(ends) for ends in (start, end))
    t = (position - before).mT.unsqueeze(-1)
    chord = end - start
    bend = (1 - t) * (start_slope - chord) + t * (chord - end_slope)
    return start + t * chord + t * (1 - t) * bend
