"""Where the orbits of a user's map go: basins, attractors, fixed points and cycles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap, to_rgb
from matplotlib.figure import Figure

from neural_spectra.figures.own.map_panels import MARKS, coordinate_label, draw_cycles, edges
from neural_spectra.figures.style import (
    COLOURS,
    COMPUTED,
    EXACT,
    EXCEPTION,
    GUIDE,
    OPEN,
    Style,
    drawing,
    entries,
    few_ticks,
)

BASIN, NO_BASIN = "ends on an attractor", "escapes"
EXPLAINED = ("graph of $f$", "orbit", "start", "attractor", BASIN, NO_BASIN, *MARKS)
_ESCAPED = GUIDE
_STATE: dict[str, Any] = {"ls": "none", "marker": "o", "ms": 1.6, "mew": 0, "color": EXCEPTION}
_START: dict[str, Any] = {"ls": "none", "marker": "o", "ms": 2.8, "mfc": OPEN, "color": COMPUTED}
_PATH: dict[str, Any] = {"color": COMPUTED, "lw": 0.5, "marker": "o", "ms": 1, "alpha": 0.7}
_SQUARE: dict[str, Any] = {"ls": "none", "marker": "s", "ms": 6}
_LIGHTENED = 0.3


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``map_portrait.csv``: kind, number, step, x, y, value, x_label, y_label.

    In one dimension it is the graph of f, with orbits as stairs between it and the diagonal; in
    more the plane of the table, onto which all states are projected.
    """
    kinds = dict(list(table.groupby("kind", sort=False)))
    labels = table[["x_label", "y_label"]].iloc[0]
    line = "graph" in kinds
    with drawing(style, "single_column", style["single_column"] + 0.6) as figure:
        axis = figure.subplots()
        basin = kinds["basin"]
        if line:
            _draw_graph(axis, kinds)
        else:
            _draw_basins(axis, basin)
            for _, path in kinds["orbit"].groupby("number"):
                axis.plot(path["x"], path["y"], **_PATH, label="orbit")
        starts = kinds["orbit"].query("step == 0")
        axis.plot(starts["x"], starts["x"] if line else starts["y"], **_START, label="start")
        if "attractor" in kinds:
            states = kinds["attractor"]
            axis.plot(states["x"], states["y"], **_STATE, label="attractor", rasterized=True)
        if "cycle" in kinds:
            draw_cycles(axis, kinds["cycle"])
        x_edges = basin["x"].min(), basin["x"].max()
        axis.set(xlim=x_edges, xlabel=coordinate_label(labels["x_label"]))
        if line:
            axis.set(ylim=x_edges, ylabel=f"image of {coordinate_label(labels['x_label'])}")
        else:
            axis.set(ylim=(basin["y"].min(), basin["y"].max()))
            axis.set(ylabel=coordinate_label(labels["y_label"]))
        few_ticks(axis.xaxis, axis.yaxis)
        axis.grid(visible=False)
        found = entries(axis)
        looks = dict(zip(found["labels"], found["handles"], strict=True))
        shown = [label for label in EXPLAINED if label in looks]
        handles = [looks[label] for label in shown]
        figure.legend(handles, shown, loc="outside upper center", ncols=2)
    return figure


def _draw_basins(axis: Axes, basin: pd.DataFrame) -> None:
    """Colour the plane by the attractor that is reached, in grey where there is none."""
    cells = basin.pivot(index="y", columns="x", values="value")
    x, y = cells.columns.to_numpy(), cells.index.to_numpy()
    names = np.unique(cells)
    colours = [_pale(COLOURS[k % len(COLOURS)]) for k in range(len(names))]
    if names[0] < 0:
        colours = [_pale(_ESCAPED), *colours[:-1]]
        axis.plot([], [], **_SQUARE, color=_pale(_ESCAPED), label=NO_BASIN)
    if names[-1] >= 0:
        axis.plot([], [], **_SQUARE, color=colours[int(names[0] < 0)], label=BASIN)
    numbers = np.searchsorted(names, cells.to_numpy())
    norm = BoundaryNorm(np.arange(len(names) + 1) - 0.5, len(names))
    look: dict[str, Any] = {"cmap": ListedColormap(colours), "norm": norm, "rasterized": True}
    axis.pcolormesh(edges(x), edges(y), numbers, **look, zorder=0)


def _draw_graph(axis: Axes, kinds: dict[Any, pd.DataFrame]) -> None:
    graph = kinds["graph"]
    axis.plot(graph["x"], graph["x"], color=EXACT, lw=0.6, ls=":")
    axis.plot(graph["x"], graph["y"], color=EXACT, lw=1.2, label="graph of $f$")
    for _, path in kinds["orbit"].groupby("number"):
        x = np.repeat(path["x"].to_numpy(), 2)
        y = np.stack((path["x"], path["y"]), -1).ravel()
        axis.plot(x, y, color=COMPUTED, lw=0.6, label="orbit")


def _pale(colour: str) -> tuple[float, ...]:
    return tuple(_LIGHTENED * part + 1 - _LIGHTENED for part in to_rgb(colour))
