"""Solutions that close after several turns round their orbit, and what one turn of them is."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from neural_spectra.flows.close_returns import Loops, PerMember, extent
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.rescaled_fields import Rescaled

MOST_TURNS = 12
_TOLERANCE, _SAME_POINT = 1e-8, 1e-6


def single_turns(
    field: Rescaled, points: Loops, period: PerMember
) -> tuple[
    Int64[Tensor, " several"],
    Float[Tensor, "several segments dimension"],
    Float[Tensor, " several"],
]:
    """Find the closed solutions that go round several times, at most twelve, and cut them down.

    Parameters
    ----------
    field
        In coordinates in which states are of order 1.
    points
        Equally spaced in time over the period.
    period
        Of each solution.

    Returns
    -------
    Tensor
        The indices of those that go round more than once.
    Tensor, Tensor
        Equally spaced points of one turn of each of these, and the time it takes.
    """
    counts = torch.arange(2, MOST_TURNS + 1)
    parts = states_after(field, points, period, (1 / counts).double())
    gaps = (parts - points[:, :1]).norm(dim=-1)
    closes = gaps < _SAME_POINT * extent(points).unsqueeze(-1)
    turns = torch.where(closes, counts, 1).amax(-1)
    several = (turns > 1).nonzero().flatten()
    fractions = torch.arange(points.shape[1], dtype=torch.float64) / points.shape[1]
    loops = [
        states_after(field[[k]], points[[k]], period[[k]], fractions / turns[k])
        for k in several.tolist()
    ]
    once = torch.cat(loops) if loops else points[:0]
    return several, once, (period / turns)[several]


def states_after(
    field: Rescaled, points: Loops, period: PerMember, fractions: Float[Tensor, " times"]
) -> Float[Tensor, "batch times dimension"]:
    """Return the states after fractions of the period, by the flow from the points before them.

    Parameters
    ----------
    field, points, period
        See `single_turns`.
    fractions
        From 0 to 1, the same for all solutions.
    """
    segments = points.shape[1]
    # A fraction at a point is that point, whichever way it was rounded.
    before = (fractions * segments + 1e-9).floor()
    rest = (fractions - before / segments).clamp(min=0) * period.unsqueeze(-1)
    start, times = points[:, before.long() % segments], torch.tensor([0.0, 1.0]).double()
    durations = rest.unsqueeze(-1)
    path = integrate(lambda _, y: durations * field(y), start, times, _TOLERANCE, _TOLERANCE)
    return path[-1]
