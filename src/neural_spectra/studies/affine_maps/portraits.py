"""Phase portraits of the curated models: Figs 2, 4 and 6."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from neural_spectra.maps.attractor_classes import attractor_numbers, classify
from neural_spectra.maps.orbits import Fate, Following, Orbits, follow
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.curated_models import CuratedNetwork, by_panel
from neural_spectra.studies.affine_maps.planar_states import axis, circle, grid_points, path
from neural_spectra.studies.tables import Computed

# Orbits that rest do so within 512 steps; the others' exponents are known from the search.
FOLLOWING = Following(rounds=8, exponent_steps=20, exponent_orbits=1)
MODEL_COLUMNS = ["panel", "label", "seed", "attractor", "lyapunov", "satisfied"]
COLUMNS = ["panel", "label", "kind", "trajectory", "step", "x", "y", "u", "v", "value"]
COLUMNS += ["smallest", *MODEL_COLUMNS[2:]]


def portraits(
    models: Sequence[CuratedNetwork],
    *,
    extent: float,
    grid_step: float,
    equilibrium_step: float,
    basin_step: float,
    circle_radius: float,
    trajectories: int,
    steps: int,
    attractor_states: int,
) -> Computed:
    """Phase portraits of the maps x_{k+1} = f(x_k) on the square [−extent, extent]².

    Parameters
    ----------
    grid_step, equilibrium_step, basin_step
        Steps of the grids of the vector field, of the starts from which equilibria are found, and
        of the regions of attraction.
    circle_radius, trajectories, steps
        So many trajectories of so many steps start on that circle around the origin.
    attractor_states
        So many states of an orbit on each attractor that is no point (or all states of a cycle).

    Returns
    -------
    Computed
        docs/data_dictionary.md has the columns, under ``attractor_types``. By kind: "field":
        f(x) − x = (u, v) at (x, y); "trajectory": (x, y) after each step; "equilibrium": (x, y) and
        value = ρ(Df), smallest = the smallest modulus of an eigenvalue; "attractor": a state (x, y)
        on the attractor of number value; "basin": value is the number of the attractor that the
        orbit from (x, y) ends on, −1 if it diverges.
        Attractors count from 0: a panel's equilibria in their order (a line of them as one, 0),
        other resting points and cycles, then all orbits that never settle.
    """
    field_points = grid_points(axis(extent, grid_step))
    guesses = grid_points(axis(extent, equilibrium_step))
    basin_points = grid_points(axis(extent, basin_step))
    starts = circle(circle_radius, trajectories)

    def portrait(model: CuratedNetwork) -> Computed:
        f, alone = model.network, model.network[None]
        (found,) = classify(alone, guesses[None], FOLLOWING)
        equilibria = found.fixed_points
        orbits = follow(alone, basin_points[None], FOLLOWING)
        (number,) = attractor_numbers(alone, orbits, equilibria, model.attractor == "line")
        moduli = np.abs(np.linalg.eigvals(f.jacobian(equilibria)))
        u, v = (f(field_points) - field_points).T
        orbit, time = np.indices((trajectories, steps + 1)).reshape(2, -1)
        followed = path(f, starts, steps).swapaxes(0, 1).reshape(-1, 2)
        parts = [
            _rows("field", field_points, u=u, v=v),
            _rows("trajectory", followed, trajectory=orbit, step=time),
            _rows(
                "equilibrium",
                equilibria,
                value=found.spectral_radii,
                smallest=moduli.min(axis=-1),
            ),
            *_attractor_states(f, orbits, number, attractor_states),
            _rows("basin", basin_points, value=number),
        ]
        moved = np.abs(f(equilibria) - equilibria) / (1 + np.abs(equilibria))
        return Computed(pd.concat(parts), {"equilibrium_defect": float(moved.max(initial=0.0))})

    return by_panel(models, portrait, COLUMNS)


def _rows(kind: str, points: Float[np.ndarray, "rows 2"], **columns: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, "x": points[:, 0], "y": points[:, 1], **columns})


def _attractor_states(
    f: DeepMap, orbits: Orbits, number: Int[np.ndarray, " points"], count: int
) -> Iterator[pd.DataFrame]:
    """Follow one orbit on each attractor that is no point."""
    fate, period, state = orbits.fate[0], orbits.period[0], orbits.state[0]
    travelling = np.flatnonzero((fate == Fate.CYCLE) | (fate == Fate.MOVING))
    _, first = np.unique(number[travelling], return_index=True)
    for orbit in travelling[first]:
        length = int(period[orbit]) if fate[orbit] == Fate.CYCLE else count
        states = path(f, state[[orbit]], length - 1)[:, 0]
        yield _rows("attractor", states, value=np.full(length, number[orbit]))
