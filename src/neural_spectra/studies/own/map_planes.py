"""What is computed at the points of the plane through a map's region: A*, b*, spectra, basins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float, Int

from neural_spectra.maps.attractor_classes import Attractors, attractor_numbers
from neural_spectra.maps.orbits import Following, follow
from neural_spectra.maps.pointwise_affine import (
    Linearisation,
    eigenvalues,
    linearise,
    singular_values,
)
from neural_spectra.studies.own.map_costs import affordable, cost_of_round
from neural_spectra.studies.own.map_region import Grid, MapRegion
from neural_spectra.studies.own.scaled_maps import ScaledMap

# Along each side of the plane: so many points for A*, and so many starts for the basins. Fewer
# where the eigenvalues of that many matrices would take too long.
_POINTS, _STARTS, _EIGENVALUES = 81, 41, 1.5e7
_BASINS = Following(rounds=8, exponent_steps=20, exponent_orbits=1)


@dataclass(frozen=True)
class AffineParts:
    """A*, b* and Df over the plane.

    Parameters
    ----------
    grid
        Where.
    eigenvalues
        Those of A*.
    quantities
        By name, what is shown at each point: for d ≤ 2 the entries of A* and b*, for more their
        norms, and spectral radii.
    error
        The largest |A* x + b* − f| / (1 + |f|).
    """

    grid: Grid
    eigenvalues: Complex[np.ndarray, "points d"]
    quantities: dict[str, Float[np.ndarray, " points"]]
    error: float

    @property
    def radius(self) -> Float[np.ndarray, " points"]:
        """ρ(A*)."""
        return np.asarray(np.abs(self.eigenvalues).max(-1))


def affine_parts(f: ScaledMap, region: MapRegion) -> AffineParts:
    """Linearise f at the points of the plane, and give the spectra of A* and Df."""
    d, axes = f.given.dimension, len(region.directions)
    points = _EIGENVALUES / (d**3 + 100)
    grid = region.grid(int(np.clip(points ** (1 / axes), 9, _POINTS ** (3 - axes))))
    affine = linearise(f.given, grid.states)
    spectrum = eigenvalues(affine.matrix)
    quantities = _entries(affine) if d <= 2 else _norms(affine)
    if d > 1:
        quantities["rho"] = np.abs(spectrum).max(-1)
    quantities["rho of Df"] = np.abs(eigenvalues(f.given.jacobian(grid.states))).max(-1)
    if d == 2:
        quantities["norm"] = singular_values(affine.matrix)[:, 0]
    return AffineParts(grid, spectrum, quantities, float(np.nanmax(affine.error)))


def _entries(affine: Linearisation) -> dict[str, np.ndarray]:
    """Return the entries of A* and b*, row by row."""
    found: dict[str, np.ndarray] = {}
    for i in range(affine.offset.shape[-1]):
        found |= {f"A {i + 1} {j + 1}": row for j, row in enumerate(affine.matrix[:, i].T)}
        found[f"b {i + 1}"] = affine.offset[:, i]
    return found


def _norms(affine: Linearisation) -> dict[str, np.ndarray]:
    norm = singular_values(affine.matrix)[:, 0]
    return {"norm": norm, "size of b": np.linalg.norm(affine.offset, axis=-1)}


@dataclass(frozen=True)
class Basins:
    """On which attractor the orbits from the points of the plane end.

    Parameters
    ----------
    grid
        Where they start.
    number
        Of the attractor: the fixed points of ``attractors`` in their order, then cycles, then all
        that never settles; −1 for orbits that escape.
    periods
        Of the orbits' ends: 1, p, or 0 for those that have not settled, or escape.
    ends
        A point of what each orbit ends on, in the user's coordinates.
    """

    grid: Grid
    number: Int[np.ndarray, " points"]
    periods: Int[np.ndarray, " points"]
    ends: Float[np.ndarray, "points d"]


def basins_of(f: ScaledMap, region: MapRegion, attractors: Attractors) -> Basins:
    """Follow an orbit from each point of a grid of the plane."""
    axes = len(region.directions)
    starts = affordable(_BASINS.rounds * cost_of_round(f.scaled), 49, _STARTS**2)
    grid = region.grid(int(min(starts ** (1 / axes), _STARTS**2 // 8 if axes == 1 else _STARTS)))
    # Each row is a model of its own, and is left alone once all of it has settled.
    rows = f.scaled_states(grid.states).reshape(-1, grid.per_axis, f.given.dimension)
    orbits = follow(f.scaled, rows, _BASINS)
    line = attractors.kind == "line"
    number = attractor_numbers(f.scaled, orbits, attractors.fixed_points, line)
    ends = f.states(orbits.state.reshape(grid.states.shape))
    return Basins(grid, number.ravel(), orbits.period.ravel(), ends)
