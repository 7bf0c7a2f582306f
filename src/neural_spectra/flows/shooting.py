"""Finding periodic orbits of vector fields: simulation, a return map, then Newton shooting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from neural_spectra.flows.close_returns import Loops, PerMember, Search, Status, extent, follow
from neural_spectra.flows.given_fields import checked_states
from neural_spectra.flows.monodromy import Propagators, propagate_from
from neural_spectra.flows.reference_systems import Field

_LARGEST_DEFECT = 1e-10
_SMALL_DEFECT = 1e-12
_ITERATIONS = 10
_ROUGHER = 1e4
_KERNEL = 1e-9
_COLLAPSED = 1e-3
_SAME_POINT = 1e-6


@dataclass(frozen=True)
class PeriodicOrbits:
    """The periodic orbit found for each member of a batch of fields; NaN where there is none.

    Parameters
    ----------
    status
        A ``Status``: ``ORBIT``, or what was found instead.
    points
        Points on the orbit, equally spaced in time over one period.
    period
        Minimal period T.
    shooting_defect
        Largest difference, in any component, between the flow from one point over the time T/K
        and the next point.
    propagators
        Solutions of the variational equation from each point to the next.
    """

    status: Int64[Tensor, " batch"]
    points: Loops
    period: PerMember
    shooting_defect: PerMember
    propagators: Propagators

    def __getitem__(self, index: Any) -> PeriodicOrbits:
        """Index the batch axis."""
        return PeriodicOrbits(
            self.status[index],
            self.points[index],
            self.period[index],
            self.shooting_defect[index],
            self.propagators[index],
        )


def find_periodic_orbits(
    field: Field, starts: Float[Tensor, "batch starts dimension"], search: Search
) -> PeriodicOrbits:
    """Look for an attracting periodic orbit of each field, from one start after the other.

    A field that never settles is no error: its status says what the last start led to.

    Raises
    ------
    InputError
        If the field is none, or the starts do not fit it.
    """
    starts = checked_states(field, starts, ("batch", "starts", "dimension"))
    batch, _, d = starts.shape
    orbits = _no_orbits((batch, search.segments, d), Status.NO_RETURN)
    for start in starts.unbind(1):
        remaining = (orbits.status != Status.ORBIT).nonzero().flatten()
        status, points, period = follow(field[remaining], start[remaining], search)
        returned = status == Status.ORBIT
        candidates = remaining[returned]
        refined = refine_periodic_orbits(
            field[candidates], points[returned], period[returned], search.rtol, search.atol
        )
        orbits.status[remaining] = status
        _store(orbits, candidates, refined)
    return orbits


def refine_periodic_orbits(
    field: Field,
    points: Loops,
    period: PerMember,
    rtol: float,
    atol: float,
    rough_corrections: int = 2,
) -> PeriodicOrbits:
    """Bring guesses of periodic orbits to a shooting defect of at most 1e-10 (1e-12 as a rule).

    Newton's method for multiple shooting, condensed to the first point and the period: its matrix
    is M − 1, with the monodromy matrix M, bordered by the phase condition that the first point
    moves at right angles to the flow. It finds attracting and repelling orbits alike, so the orbit
    of a neighbouring field is as good a guess as a simulation (continuation).

    Parameters
    ----------
    field
        The batch of vector fields.
    points
        Guess of K points, equally spaced in time over one period.
    period
        Guess of the period. The period found lies between half and twice this.
    rtol, atol
        Tolerances of the solver.
    rough_corrections
        How many corrections to take from rougher, cheaper solves before; 0 if the guess is good.
    """
    orbits = _no_orbits(points.shape, Status.NEWTON_FAILED)
    # A batch shares its steps: members whose rates differ by an octave are solved apart, so that a
    # single stiff one does not make all of them take its steps.
    rates = torch.linalg.matrix_norm(field.jacobian(points)).amax(1) * period
    octaves = rates.log2().round()
    for octave in octaves[octaves.isfinite()].unique():
        members = (octaves == octave).nonzero().flatten()
        refined = _refine(
            field[members], points[members], period[members], rtol, atol, rough_corrections
        )
        _store(orbits, members, refined)
    for tensor in _tensors(orbits)[1:]:
        tensor[orbits.status != Status.ORBIT] = torch.nan
    return orbits


def _refine(
    field: Field, points: Loops, period: PerMember, rtol: float, atol: float, rough_corrections: int
) -> PeriodicOrbits:
    guessed_points, guessed_period = points, period
    points, period = points.clone(), period.clone()
    orbits = _no_orbits(points.shape, Status.NEWTON_FAILED)
    active = torch.arange(len(period))
    for iteration in range(_ITERATIONS):
        if len(active) == 0:
            break
        roughness = _ROUGHER ** max(0, rough_corrections - iteration)
        x, t = points[active], period[active]
        propagators, ends = propagate_from(field[active], x, t, roughness * rtol, roughness * atol)
        residual = ends - x.roll(-1, dims=-2)
        defect = residual.abs().amax((-2, -1))
        good = (defect <= _LARGEST_DEFECT) & (roughness == 1)
        # A good orbit gets one more correction, and is kept as it is if that does not help.
        finished = (good & (defect <= _SMALL_DEFECT)) | orbits.period[active].isfinite()
        status = _classify(x, guessed_points[active])
        _store(orbits, active[good], PeriodicOrbits(status, x, t, defect, propagators)[good])

        rest = defect.isfinite() & ~finished
        active = active[rest]
        shifts, delay = _corrections(
            propagators.matrices[rest], field[active](ends[rest]), residual[rest]
        )
        points[active] += shifts
        period[active] += delay
        # A correction that leads this far away does not come back to the orbit in question.
        strayed = extent(points - guessed_points) > extent(guessed_points)
        strayed |= (period < guessed_period / 2) | (period > guessed_period * 2)
        active = active[~strayed[active]]
    return orbits


def _corrections(
    matrices: Float[Tensor, "batch segments dimension dimension"],
    velocities: Loops,
    residual: Loops,
) -> tuple[Loops, PerMember]:
    """Solve the linearised shooting equations δ_{k+1} = Φ_k δ_k + (f/K) δT + residual_k."""
    batch, segments, d = residual.shape
    inhomogeneous = torch.stack((velocities / segments, residual), dim=-1)
    # Columns: what the shift of the first point, the period and the residual add to each shift.
    columns = torch.eye(d, d + 2, dtype=residual.dtype).expand(batch, d, d + 2)
    shifts = []
    for k in range(segments):
        shifts.append(columns)
        columns = matrices[:, k] @ columns
        columns = torch.cat((columns[..., :d], columns[..., d:] + inhomogeneous[:, k]), dim=-1)
    bordered = torch.zeros(batch, d + 1, d + 1, dtype=residual.dtype)
    bordered[:, :d] = columns[..., : d + 1]
    bordered[:, :d, :d] -= torch.eye(d, dtype=residual.dtype)
    bordered[:, d, :d] = torch.nn.functional.normalize(velocities[:, -1], dim=-1)
    # The pseudo-inverse also serves orbits that come in families, where M − 1 has a kernel.
    solution = -torch.linalg.pinv(bordered, rtol=_KERNEL)[..., :d] @ columns[..., d + 1 :]
    weights = torch.cat((solution, torch.ones(batch, 1, 1, dtype=residual.dtype)), dim=-2)
    return (torch.stack(shifts, dim=1) @ weights.unsqueeze(1)).squeeze(-1), solution[:, d, 0]


def _classify(points: Loops, guess: Loops) -> Int64[Tensor, " batch"]:
    """Tell orbits from equilibria, and from orbits that were gone round several times."""
    size, segments = extent(points), points.shape[1]
    status = torch.where(size > _COLLAPSED * extent(guess), Status.ORBIT, Status.EQUILIBRIUM)
    for turns in range(2, segments // 2 + 1):
        if segments % turns == 0:
            gap = (points - points.roll(segments // turns, dims=1)).abs().amax((1, 2))
            repeated = (status == Status.ORBIT) & (gap < _SAME_POINT * size)
            status[repeated] = Status.MULTIPLE_OF_THE_PERIOD
    return status


def _no_orbits(shape: Sequence[int], status: int) -> PeriodicOrbits:
    batch, _, dimension = shape
    nothing = torch.full((*shape, dimension), torch.nan, dtype=torch.float64)
    return PeriodicOrbits(
        torch.full((batch,), status),
        nothing[..., 0].clone(),
        nothing[:, 0, 0, 0].clone(),
        nothing[:, 0, 0, 0].clone(),
        Propagators(nothing, nothing[..., 0, 0].clone()),
    )


def _tensors(orbits: PeriodicOrbits) -> tuple[Tensor, ...]:
    own = (orbits.status, orbits.points, orbits.period, orbits.shooting_defect)
    return (*own, orbits.propagators.matrices, orbits.propagators.divergence)


def _store(target: PeriodicOrbits, members: Tensor, source: PeriodicOrbits) -> None:
    for whole, part in zip(_tensors(target), _tensors(source), strict=True):
        whole[members] = part
