"""What the page shows of every model of the grid: its portrait, ρ(A*) and spectrum, thinned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from pyarrow.parquet import ParquetFile, write_table

from neural_spectra.studies.affine_maps.appendix_d import batches, grid_models, stacked
from neural_spectra.studies.affine_maps.planar_states import circle, path
from neural_spectra.studies.affine_maps.weight_sets import WeightSet

SHOWN = ("model", "x", "y", "real_1", "real_2", "imaginary", "spectral_radius")


def explorer_grid(grid: str, *, points: int, most: int) -> pa.Table:
    """Thin the grids of all models out, to at most ``most`` of ``points`` points a side.

    Returns
    -------
    Table
        model, x, y, real_1, real_2, imaginary, spectral_radius as in ``grid.parquet``, and (u, v),
        the step f(x) − x; the points of a model row by row.
    """
    every = -(-points // most)
    kept = np.arange(0, points, every)
    of_a_model = (kept[:, None] * points + kept).ravel()
    file = ParquetFile(grid)
    thinned = [file.read_row_group(model).take(of_a_model) for model in range(file.num_row_groups)]
    table = pa.concat_tables(thinned)
    column = {name: table[name].to_numpy() for name in table.column_names}
    x, y = column["x"], column["y"]
    u = (column["a_11"] - 1) * x + column["a_12"] * y + column["b_1"]
    v = column["a_21"] * x + (column["a_22"] - 1) * y + column["b_2"]
    step = {"u": u.astype(np.float32), "v": v.astype(np.float32)}
    return pa.table({name: column[name] for name in SHOWN} | step)


def explorer_orbits(
    sets: Sequence[WeightSet],
    *,
    activations: Sequence[str],
    radius: float,
    trajectories: int,
    steps: int,
) -> pa.Table:
    """Follow each model from some points on a circle around the origin.

    Parameters
    ----------
    sets
        The weight sets, of one seed only.

    Returns
    -------
    Table
        model, trajectory, step, x, y. Coordinates that overflow are infinite or NaN.
    """
    starts = circle(radius, trajectories)
    every = grid_models(sets, activations)
    paths = np.empty((len(every), trajectories, steps + 1, 2))
    for batch in batches(every):
        x = np.broadcast_to(starts, (len(batch), *starts.shape))
        followed = path(stacked(batch), x, steps)
        paths[[model.number for model in batch]] = np.moveaxis(followed, 0, 2)
    places = np.indices(paths.shape[:-1], dtype=np.int16)
    columns = dict(zip(("model", "trajectory", "step"), places, strict=True))
    columns |= {"x": paths[..., 0], "y": paths[..., 1]}
    return pa.table({name: values.ravel() for name, values in columns.items()})


def save(table: pa.Table, path: str) -> None:
    """Write a Parquet file, compressed."""
    write_table(table, path, compression="zstd")
