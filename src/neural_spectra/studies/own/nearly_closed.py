"""When a trajectory nearly closes, lies on a closed orbit, or two orbits are one."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.studies.own.closed_orbits import ClosedOrbit
from neural_spectra.studies.own.where_to_look import Place

# Of the extent; a coordinate that moves by less than this beside another does not count.
_NEAR, _SAME_PERIOD, _SAME_PLACE, _NO_MOTION = 0.02, 1e-4, 1e-2, 1e-6


def loop_of(path: Float[Tensor, "times dimension"]) -> int | None:
    """Return after how many steps a trajectory nearly closes and goes round again; else None.

    It must have gone away before it comes back to its start, and the next turn must lie on the
    first. Each coordinate is measured by its range.
    """
    ranges = path.amax(0) - path.amin(0)
    moves = ranges > _NO_MOTION * ranges.amax()
    if not path.isfinite().all() or not moves.any():
        return None
    y = path[:, moves] / ranges[moves]
    away = (y - y[0]).norm(dim=-1)
    extent = away.amax()
    left = (away > extent / 2).nonzero()
    steps = y.roll(-1, 0) - y
    nearest = _to_edges(y[:1], y[:-1], steps[:-1])[0]
    back = (nearest <= _NEAR * extent) & (torch.arange(len(nearest)) > left[0])
    if not back.any():
        return None
    first = int(back.int().argmax())
    # The nearest of this passage, not the first that is near.
    passage = nearest[first : first + max(1, first // 8)]
    loop = first + int(passage.argmin())
    if 2 * loop >= len(y):
        return None
    again = y[loop : 2 * loop : max(1, loop // 64)]
    return loop if (_distance(again, y[: loop + 1]) <= 2 * _NEAR * extent).all() else None


def lies_on(y: Float[Tensor, "points dimension"], orbit: ClosedOrbit, place: Place) -> bool:
    """Tell whether all points, in coordinates of the place, lie on an orbit."""
    curve = place.to_own(orbit.states)
    extent = (curve - curve.mean(0)).norm(dim=-1).amax()
    return bool((_distance(y, curve) <= _NEAR * extent).all())


def same_orbit(orbit: ClosedOrbit, other: ClosedOrbit, place: Place) -> bool:
    """Tell whether two orbits have one period and lie on each other."""
    curve, points = (place.to_own(part.states) for part in (other, orbit))
    extent = (curve - curve.mean(0)).norm(dim=-1).amax()
    alike = abs(orbit.period / other.period - 1) <= _SAME_PERIOD
    return alike and bool((_distance(points[::8], curve) <= _SAME_PLACE * extent).all())


def _distance(y: Tensor, curve: Float[Tensor, "times dimension"]) -> Float[Tensor, " points"]:
    """Return how far points are from a closed polygon."""
    return _to_edges(y, curve, curve.roll(-1, 0) - curve).amin(1)


def _to_edges(y: Tensor, starts: Tensor, edges: Tensor) -> Float[Tensor, "points edges"]:
    away = y.unsqueeze(1) - starts
    along = (away * edges).sum(-1) / edges.square().sum(-1).clamp(min=1e-300)
    distances: Tensor = (away - along.clamp(0, 1).unsqueeze(-1) * edges).norm(dim=-1)
    return distances
