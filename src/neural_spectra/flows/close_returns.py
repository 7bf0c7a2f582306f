"""Following trajectories until they nearly close, come to rest or escape."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.integration import simulate
from neural_spectra.flows.reference_systems import Field

_STABLE_STEP = 2.0
_FINEST_STEP = 1e-4
_NEWTON_STEPS = 15
_SMALL_VELOCITY = 1e-10
_AT_REST = 1e-6
_INTERPOLATION_ERROR = 1e-3

Trajectories = Float[Tensor, "steps batch dimension"]
PerMember = Float[Tensor, " batch"]
Loops = Float[Tensor, "batch segments dimension"]  # points along a closed curve of each member


class Status(IntEnum):
    """What a search for a periodic orbit found."""

    ORBIT = 0
    EQUILIBRIUM = 1
    DIVERGED = 2
    NO_RETURN = 3
    NEWTON_FAILED = 4
    MULTIPLE_OF_THE_PERIOD = 5
    TOO_STIFF = 6

    @property
    def label(self) -> str:
        """The status in words, for tables."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True)
class Search:
    """Where and how accurately to look for periodic orbits.

    Parameters
    ----------
    window
        Time for which a trajectory is followed at first; each further window is twice as long.
    windows
        Number of windows before giving up: periods up to ``window * 2**(windows - 2)`` are found.
    step
        Time step of the simulation. Where a field is too stiff for it, down to 1e-4 is tried.
    escape_radius
        A trajectory that leaves this ball around the origin has diverged.
    return_distance
        How near a trajectory must come back, relative to its extent, to start Newton's method.
    segments
        Number K of shooting segments; a multiple of the period is noticed for the divisors of K.
    rtol, atol
        Tolerances of the solver.

    Raises
    ------
    InputError
        If the first window is too short to tell anything, or there are too few segments.
    """

    window: float = 4.0
    windows: int = 5
    step: float = 0.05
    escape_radius: float = 10.0
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
    """Guesses of periodic orbits, for the members whose status is ``ORBIT``."""

    status: Int64[Tensor, " batch"]
    points: Loops
    period: PerMember


def follow(field: Field, start: Float[Tensor, "batch dimension"], search: Search) -> Returns:
    """Simulate each member until its trajectory nearly closes, comes to rest or escapes.

    What a simulation with too long a step shows is no more than a defect of the step (stiff
    equilibria seem to oscillate or to explode), so stiff members are followed again with a quarter
    of the step.
    """
    found = Returns(
        torch.full((len(start),), Status.NO_RETURN),
        torch.zeros(len(start), search.segments, start.shape[1], dtype=torch.float64),
        torch.zeros(len(start), dtype=torch.float64),
    )
    fractions = torch.arange(search.segments, dtype=torch.float64)[:, None] / search.segments
    stiff = torch.zeros(len(start), dtype=torch.bool)
    active, x = torch.arange(len(start)), start
    for window in range(search.windows):
        if len(active) == 0:
            break
        members, duration = field[active], search.window * 2**window
        trajectory = simulate(members, x.unsqueeze(1), duration, search.step).squeeze(2)
        inside = trajectory.norm(dim=-1) < search.escape_radius
        stiff[active] = _rate(members, trajectory, inside) * search.step > _STABLE_STEP
        resting = _approaches_equilibrium(members, trajectory)
        steps = _steps_to_return(
            trajectory, members(x.unsqueeze(1)).squeeze(1), search.return_distance
        )
        returned = steps.isfinite() & inside.all(0) & ~resting

        status = torch.full((len(active),), Status.NO_RETURN)
        status[resting], status[returned] = Status.EQUILIBRIUM, Status.ORBIT
        status[~inside.all(0)] = Status.DIVERGED
        found.status[active] = status
        found.period[active[returned]] = steps[returned] * search.step
        points = _states_at(trajectory[:, returned], fractions * steps[returned])
        found.points[active[returned]] = points.movedim(0, 1)

        undecided = (status == Status.NO_RETURN) & ~stiff[active]
        active, x = active[undecided], trajectory[-1, undecided]
    if search.step < _FINEST_STEP:
        found.status[stiff] = Status.TOO_STIFF
    elif stiff.any():
        finer = follow(field[stiff], start[stiff], replace(search, step=search.step / 4))
        for whole, part in zip(found, finer, strict=True):
            whole[stiff] = part
    return found


def extent(points: Float[Tensor, "batch points dimension"]) -> PerMember:
    """Return the largest distance of a member's points from their mean."""
    radius: Tensor = (points - points.mean(1, keepdim=True)).norm(dim=-1)
    return radius.amax(1)


def _rate(field: Field, trajectory: Trajectories, inside: Bool[Tensor, "steps batch"]) -> PerMember:
    """Return the largest ‖Df‖ at every tenth point of a trajectory, outliers left out."""
    norms = torch.linalg.matrix_norm(field.jacobian(trajectory[::10].movedim(0, 1)))
    return torch.where(inside[::10].mT, norms, 0.0).amax(1)


def _approaches_equilibrium(field: Field, trajectory: Trajectories) -> Bool[Tensor, " batch"]:
    """Tell whether Newton's method finds an attracting equilibrium that a trajectory runs into.

    The last quarter of the trajectory must be nearer to it than all of the quarter before.
    """
    x = trajectory[-1].unsqueeze(1)
    for _ in range(_NEWTON_STEPS):
        value, jacobian = field.value_and_jacobian(x)
        x = x - torch.linalg.solve_ex(jacobian, value).result
    value, jacobian = field.value_and_jacobian(x)
    at_rest = value.norm(dim=-1) < _SMALL_VELOCITY
    rates = torch.linalg.eigvals(jacobian.where(at_rest[..., None, None], 0.0)).real.amax(-1)
    distance = (trajectory - x.squeeze(1)).norm(dim=-1)
    before, last = distance.tensor_split(4)[2:]
    nearing = last.amax(0) < before.amin(0).clamp(min=_AT_REST)
    result: Tensor = (at_rest & (rates < 0)).squeeze(1) & nearing
    return result


def _steps_to_return(
    trajectory: Trajectories, velocity: Float[Tensor, "batch dimension"], distance: float
) -> PerMember:
    """Return the time, in steps, until a trajectory comes back to its start; NaN if it does not.

    It must cross the plane through its start, at right angles to the flow there, near the start
    and within the first half of the trajectory, and the next turn must not lead further away.
    """
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
    return torch.where(receding, torch.nan, steps)


def _states_at(
    trajectory: Trajectories, position: Float[Tensor, "times batch"]
) -> Float[Tensor, "times batch dimension"]:
    """Interpolate linearly at fractional numbers of steps."""
    before = position.long().clamp(max=len(trajectory) - 2)
    members = torch.arange(trajectory.shape[1])
    fraction = (position - before).unsqueeze(-1)
    return torch.lerp(trajectory[before, members], trajectory[before + 1, members], fraction)
