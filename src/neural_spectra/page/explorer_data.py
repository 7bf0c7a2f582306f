"""The data behind the two explorers, small enough to travel inside the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from jaxtyping import Float, Int, UInt
from pyarrow import parquet

from neural_spectra.page.embedded_data import packed
from neural_spectra.workflow.csv_tables import read_table

# ρ is coded by 255 steps of its logarithm; beyond these decades the colours stay the same.
DECADES = 1.0
# Of the points at which ρ is shown, one in so many along each axis has an arrow and eigenvalues.
SPARSE = 3
# Eigenvalues are drawn up to here, of every model, and those beyond are counted.
SHOWN = 2.0
# What a reader sees first is the first model that settles on one of these.
EVENTFUL = ("chaotic", "quasi-periodic", "periodic")
# Orbits are followed to so many times the half width of what is shown.
REACH = 5
NOWHERE = np.iinfo(np.int16).min
LARGEST = np.iinfo(np.int16).max
EIGENVALUES = ("real_1", "real_2", "imaginary")


def explorers(files: Mapping[str, str], network: str, region: str) -> dict[str, dict[str, Any]]:
    """Read the data of the explorers whose files are given.

    Parameters
    ----------
    files
        For the one over scales: ``curves``, ``paths`` and ``portraits`` (Fig. 2). For the one over
        models: ``models``, ``grid`` and ``orbits``.
    network, region
        What the first shows at the beginning, and over which U.
    """
    found: dict[str, dict[str, Any]] = {}
    if "curves" in files:
        curves, paths = read_table(files["curves"]), read_table(files["paths"])
        figure = read_table(files["portraits"]).iloc[0]
        about: dict[str, Any] = {"network": network, "region": region}
        about |= {name: float(figure[name]) for name in ("radius", "extent")}
        about["networks"] = {
            name: scale_explorer(own.drop(columns="network"), paths[paths["network"] == name])
            for name, own in curves.groupby("network", sort=False)
        }
        found["scale"] = about
    if "models" in files:
        grid, orbits = (parquet.read_table(files[kind]) for kind in ("grid", "orbits"))
        found["models"] = model_explorer(read_table(files["models"]), grid, orbits)
    return found


def scale_explorer(curves: pd.DataFrame, paths: pd.DataFrame) -> dict[str, Any]:
    """Round what ``explorer.csv`` and ``explorer_portraits.csv`` hold to what a screen shows.

    Returns
    -------
    dict
        The columns of the first by name; under ``paths``, for each s and each trajectory,
        ``{x, y}``, in the order of s.
    """
    columns: dict[str, Any] = {str(name): _rounded(column) for name, column in curves.items()}
    # Plotly takes text for places on an axis, and markup in it for its own.
    rounded = paths.astype({"x": float, "y": float}).round({"x": 3, "y": 3})
    by_scale = dict(list(rounded.groupby("s")))
    nothing = rounded.head(0)
    drawn = [
        [
            {"x": path["x"].tolist(), "y": path["y"].tolist()}
            for _, path in by_scale.get(s, nothing).groupby("trajectory")
        ]
        for s in curves["s"]
    ]
    return columns | {"paths": drawn}


def model_explorer(models: pd.DataFrame, grid: pa.Table, orbits: pa.Table) -> dict[str, Any]:
    """Pack the portraits, maps of ρ and spectra of all models.

    Returns
    -------
    dict
        ``weights``: the ways to draw weights; ``models``: columns with an entry a model; ``axis``:
        the coordinates along both sides of a map; ``packed``: the arrays eigenvalues and orbits
        (int16), radius (uint8) and field (int8) one after the other, the model their first axis,
        their other ``sizes`` apart; and how to decode them.
    """
    count = len(models)
    points = round((grid.num_rows / count) ** 0.5)
    shape = (count, points, points)
    maps = {name: grid[name].to_numpy().reshape(shape) for name in grid.column_names}
    sparse = {name: values[:, ::SPARSE, ::SPARSE] for name, values in maps.items()}
    axis = maps["x"][0, 0]
    step = REACH * float(axis.max()) / LARGEST
    trajectories = orbits["trajectory"].to_numpy().max() + 1
    states = np.stack([orbits[name].to_numpy() for name in ("x", "y")], axis=-1)
    steepest = maps["spectral_radius"].reshape(count, -1).argmax(-1)
    spectrum = np.stack(
        [_with_one_more(sparse[name], maps[name], steepest) for name in EIGENVALUES], axis=-1
    )
    largest = np.abs(spectrum).max((1, 2), keepdims=True)
    # A browser reads numbers of two bytes at even places only: they come first.
    arrays = {
        "eigenvalues": _coded(spectrum, np.where(largest > 0, largest, 1.0) / LARGEST),
        "orbits": _coded(states.reshape(count, trajectories, -1, 2), step),
        "radius": _coded_radius(maps["spectral_radius"]),
        "field": _directions(np.stack((sparse["u"], sparse["v"]), axis=-1).astype(float)),
    }
    return {
        **_described(models),
        "largest": _rounded(largest.ravel()),
        "axis": _rounded(axis),
        "sparse": SPARSE,
        "decades": DECADES,
        "reach": SHOWN,
        "first": _most_eventful(models["attractor"]),
        "step": step,
        "nowhere": int(NOWHERE),
        "sizes": {name: list(array.shape[1:]) for name, array in arrays.items()},
        "packed": packed(*arrays.values()),
    }


def _with_one_more(
    sparse: Float[np.ndarray, "models n n"],
    dense: Float[np.ndarray, "models m m"],
    at: Int[np.ndarray, " models"],
) -> Float[np.ndarray, "models values"]:
    """Return the values at the sparse points and at one of the dense ones."""
    count = len(dense)
    more = dense.reshape(count, -1)[np.arange(count), at]
    return np.column_stack((sparse.reshape(count, -1), more)).astype(float)


def _most_eventful(attractors: Iterable[str]) -> int:
    """Return the first model that does not simply come to rest, the more eventful the better."""
    names = list(attractors)
    return next((names.index(name) for name in EVENTFUL if name in names), 0)


def _described(models: pd.DataFrame) -> dict[str, Any]:
    """Return what tells the models apart, and what is known about each."""
    weights, names = pd.factorize(models["factorisation"].str.cat(models["variant"], ", "))
    ends = zip(models["lambda_min"], models["lambda_max"], strict=True)
    columns = {
        "weights": weights.tolist(),
        "range": ["none" if low != low else f"{low:g} to {high:g}" for low, high in ends],
        **{name: models[name].tolist() for name in ("depth", "activation", "bias", "attractor")},
        **{name: _rounded(models[name]) for name in ("rho_min", "rho_mean", "rho_max")},
    }
    return {"weights": [name.replace("_", "–").capitalize() for name in names], "models": columns}


def _rounded(values: Iterable[float]) -> list[float | None]:
    return [float(f"{value:.5g}") if value == value else None for value in values]


def _coded(
    values: Float[np.ndarray, "*shape"], unit: Float[np.ndarray, "*#shape"] | float
) -> Int[np.ndarray, "*shape"]:
    """Return multiples of a unit; those that no two bytes hold, and NaN, are `NOWHERE`."""
    inside = np.abs(values) <= unit * LARGEST
    multiples = np.rint(np.where(inside, values, 0.0) / unit)
    return np.where(inside, multiples, NOWHERE).astype(np.int16)


def _coded_radius(radius: Float[np.ndarray, "*shape"]) -> UInt[np.ndarray, "*shape"]:
    with np.errstate(divide="ignore"):
        logarithm = np.clip(np.log10(radius.astype(float)), -DECADES, DECADES)
    return np.asarray(np.rint(127 * (1 + logarithm / DECADES)), dtype=np.uint8)


def _directions(step: Float[np.ndarray, "*shape 2"]) -> Int[np.ndarray, "*shape 2"]:
    """Return unit vectors times 127, 0 at a fixed point."""
    length = np.linalg.norm(step, axis=-1, keepdims=True)
    direction = np.divide(step, length, out=np.zeros_like(step), where=length > 0)
    return np.asarray(np.rint(127 * direction), dtype=np.int8)
