"""Newton's method for multiple shooting, in units in which orbit and period are of size 1."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from neural_spectra.flows.close_returns import Loops, PerMember, extent
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.monodromy import propagate_from
from neural_spectra.flows.rescaled_fields import Rescaled
from neural_spectra.flows.shooting_equations import shooting_corrections
from neural_spectra.networks.multilayer_perceptron import has_kinks

_ITERATIONS = 20
_ROUGHER = 1e4
_GUESS = 1e-10
_COLLAPSED = 1e-3
_CONTRACTION = 8.0  # of a segment, as a logarithm: far from what rounding or a tolerance hide
_MOST_OCTAVES = 6
_SMALLER = 0.01
_LOOSENING = 30.0
_DISPLACED = 1e-4
_SHORTEST, _LONGEST = 0.5, 2.0  # of the period that was guessed

Matrices = Float[Tensor, "batch segments dimension dimension"]
PerSegment = Float[Tensor, "batch segments"]


class Reason(IntEnum):
    """Why an orbit that was seen could not be refined."""

    NONE = 0
    STRAYED = 1
    COLLAPSED = 2
    NOT_CONVERGED = 3
    NOT_INTEGRABLE = 4
    BELOW_ROUNDING = 5

    @property
    def sentence(self) -> str:
        """The reason in words, for tables; empty for none."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.NONE: "",
    Reason.STRAYED: "Newton's corrections lead away from what was seen",
    Reason.COLLAPSED: "Newton's corrections shrink what was seen to a point",
    Reason.NOT_CONVERGED: f"Newton's method does not converge in {_ITERATIONS} corrections",
    Reason.NOT_INTEGRABLE: "the flow explodes or is too stiff from the points that were seen",
    Reason.BELOW_ROUNDING: "the tolerance lies below the rounding of the states",
}


class Solution(NamedTuple):
    """Orbits as Newton's method left them, in the field's own units; NaN where it failed.

    ``points`` are equally spaced in time; ``defect`` is the largest difference, in any component,
    between the end of a segment and the next point; ``matrices`` and ``divergence`` are those of
    ``Propagators``. ``looser_matrices`` and ``looser_divergence`` come from thirty times looser
    tolerances along an orbit displaced thirty times as much, so that all errors are as much
    larger. ``reason`` is a ``Reason``: why there is no orbit, if there is none.
    """

    points: Loops
    period: PerMember
    defect: PerMember
    matrices: Matrices
    divergence: PerSegment
    looser_matrices: Matrices
    looser_divergence: PerSegment
    reason: Int64[Tensor, " batch"]


class _Shot(NamedTuple):
    """All segments followed once, and how Newton's method would correct them."""

    points: Loops
    durations: PerSegment
    defect: PerMember
    matrices: Matrices
    divergence: PerSegment
    shifts: Loops
    delays: PerSegment

    @property
    def displacement(self) -> PerMember:
        """How far the correction would move a point, or change the period."""
        moved: Tensor = self.shifts.abs().amax((-2, -1))
        return torch.maximum(moved, self.delays.sum(-1).abs())


def kinds_of_members(field: Rescaled, points: Loops) -> Float[Tensor, "batch 3"]:
    """Return what members must have in common to be solved together.

    A batch shares its steps: members whose rates differ by an octave are solved apart, so that a
    single stiff one does not make all of them take its steps. Every kink of a member shortens the
    steps of all, so that those with kinks go alone. The second column is the number of parts into
    which each segment is to be divided, see `divided`.
    """
    rates = torch.linalg.matrix_norm(field.jacobian(points)).amax(1)
    octaves = rates.log2().round().nan_to_num(0.0, 0.0, 0.0)
    alone = torch.arange(len(points)) * has_kinks(field.field)
    return torch.stack((octaves, _parts_of_segments(field, points), alone), dim=-1)


def _parts_of_segments(field: Rescaled, points: Loops) -> Int64[Tensor, " batch"]:
    """Return into how many parts, a power of two, each member's segments are to be divided.

    No part should contract one direction against another by more than e^8, as the rates along the
    loop have it: what a propagator contracts to below the solver's tolerance is lost.
    """
    rates = torch.linalg.eigvals(field.jacobian(points)).real
    contraction = (rates.amax(-1) - rates.amin(-1)).amax(-1) / points.shape[1]
    octaves = (contraction / _CONTRACTION).log2().ceil().nan_to_num(0.0)
    parts: Tensor = 2 ** octaves.clamp(0, _MOST_OCTAVES).long()
    return parts


def divided(
    field: Rescaled, points: Loops, parts: int
) -> Float[Tensor, "batch parts_of_all dimension"]:
    """Return the points of all parts of segments, by following the flow from the points given."""
    if parts == 1:
        return points
    times = torch.linspace(0, 1 / points.shape[1], parts + 1, dtype=torch.float64)
    path = integrate(lambda _, y: field(y), points, times, _GUESS, _GUESS)
    fine: Tensor = path[:-1].movedim(0, 2).flatten(1, 2)
    return fine


def newton(
    field: Rescaled,
    points: Loops,
    tolerances: tuple[float, float],
    largest_defect: float,
    rough_corrections: int,
) -> Solution:
    """Correct points and period until every segment ends where the next one starts.

    Parameters
    ----------
    field
        The batch of fields.
    points
        The guess: points equally spaced in time over one period, which is 1.
    tolerances
        rtol and atol of the solver.
    largest_defect
        What is good enough. A good orbit gets one more correction if its defect is more than a
        hundredth of this, and is kept as it is where that does not help.
    rough_corrections
        How many corrections to take from rougher, cheaper solves before.
    """
    guess, points = points, points.clone()
    durations = torch.full(points.shape[:-1], 1 / points.shape[1], dtype=torch.float64)
    best_points, best_durations = points.clone(), durations.clone()
    best_defect = torch.full((len(points),), torch.inf, dtype=torch.float64)
    reason = torch.full((len(points),), Reason.NOT_CONVERGED)
    active = points.isfinite().all(-1).all(-1).nonzero().flatten()
    for iteration in range(_ITERATIONS):
        if len(active) == 0:
            break
        roughness = _ROUGHER ** max(0, rough_corrections - iteration)
        rtol, atol = (roughness * tolerance for tolerance in tolerances)
        shot = _shot(field[active], points[active], durations[active], rtol, atol)
        good = (shot.defect <= largest_defect) & (shot.displacement <= _DISPLACED)
        good &= roughness == 1
        good_before = reason[active] == Reason.NONE
        better = good & ~(shot.defect >= best_defect[active])
        members = active[better]
        best_points[members], best_durations[members] = shot.points[better], shot.durations[better]
        best_defect[members], reason[members] = shot.defect[better], int(Reason.NONE)
        failed = ~good_before & ~good & ~shot.defect.isfinite()
        reason[active[failed]] = Reason.NOT_INTEGRABLE

        rest = ~(good_before | failed | (good & (shot.defect <= _SMALLER * largest_defect)))
        active = active[rest]
        # Half of each duration is as far as the linearisation can be trusted.
        delays = shot.delays[rest]
        share = (durations[active] / (2 * delays.abs())).amin(-1).clamp(max=1.0)
        points[active] += share[:, None, None] * shot.shifts[rest]
        durations[active] += share[:, None] * delays
        # A correction that leads this far away does not come back to the orbit in question.
        strayed = extent(points[active] - guess[active]) > extent(guess[active])
        period = durations[active].sum(-1)
        strayed |= (period < _SHORTEST) | (period > _LONGEST)
        reason[active[strayed & (reason[active] != Reason.NONE)]] = Reason.STRAYED
        active = active[~strayed]
    collapsed = (reason == Reason.NONE) & (extent(best_points) <= _COLLAPSED * extent(guess))
    reason[collapsed] = Reason.COLLAPSED
    return _measured(field, best_points, best_durations, tolerances, reason)


def _shot(field: Rescaled, points: Loops, durations: PerSegment, rtol: float, atol: float) -> _Shot:
    propagators, ends = propagate_from(field, points, durations, rtol, atol)
    residual = ends - points.roll(-1, dims=-2)
    defect = residual.abs().amax((-2, -1))
    shifts, delays = torch.full_like(points, torch.nan), torch.full_like(durations, torch.nan)
    finite = (defect + propagators.matrices.sum((1, 2, 3))).isfinite().nonzero().flatten()
    shifts[finite], delays[finite] = shooting_corrections(
        propagators.matrices[finite], field[finite](ends[finite]), residual[finite]
    )
    matrices, divergence = propagators.matrices, propagators.divergence
    return _Shot(points, durations, defect, matrices, divergence, shifts, delays)


def _measured(
    field: Rescaled,
    points: Loops,
    durations: PerSegment,
    tolerances: tuple[float, float],
    reason: Int64[Tensor, " batch"],
) -> Solution:
    """Space the points of the orbits found equally in time, and follow them twice."""
    members = (reason == Reason.NONE).nonzero().flatten()
    nothing = torch.full((*points.shape, points.shape[-1]), torch.nan, dtype=torch.float64)
    loops, divergence, one = nothing[..., 0], nothing[..., 0, 0], nothing[:, 0, 0, 0]
    solution = Solution(
        loops.clone(),
        one.clone(),
        one.clone(),
        nothing.clone(),
        divergence.clone(),
        nothing,
        divergence.clone(),
        reason,
    )
    if len(members) == 0:
        return solution
    field, period = field[members], durations[members].sum(-1)
    spaced = _equally_spaced(field, points[members], durations[members], *tolerances)
    equal = (period[:, None] / points.shape[1]).expand(-1, points.shape[1])
    shot = _shot(field, spaced, equal, *tolerances)
    looser, _ = propagate_from(
        field,
        spaced + _LOOSENING * shot.shifts,
        equal + _LOOSENING * shot.delays,
        *(_LOOSENING * tolerance for tolerance in tolerances),
    )
    found = (spaced, period, shot.defect, shot.matrices, shot.divergence)
    for whole, part in zip(solution, (*found, looser.matrices, looser.divergence), strict=False):
        whole[members] = part
    return solution


def _equally_spaced(
    field: Rescaled, points: Loops, durations: PerSegment, rtol: float, atol: float
) -> Loops:
    """Return points equally spaced in time on orbits whose segments have unequal durations."""
    ends = durations.cumsum(-1)
    starts = torch.nn.functional.pad(ends[:, :-1], (1, 0))
    segments = points.shape[1]
    times = ends[:, -1:] * torch.arange(segments, dtype=torch.float64) / segments
    before = (torch.searchsorted(starts, times, right=True) - 1).clamp(0, segments - 1)
    remaining = (times - starts.gather(1, before)).unsqueeze(-1)
    rows = points.gather(1, before.unsqueeze(-1).expand_as(points))
    whole = torch.tensor([0.0, 1.0], dtype=torch.float64)
    return integrate(lambda _, y: remaining * field(y), rows, whole, rtol, atol)[-1]
