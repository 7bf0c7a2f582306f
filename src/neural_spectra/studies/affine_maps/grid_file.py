"""``grid.parquet``: the pointwise affine maps of all models over a grid of the plane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from neural_spectra.maps.pointwise_affine import PlanarGrid
from neural_spectra.studies.affine_maps.planar_states import grid_points

VALUES = (
    *("a_11", "a_12", "a_21", "a_22", "b_1", "b_2"),
    *("real_1", "real_2", "imaginary", "spectral_radius"),
)
SCHEMA = pa.schema(
    [("model", pa.int16()), ("x", pa.float64()), ("y", pa.float64())]
    + [(name, pa.float32()) for name in VALUES]
)


@contextmanager
def grid_file(path: str, extent: float, points: int) -> Iterator[Callable[[int, PlanarGrid], None]]:
    """Give a function that appends the grid of a model, by its number, as a row group of a file.

    The values are rounded to single precision, a relative 6e-8; x and y are exact. The eigenvalues
    are real_1 + i imaginary and real_2 − i imaginary.

    Parameters
    ----------
    path
        Where to write.
    extent, points
        The grids have points × points over [−extent, extent]².
    """
    x, y = grid_points(np.linspace(-extent, extent, points)).T
    options = {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": ["model", "x", "y"],
        "use_byte_stream_split": list(VALUES),
    }
    with ParquetWriter(path, SCHEMA, **options) as writer:

        def append(number: int, grid: PlanarGrid) -> None:
            first, second = grid.eigenvalues.reshape(2, -1)
            values = [
                *grid.matrix.reshape(4, -1),
                *grid.offset.reshape(2, -1),
                *(first.real, second.real, first.imag, grid.spectral_radius.ravel()),
            ]
            model = np.full(len(x), number, np.int16)
            singles = [value.astype(np.float32) for value in values]
            writer.write_table(pa.table([model, x, y, *singles], schema=SCHEMA))

        yield append
