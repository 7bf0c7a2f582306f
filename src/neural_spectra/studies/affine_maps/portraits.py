"""Phase portraits, spectra and region maps of the curated models: Figs 2 to 8."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from neural_spectra.maps.attractor_classes import SAME_POINT, classify
from neural_spectra.maps.fixed_points import distinct
from neural_spectra.maps.orbits import Fate, Orbits, Settings, follow
from neural_spectra.maps.pointwise_affine import Mode, eigenvalues, linearise, planar_grid
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.curated_models import CuratedNetwork, axis, grid_points
from neural_spectra.studies.tables import Computed, joined

# Orbits that rest do so within 512 steps; the others' exponents are known from the search.
SETTINGS = Settings(rounds=8, exponent_steps=20, exponent_orbits=1)
PORTRAIT_COLUMNS = ["panel", "label", "kind", "trajectory", "step", "x", "y", "u", "v", "value"]
MODEL_COLUMNS = ["panel", "label", "seed", "attractor", "lyapunov", "satisfied"]


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
        panel, label, kind, trajectory, step, x, y, u, v, value, seed, attractor, lyapunov,
        satisfied (the last three as in ``curated_seeds``, where attractor is kind). By kind:
        "field": f(x) − x = (u, v) at (x, y); "trajectory": (x, y) after each step;
        "equilibrium": (x, y) with value = ρ(Df); "attractor": a state (x, y) on the attractor of
        number value; "basin": value is the number of the attractor that the orbit from (x, y) ends
        on, −1 if it diverges. Attractors count from 0: a panel's equilibria in their order (a line
        of them as one, 0), other resting points and cycles, then all orbits that never settle.
    """
    tables, defects = [], []
    field_points = grid_points(axis(extent, grid_step))
    guesses = grid_points(axis(extent, equilibrium_step))
    basin_points = grid_points(axis(extent, basin_step))
    for model in models:
        f = model.network
        found = classify(_alone(f), guesses[None], SETTINGS)[0]
        equilibria = found.fixed_points
        orbits = follow(_alone(f), basin_points[None], SETTINGS)
        number = _attractor_numbers(f, orbits, equilibria, model.attractor == "line")
        u, v = (f(field_points) - field_points).T
        parts = [
            _rows("field", field_points, {"u": u, "v": v}),
            _trajectories(f, circle_radius, trajectories, steps),
            _rows("equilibrium", equilibria, {"value": found.spectral_radii}),
            _attractor_states(f, orbits, number, attractor_states),
            _rows("basin", basin_points, {"value": number}),
        ]
        names = model._asdict()
        tables.append(pd.concat(parts).assign(**{name: names[name] for name in MODEL_COLUMNS}))
        moved = np.abs(f(equilibria) - equilibria) / (1 + np.abs(equilibria))
        defects.append(moved.max(initial=0.0))
    table = pd.concat(tables, ignore_index=True)[PORTRAIT_COLUMNS + MODEL_COLUMNS[2:]]
    return Computed(table, {"equilibrium_defect": float(max(defects))})


def with_spectra(portrait: Computed, spectrum: Computed) -> Computed:
    """Fig. 2: add the eigenvalues of `spectra` to portraits, as rows of the kind "eigenvalue"."""
    rows = spectrum.table.rename(columns={"real": "x", "imag": "y"}).assign(kind="eigenvalue")
    models = portrait.table[MODEL_COLUMNS].drop_duplicates()
    rows = rows.drop(columns="row").merge(models, on=["panel", "label", "seed"])
    return joined([portrait, Computed(rows, spectrum.residuals)])


def spectra(models: Sequence[CuratedNetwork], *, extent: float, grid_step: float) -> Computed:
    """Both eigenvalues of A*(x), in the paper's literal mode, at each point of a grid.

    Returns
    -------
    Computed
        panel, row, label, real, imag, seed; points where A* does not represent f are left out. The
        residual is the largest |A*x + b* − f|/(1 + |f|) at the others.
    """
    tables, errors = [], []
    points = grid_points(axis(extent, grid_step))
    for model in models:
        affine = linearise(model.network, points, "literal")
        errors.append(representation_error(affine(points), model.network(points)))
        found = eigenvalues(affine.matrix[affine.valid]).ravel()
        columns = {"row": model.row, "label": model.label, "real": found.real, "imag": found.imag}
        tables.append(pd.DataFrame({"panel": model.panel, **columns, "seed": model.seed}))
    table = pd.concat(tables, ignore_index=True)
    return Computed(table, {"representation_error": max(errors)})


def radius_maps(models: Sequence[CuratedNetwork], *, extent: float, grid_step: float) -> Computed:
    """ρ(A*(x)), in the paper's literal mode, at each point of a grid.

    Returns
    -------
    Computed
        panel, label, x, y, spectral_radius (NaN where A* does not represent f), seed, satisfied
        (whether some seed does what the caption says).
    """
    along = axis(extent, grid_step)
    parts = []
    for model in models:
        part = radius_map(model.network, along, "literal")
        table = part.table.assign(
            panel=model.panel, label=model.label, seed=model.seed, satisfied=model.satisfied
        )
        parts.append(Computed(table, part.residuals))
    found = joined(parts)
    order = ["panel", "label", "x", "y", "spectral_radius", "seed", "satisfied"]
    return Computed(found.table[order], found.residuals)


def radius_map(f: DeepMap, along: Float[np.ndarray, " points"], mode: Mode) -> Computed:
    """Return x, y and ρ(A*) over the square grid with these coordinates.

    The residual is the largest |A*x + b* − f|/(1 + |f|).
    """
    points = grid_points(along)
    grid = planar_grid(f, along, along, mode)
    affine = np.einsum("ijp,pj->pi", grid.matrix.reshape(2, 2, -1), points)
    affine = affine + grid.offset.reshape(2, -1).T
    columns = {
        "x": points[:, 0],
        "y": points[:, 1],
        "spectral_radius": grid.spectral_radius.ravel(),
    }
    error = representation_error(affine, f(points))
    return Computed(pd.DataFrame(columns), {"representation_error": error})


def representation_error(
    affine: Float[np.ndarray, "points 2"], values: Float[np.ndarray, "points 2"]
) -> float:
    """Return the largest |A*x + b* − f|/(1 + |f|), apart from points where A* is NaN."""
    return float(np.nanmax(np.abs(affine - values) / (1 + np.abs(values))))


def _alone(f: DeepMap) -> DeepMap:
    """Return a batch of one map."""
    return f[None]


def _rows(
    kind: str, points: Float[np.ndarray, "rows 2"], columns: dict[str, np.ndarray]
) -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, "x": points[:, 0], "y": points[:, 1], **columns})


def _path(
    f: DeepMap, starts: Float[np.ndarray, "orbits 2"], steps: int
) -> Float[np.ndarray, "times orbits 2"]:
    path = [starts]
    for _ in range(steps):
        path.append(f(path[-1]))
    return np.stack(path)


def _trajectories(f: DeepMap, radius: float, count: int, steps: int) -> pd.DataFrame:
    angle = 2 * math.pi * np.arange(count) / count
    path = _path(f, radius * np.stack((np.cos(angle), np.sin(angle)), axis=-1), steps)
    time, orbit = np.meshgrid(np.arange(steps + 1), np.arange(count))
    columns = {"trajectory": orbit.ravel(), "step": time.ravel()}
    return _rows("trajectory", path.swapaxes(0, 1).reshape(-1, 2), columns)


def _attractor_numbers(
    f: DeepMap, orbits: Orbits, equilibria: Float[np.ndarray, "count 2"], line: bool
) -> Int[np.ndarray, " points"]:
    """Return on which attractor each orbit ends, as `portraits` counts them."""
    fate, period, state = orbits.fate[0], orbits.period[0], orbits.state[0]
    settled = (fate == Fate.POINT) | (fate == Fate.CYCLE)
    # The point of a cycle farthest to the left stands for it, wherever the orbit joined it.
    leftmost = state.copy()
    for k in range(1, period.max(initial=1)):
        state = np.where((k < period)[:, None], f(state), state)
        leftmost = np.where((state[:, 0] < leftmost[:, 0])[:, None], state, leftmost)
    number = np.full(len(fate), -1)
    if line:
        number[settled] = 0
    else:
        known = np.concatenate((equilibria, leftmost[settled]))
        number[settled] = distinct(known, SAME_POINT)[len(equilibria) :]
    number[fate == Fate.MOVING] = max(number.max(), 0 if line else len(equilibria) - 1) + 1
    return number


def _attractor_states(
    f: DeepMap, orbits: Orbits, number: Int[np.ndarray, " points"], count: int
) -> pd.DataFrame:
    """Follow one orbit on each attractor that is no point."""
    fate, period, state = orbits.fate[0], orbits.period[0], orbits.state[0]
    travelling = np.flatnonzero((fate == Fate.CYCLE) | (fate == Fate.MOVING))
    _, first = np.unique(number[travelling], return_index=True)
    parts = []
    for orbit in travelling[first]:
        length = int(period[orbit]) if fate[orbit] == Fate.CYCLE else count
        path = _path(f, state[[orbit]], length - 1)[:, 0]
        parts.append(_rows("attractor", path, {"value": np.full(length, number[orbit])}))
    return pd.concat(parts) if parts else pd.DataFrame()
