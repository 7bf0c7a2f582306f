"""Finding periodic orbits of vector fields: simulation to a close return, then Newton shooting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from neural_spectra.flows.close_returns import Loops, PerMember, Search, Status, extent, follow
from neural_spectra.flows.floquet_multipliers import Multipliers, multipliers
from neural_spectra.flows.given_fields import checked_states
from neural_spectra.flows.minimal_periods import single_turns
from neural_spectra.flows.monodromy import Propagators
from neural_spectra.flows.newton_shooting import Reason, Solution, divided, kinds_of_members, newton
from neural_spectra.flows.reference_systems import Field
from neural_spectra.flows.rescaled_fields import Rescaled, with_units_of_its_own

_LARGEST_DEFECT = 1e-10
_LOOSER = (1.0, 1e2, 1e4)
_CLOSER = (1.0, 1e-3, 1e-6)


@dataclass(frozen=True)
class PeriodicOrbits:
    """What was found for each member of a batch of fields; NaN where there is nothing to tell.

    Parameters
    ----------
    status
        A ``Status``: ``ORBIT``, or what was found instead.
    points
        Points on the orbit, equally spaced in time over one period. Where the status is
        ``SEEN_NOT_REFINED``, points of the trajectory that nearly closed; where it is
        ``EQUILIBRIUM``, the last state of the trajectory, near the equilibrium.
    period
        Minimal period T, or the time until the trajectory nearly closed.
    shooting_defect
        Largest difference between the flow from one point to the time of the next, and that, in any
        component and in units of half its range along the orbit.
    propagators
        Solutions of the variational equation over the segments between the points, or equal parts
        of them where rates are high; the identity from where a member has no more.
    looser
        The same for tolerances thirty times as loose along an orbit displaced thirty times as
        much: what it differs by is an estimate of the errors.
    reason
        A ``Reason``: why an orbit that was seen could not be refined.
    return_distance
        How near the trajectory came back, relative to its extent.
    escape_radius
        How far from its start a trajectory counts as diverged.
    """

    status: Int64[Tensor, " batch"]
    points: Loops
    period: PerMember
    shooting_defect: PerMember
    propagators: Propagators
    looser: Propagators
    reason: Int64[Tensor, " batch"]
    return_distance: PerMember
    escape_radius: PerMember

    def __getitem__(self, index: Any) -> PeriodicOrbits:
        """Index the batch axis."""
        return PeriodicOrbits(*(part[index] for part in vars(self).values()))

    def continued_to(self, segments: int) -> PeriodicOrbits:
        """Continue the propagators by the identity to this number."""
        propagators, looser = (p.continued_to(segments) for p in (self.propagators, self.looser))
        return replace(self, propagators=propagators, looser=looser)

    def multipliers(self) -> Multipliers:
        """Find the Floquet multipliers: `floquet_multipliers.multipliers`.

        One of them is 1: how far the nearest is from it is an error that is known, and no estimate
        is below it. The estimates alone can fall short where the field has kinks, since there the
        solver's errors hardly follow its tolerance.
        """
        found = multipliers(self.propagators, self.looser)
        distance = found.log_modulus.abs().nan_to_num(torch.inf).amin(-1, keepdim=True)
        known = distance.where(distance.isfinite(), 0.0)
        return replace(found, error_estimate=torch.maximum(found.error_estimate, known))

    @property
    def explanations(self) -> list[str]:
        """What the status leaves open, in words: a reason, a radius; empty for orbits."""
        words = {
            Status.DIVERGED: "farther than {radius:.3g} from its start",
            Status.SEEN_NOT_REFINED: "came back to {distance:.2g} of its extent; {reason}",
        }
        columns = (self.status, self.reason, self.return_distance, self.escape_radius)
        return [
            words.get(Status(status), "").format(
                reason=Reason(reason).sentence, distance=distance, radius=radius
            )
            for status, reason, distance, radius in zip(*(c.tolist() for c in columns), strict=True)
        ]


def find_periodic_orbits(
    field: Field, starts: Float[Tensor, "batch starts dimension"], search: Search
) -> PeriodicOrbits:
    """Look for an attracting periodic orbit of each field, from one start after the other.

    A field that never settles is no error: its status says what the last start led to, or that an
    orbit was seen from one of them.

    Raises
    ------
    InputError
        If the field is none, or the starts do not fit it.

    Examples
    --------
    >>> from neural_spectra.flows.reference_systems import StuartLandau
    >>> starts = torch.tensor([[[0.3, 0.0]]]).double()  # batch, starts, dimension
    >>> found = find_periodic_orbits(StuartLandau(mu=1.0, omega=1.0), starts, Search())
    >>> Status(found.status.item()).label, round(found.period.item(), 10)
    ('orbit', 6.2831853072)
    """
    starts = checked_states(field, starts, ("batch", "starts", "dimension"))
    spans = extent(starts).where(extent(starts) > 0, starts.norm(dim=-1).amax(-1))
    orbits = _no_orbits(len(starts), search.segments, starts.shape[-1])
    for start in starts.unbind(1):
        remaining = (orbits.status != Status.ORBIT).nonzero().flatten()
        outcome = _from_start(field[remaining], start[remaining], search, spans[remaining])
        seen_before = orbits.status[remaining] == Status.SEEN_NOT_REFINED
        better = (~seen_before | (outcome.status == Status.ORBIT)).nonzero().flatten()
        orbits = _stored(orbits, remaining[better], outcome[better])
    return orbits


def _from_start(
    field: Field, start: Float[Tensor, "batch dimension"], search: Search, span: PerMember
) -> PeriodicOrbits:
    """Follow and refine; follow further, to a closer return, what was seen but not refined."""
    outcome = _no_orbits(len(start), search.segments, start.shape[-1])
    members = torch.arange(len(start))
    for closer in _CLOSER:
        nearer = replace(search, return_distance=closer * search.return_distance)
        found = follow(field[members], start[members], nearer, span[members])
        seen = (found.status == Status.ORBIT).nonzero().flatten()
        refined = refine_periodic_orbits(
            field[members[seen]], found.points[seen], found.period[seen], search.rtol, search.atol
        )
        latest = _no_orbits(len(members), search.segments, start.shape[-1])
        latest.status[:] = found.status
        resting = found.status == Status.EQUILIBRIUM
        latest.points[resting] = found.points[resting]
        latest = _stored(latest, seen, refined)
        latest.return_distance[:], latest.escape_radius[:] = found.distance, found.escape_radius
        # What is no longer seen when looked for more closely was seen all the same.
        news = seen if closer < 1 else torch.arange(len(members))
        outcome = _stored(outcome, members[news], latest[news])
        members = members[seen][outcome.status[members[seen]] == Status.SEEN_NOT_REFINED]
        if len(members) == 0:
            break
        start = start.index_copy(0, members, outcome.points[members, 0])
    return outcome


def refine_periodic_orbits(
    field: Field,
    points: Loops,
    period: PerMember,
    rtol: float,
    atol: float,
    rough_corrections: int = 1,
) -> PeriodicOrbits:
    """Bring guesses of periodic orbits to a shooting defect of at most 1e-10 (1e-12 as a rule).

    Newton's method for multiple shooting finds attracting and repelling orbits alike, so the orbit
    of a neighbouring field is as good a guess as a simulation (continuation). Where the solver or
    the method fails at the tolerances wanted, a hundred and ten thousand times looser ones are
    tried, and as much larger a defect is allowed: no tolerance can be met below the rounding of the
    states.

    Parameters
    ----------
    field
        The batch of vector fields.
    points
        Guess of K points, equally spaced in time over one period.
    period
        Guess of the period. The period found lies between half and twice this, or is a whole part
        of that where the guess goes round several times, at most twelve.
    rtol, atol
        Tolerances of the solver, in units of half of each component's range along the guess.
    rough_corrections
        How many corrections to take from rougher, cheaper solves before; 0 if the guess is good.

    Raises
    ------
    InputError
        If the field is none, or the points do not fit it.
    """
    points = checked_states(field, points, ("batch", "points", "dimension"))
    batch, segments, d = points.shape
    orbits = _no_orbits(batch, segments, d, Status.SEEN_NOT_REFINED)
    own = with_units_of_its_own(field, points, period)
    guess = own.to_own(points)
    kinds = kinds_of_members(own, guess)
    final = torch.tensor([Reason.STRAYED, Reason.COLLAPSED])
    for looser in _LOOSER:
        again = (orbits.status == Status.SEEN_NOT_REFINED) & ~torch.isin(orbits.reason, final)
        again &= own.rounding <= looser * rtol
        for kind in torch.unique(kinds[again], dim=0):
            members = (again & (kinds == kind).all(-1)).nonzero().flatten()
            found = newton(
                own[members],
                divided(own[members], guess[members], int(kind[1])),
                (looser * rtol, looser * atol),
                looser * _LARGEST_DEFECT,
                rough_corrections,
            )
            refined = _in_states(own[members], found, segments)
            orbits = _stored(orbits, members, refined)
    orbits = _once_round(field, own, orbits, (rtol, atol))
    unrefined = orbits.status == Status.SEEN_NOT_REFINED
    orbits.points[unrefined], orbits.period[unrefined] = points[unrefined], period[unrefined]
    orbits.reason[unrefined & (own.rounding > _LOOSER[-1] * rtol)] = Reason.BELOW_ROUNDING
    return orbits


def _once_round(
    field: Field, own: Rescaled, orbits: PeriodicOrbits, tolerances: tuple[float, float]
) -> PeriodicOrbits:
    """Refine one turn of what goes round its orbit several times."""
    closed = (orbits.status == Status.ORBIT).nonzero().flatten()
    if len(closed) == 0:
        return orbits
    periods = orbits.period[closed] / own.unit[closed]
    several, once, shorter = single_turns(
        own[closed], own[closed].to_own(orbits.points[closed]), periods
    )
    if len(several) == 0:
        return orbits
    again = closed[several]
    points, period = own[again].from_own(once), shorter * own.unit[again]
    found = refine_periodic_orbits(field[again], points, period, *tolerances)
    found.status[found.status != Status.ORBIT] = Status.MULTIPLE_OF_THE_PERIOD
    return _stored(orbits, again, found)


def _in_states(own: Rescaled, found: Solution, segments: int) -> PeriodicOrbits:
    """Bring orbits back to the units of the states; NaN where there is none."""
    status = torch.full_like(found.reason, Status.ORBIT)
    status[found.reason != Reason.NONE] = Status.SEEN_NOT_REFINED
    nothing = torch.full_like(found.period, torch.nan)
    orbits = PeriodicOrbits(
        status,
        own.from_own(found.points[:, :: found.points.shape[1] // segments]),
        found.period * own.unit,
        found.defect,
        Propagators(own.matrices_in_states(found.matrices), found.divergence),
        Propagators(own.matrices_in_states(found.looser_matrices), found.looser_divergence),
        found.reason,
        nothing,
        nothing.clone(),
    )
    for tensor in _tensors(orbits)[1:-3]:
        tensor[status != Status.ORBIT] = torch.nan
    return orbits


def _no_orbits(
    batch: int, segments: int, dimension: int, status: Status = Status.NO_RETURN
) -> PeriodicOrbits:
    nothing = torch.full((batch, segments, dimension, dimension), torch.nan, dtype=torch.float64)
    loops, divergence, one = nothing[..., 0], nothing[..., 0, 0], nothing[:, 0, 0, 0]
    return PeriodicOrbits(
        torch.full((batch,), status),
        loops.clone(),
        one.clone(),
        one.clone(),
        Propagators(nothing, divergence.clone()),
        Propagators(nothing.clone(), divergence.clone()),
        torch.full((batch,), Reason.NONE),
        one.clone(),
        one.clone(),
    )


def _tensors(orbits: PeriodicOrbits) -> list[Tensor]:
    parts = (vars(p).values() if isinstance(p, Propagators) else [p] for p in vars(orbits).values())
    return list(chain.from_iterable(parts))


def _stored(target: PeriodicOrbits, members: Tensor, source: PeriodicOrbits) -> PeriodicOrbits:
    """Return the target with these members taken from the source, divided as finely as either."""
    finest = max(target.propagators.divergence.shape[-1], source.propagators.divergence.shape[-1])
    target, source = target.continued_to(finest), source.continued_to(finest)
    for whole, part in zip(_tensors(target), _tensors(source), strict=True):
        whole[members] = part
    return target
