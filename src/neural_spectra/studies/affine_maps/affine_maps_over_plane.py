"""What the pointwise affine maps of one model are over the grid, and how well they represent it."""

from __future__ import annotations

from types import TracebackType

import numpy as np
import pyarrow as pa
from jaxtyping import Float
from pyarrow.parquet import ParquetWriter

from neural_spectra.maps.pointwise_affine import PlanarGrid, linearise, spectral_radius
from neural_spectra.networks.deep_maps import DeepMap

VALUES = (
    *("a_11", "a_12", "a_21", "a_22", "b_1", "b_2"),
    *("real_1", "real_2", "imaginary", "spectral_radius"),
)
SCHEMA = pa.schema(
    [("model", pa.int16()), ("x", pa.float64()), ("y", pa.float64())]
    + [(name, pa.float32()) for name in VALUES]
)
BISECTIONS = 55


def square(extent: float, points: int) -> Float[np.ndarray, "2 all_points"]:
    """Return the x and y of points × points over [−extent, extent]², row by row."""
    axis = np.linspace(-extent, extent, points)
    return np.array(np.meshgrid(axis, axis)).reshape(2, -1)


class GridFile:
    """A Parquet file to which the grids of models are added, a row group for each model.

    The values are rounded to single precision, a relative 6e-8; x and y are exact. The eigenvalues
    are real_1 + i imaginary and real_2 − i imaginary.

    Parameters
    ----------
    path
        Where to write.
    extent, points
        As in `square`.
    """

    def __init__(self, path: str, extent: float, points: int) -> None:
        self.x, self.y = square(extent, points)
        self.writer = ParquetWriter(
            path,
            SCHEMA,
            compression="zstd",
            compression_level=1,
            use_dictionary=["model", "x", "y"],
            use_byte_stream_split=list(VALUES),
        )

    def add(self, number: int, grid: PlanarGrid) -> None:
        """Append the grid of a model."""
        first, second = grid.eigenvalues.reshape(2, -1)
        values = [
            *grid.matrix.reshape(4, -1),
            *grid.offset.reshape(2, -1),
            *(first.real, second.real, first.imag, grid.spectral_radius.ravel()),
        ]
        model = np.full(len(self.x), number, np.int16)
        singles = [value.astype(np.float32) for value in values]
        self.writer.write_table(pa.table([model, self.x, self.y, *singles], schema=SCHEMA))

    def __enter__(self) -> GridFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.writer.close()


def product_bound(
    f: DeepMap, x: Float[np.ndarray, "2 points"]
) -> tuple[Float[np.ndarray, " points"], Float[np.ndarray, "2 points"]]:
    """Return Π ρ(A_i) Π ρ(Λ_j(x)), the bound of eq. (10) on ρ(A*(x)), and f(x), for one network."""
    bound = np.full(x.shape[-1], np.prod(spectral_radius(np.stack(f.weights))))
    for layer in f.layers:
        x = layer.weight @ x + layer.bias[:, None]
        if layer.activated:
            bound *= np.maximum(*np.abs(f.activation.quotient(x)))
            x = f.activation.function(x)
    return bound, x


def largest_ratio(radius: np.ndarray, bound: np.ndarray) -> float:
    """Return the largest radius/bound, with 0/0 = 0: at most 1 where eq. (10) holds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.where(radius > 0, radius / bound, 0.0).max())


def grid_error(
    grid: PlanarGrid, x: Float[np.ndarray, "2 points"], value: Float[np.ndarray, "2 points"]
) -> float:
    """Return the largest |A*x + b* − f(x)| / (1 + |f(x)|) over a grid, given f(x)."""
    matrix, offset = grid.matrix.reshape(2, 2, -1), grid.offset.reshape(2, -1)
    error = matrix[:, 0] * x[0] + matrix[:, 1] * x[1] + offset - value
    return float((np.abs(error) / (1 + np.abs(value))).max())


def hyperplane_error(
    f: DeepMap, ends: Float[np.ndarray, "2 segments 2"]
) -> Float[np.ndarray, " models"]:
    """Return the largest error as in `grid_error` at the origin and on the sets z_i = 0.

    Parameters
    ----------
    f
        A batch of networks.
    ends
        Ends of the segments on which the zeros of every unit's z_i are looked for, by bisection. A
        segment on which a z_i keeps its sign contributes one of its ends.
    """
    models = len(f.weights[0])
    units = _pre_activations(f, np.zeros((models, 1, 2))).shape[-1]
    unit = np.repeat(np.arange(units), ends.shape[1])[:, None]
    own = np.broadcast_to(unit, (models, *unit.shape))
    low, high = (np.tile(end, (models, units, 1)) for end in ends)

    def sign(x: np.ndarray) -> np.ndarray:
        z = np.take_along_axis(_pre_activations(f, x), own, axis=-1)
        return np.asarray(np.sign(z))

    below = sign(low)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        same = sign(middle) == below
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    x = np.concatenate((np.zeros((models, 1, 2)), low, high), axis=1)
    value = f(x)
    error = np.abs(linearise(f, x)(x) - value) / (1 + np.abs(value))
    return np.asarray(error.max((-2, -1)))


def _pre_activations(
    f: DeepMap, x: Float[np.ndarray, "models points 2"]
) -> Float[np.ndarray, "models points units"]:
    """Return the arguments z of all activations."""
    found = []
    for layer in f.layers:
        x = x @ layer.weight.mT + layer.bias[..., None, :]
        if layer.activated:
            found.append(x)
            x = f.activation.function(x)
    return np.concatenate(found, axis=-1)
