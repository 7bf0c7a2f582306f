"""The region of the state space that a map's answers are about, and a plane through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from neural_spectra.errors import InputError
from neural_spectra.maps.fixed_points import size
from neural_spectra.studies.own.map_dynamics import Dynamics
from neural_spectra.studies.own.scaled_maps import ScaledMap

# The region reaches so far beyond what it has to hold, and is at least so wide, in the map's units.
_MARGIN, _LEAST = 1.25, 0.5
# Fixed points farther out, in the map's units, are left outside.
_FAR = 30.0
_SAMPLES = 2000


class Grid(NamedTuple):
    """Points of a plane.

    Attributes
    ----------
    per_axis
        How many there are along each axis.
    coordinates
        On the plane, without the rounding of a projection.
    states
        In the user's coordinates.
    """

    per_axis: int
    coordinates: Float[np.ndarray, "points axes"]
    states: Float[np.ndarray, "points d"]


@dataclass(frozen=True)
class MapRegion:
    """A box, and a plane (a line, for d = 1) through its middle.

    Parameters
    ----------
    lower, upper
        The ends of the box, in the user's coordinates.
    origin, directions
        The points of the plane are origin + u directions[0] + v directions[1], |u|, |v| ≤ 1.
    labels
        What u and v are.
    """

    lower: Float[np.ndarray, " d"]
    upper: Float[np.ndarray, " d"]
    origin: Float[np.ndarray, " d"]
    directions: Float[np.ndarray, "axes d"]
    labels: tuple[str, ...]

    @property
    def half_widths(self) -> Float[np.ndarray, " axes"]:
        """How far the plane reaches from its origin along each axis."""
        return np.asarray(np.linalg.norm(self.directions, axis=-1))

    @property
    def first_axis(self) -> Float[np.ndarray, " d"]:
        """The unit vector along the first axis."""
        return np.asarray(self.directions[0] / self.half_widths[0])

    def coordinates(self, x: Float[np.ndarray, "*batch d"]) -> Float[np.ndarray, "*batch axes"]:
        """Return the coordinates of states along the axes: of their projection onto the plane."""
        return np.asarray(x @ (self.directions.T / self.half_widths))

    def grid(self, count: int) -> Grid:
        """Return a grid of the plane, so many points along each axis, the first running fastest."""
        middle = self.coordinates(self.origin)
        along = [np.linspace(-1.0, 1.0, count)] * len(self.directions)
        shares = np.stack([part.ravel() for part in np.meshgrid(*along)], -1)
        states = self.origin + shares @ self.directions
        return Grid(count, middle + shares * self.half_widths, states)

    def samples(self, generator: np.random.Generator) -> Float[np.ndarray, "samples d"]:
        """Return points spread over the box."""
        return generator.uniform(self.lower, self.upper, (_SAMPLES, len(self.lower)))


def region_of(
    f: ScaledMap,
    dynamics: Dynamics,
    states: Float[np.ndarray, "count d"] | None,
    plane: Sequence[int] | None,
) -> MapRegion:
    """Choose the box around the states, the attractors and the fixed points, and a plane.

    Parameters
    ----------
    f, dynamics
        The map, and where its orbits go.
    states
        The user's states, if there are any.
    plane
        The numbers, from 1 on, of two coordinates. Without them it is the plane along which the
        states of the box spread most, and for d = 2 that of both coordinates.

    Raises
    ------
    InputError
        If there are no such coordinates.
    """
    inner = [cycle.points for cycle in dynamics.cycles if size(cycle.points).max() <= _FAR]
    held = [dynamics.tails.reshape(-1, f.given.dimension), *inner]
    held = [f.states(points) for points in held]
    held += [states] if states is not None else []
    points = np.concatenate(held)
    if not len(points):  # all orbits escape from around the centre
        points = f.states(dynamics.starts)
    low, high = points.min(0), points.max(0)
    least = _LEAST * f.unit * (states is None) + 1e-3 * f.unit
    reach = np.maximum(_MARGIN * (high - low) / 2, least)
    centre = (low + high) / 2
    box = centre - reach, centre + reach
    return MapRegion(*box, centre, *_axes(points - centre, reach, plane))


def _axes(
    points: np.ndarray, reach: np.ndarray, plane: Sequence[int] | None
) -> tuple[np.ndarray, tuple[str, ...]]:
    d = len(reach)
    if plane is not None and (
        len(plane) != 2 or len(set(plane)) != 2 or not all(1 <= k <= d for k in plane)
    ):
        raise InputError(
            f"plane: {list(plane)} does not name two different coordinates of {d}: give two "
            f"numbers from 1 to {d}"
        )
    if plane is None and d > 2:
        spreads = np.linalg.svd(points, full_matrices=False)
        directions = np.zeros((2, d))
        directions[:] = spreads.Vh[:2] if len(points) > 1 else np.eye(d)[:2]
        # The sign that makes the largest entry positive, as any sign would do.
        largest = np.take_along_axis(directions, np.abs(directions).argmax(-1)[:, None], -1)
        directions *= np.sign(largest)
        along = np.abs(points @ directions.T).max(0)
        half_widths = np.maximum(_MARGIN * along, (np.abs(directions) * reach).max(-1) / 2)
        return directions * half_widths[:, None], ("direction 1", "direction 2")
    chosen = list(range(min(d, 2))) if plane is None else [k - 1 for k in plane]
    return np.diag(reach)[chosen], tuple(f"x_{k + 1}" for k in chosen)
