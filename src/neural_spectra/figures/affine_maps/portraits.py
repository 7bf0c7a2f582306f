"""Phase portraits of maps of the plane, as several figures show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap, to_rgb
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels import NEUTRAL
from neural_spectra.figures.style import BLUE, COLOURS, PURPLE, YELLOW

DIVERGING = "#777777"
ARROWS = 13  # along each side of a portrait; more are no longer told apart

PATH: dict[str, Any] = {"color": BLUE, "lw": 0.6, "marker": "o", "ms": 1.1, "label": "orbit"}
START: dict[str, Any] = {"ls": "none", "marker": "o", "ms": 2.8, "mfc": "white", "color": BLUE}
FIXED: dict[str, Any] = {"ls": "none", "mec": "black", "mew": 0.9, "zorder": 4}
FIXED_POINTS: dict[str, dict[str, Any]] = {
    "attracting fixed point": FIXED | {"marker": "o", "ms": 4.5, "mfc": "black"},
    "neutral fixed point": FIXED | {"marker": "d", "ms": 3, "mfc": YELLOW, "mew": 0.4},
    "repelling fixed point": FIXED | {"marker": "s", "ms": 4, "mfc": "white"},
}

STATE: dict[str, Any] = {"ls": "none", "marker": "o", "ms": 2, "mew": 0, "color": PURPLE}
STATE |= {"label": "attractor", "rasterized": True}
BASIN, NO_BASIN = "region of attraction", "to infinity"
EXPLAINED = ["start", "orbit", "attractor", BASIN, NO_BASIN, *FIXED_POINTS]  # in this order


def draw_portrait(axis: Axes, rows: pd.DataFrame) -> None:
    """Draw the phase portrait of a map f of the plane.

    Parameters
    ----------
    rows
        Columns kind, trajectory, step, x, y, u, v, value, as the study's `portraits` describes
        them. The rows of the kind "field" set the extent; the other kinds may be missing.
    """
    kinds = dict(list(rows.groupby("kind")))
    extent = float(kinds["field"]["x"].max())
    axis.set(xlim=(-extent, extent), ylim=(-extent, extent))
    if "basin" in kinds:
        _draw_basins(axis, kinds["basin"])
    _draw_directions(axis, kinds["field"])
    if "trajectory" in kinds:
        for _, path in kinds["trajectory"].groupby("trajectory"):
            # What escapes soon has coordinates that no drawing can hold.
            seen = path[path[["x", "y"]].abs().max(axis=1) <= 10 * extent]
            axis.plot(seen["x"], seen["y"], **PATH)
            axis.plot(path["x"].head(1), path["y"].head(1), **START, label="start")
    if "attractor" in kinds:
        states = kinds["attractor"]
        axis.plot(states["x"], states["y"], **STATE)
        _enlarge(axis, states, extent)
    if "equilibrium" in kinds:
        fixed = kinds["equilibrium"]
        fixed = fixed[fixed[["x", "y"]].abs().max(axis=1) <= extent]
        names = np.select(
            [fixed["value"] < 1 - NEUTRAL, fixed["value"] <= 1 + NEUTRAL],
            list(FIXED_POINTS)[:2],
            list(FIXED_POINTS)[2],
        )
        for name, look in FIXED_POINTS.items():
            if (names == name).any():
                axis.plot(fixed["x"][names == name], fixed["y"][names == name], **look, label=name)


def _enlarge(axis: Axes, states: pd.DataFrame, extent: float) -> None:
    """Show an attractor that is small in its panel once more, in a corner, enlarged."""
    low, high = states[["x", "y"]].min(), states[["x", "y"]].max()
    half = 0.6 * float((high - low).max())
    if half > extent / 4:
        return
    x, y = (low + high) / 2
    inset = axis.inset_axes((0.6, 0.02, 0.38, 0.38), xticks=[], yticks=[], aspect="equal")
    inset.set(xlim=(x - half, x + half), ylim=(y - half, y + half))
    inset.plot(states["x"], states["y"], **STATE | {"ms": 1})
    inset.spines[:].set(visible=True, linewidth=0.5)
    inset.grid(visible=False)
    axis.indicate_inset_zoom(inset, edgecolor="black", alpha=1, linewidth=0.5)


def _draw_directions(axis: Axes, field: pd.DataFrame) -> None:
    """Draw arrows of one length, thinned out to about `ARROWS` along each side."""
    grid = np.unique(field["x"])
    chosen = grid[:: max(1, round((len(grid) - 1) / (ARROWS - 1)))]
    shown = field[field["x"].isin(chosen) & field["y"].isin(chosen)]
    x, y, u, v = shown[["x", "y", "u", "v"]].to_numpy().T
    length = np.hypot(u, v)
    moves = (length > 0) & np.isfinite(length)
    u, v = u[moves] / length[moves], v[moves] / length[moves]
    look: dict[str, Any] = {"color": "#888888", "pivot": "mid", "width": 0.004, "headwidth": 4}
    axis.quiver(x[moves], y[moves], u, v, scale=1.5 * ARROWS, **look)


def _draw_basins(axis: Axes, basin: pd.DataFrame) -> None:
    """Colour the plane by the attractor that is reached, in a darker grey where there is none."""
    cells = basin.pivot(index="y", columns="x", values="value")
    numbers = cells.to_numpy()
    count = int(numbers.max()) + 1
    colours = [_pale(COLOURS[k % len(COLOURS)]) for k in range(count)]
    axis.pcolormesh(
        cells.columns.to_numpy(),
        cells.index.to_numpy(),
        numbers,
        cmap=ListedColormap([_pale(DIVERGING), *colours]),
        norm=BoundaryNorm(np.arange(-1, count + 1) - 0.5, count + 1),
        rasterized=True,
        zorder=0,
    )
    square: dict[str, Any] = {"ls": "none", "marker": "s", "ms": 6}
    if count:
        axis.plot([], [], **square, color=colours[0], label=BASIN)
    if (numbers == -1).any():
        axis.plot([], [], **square, color=_pale(DIVERGING), label=NO_BASIN)


def _pale(colour: str) -> tuple[float, ...]:
    return tuple(0.3 * part + 0.7 for part in to_rgb(colour))


def portrait_legend(figure: Figure, axes: Sequence[Axes]) -> None:
    """Explain above all panels what any of them shows."""
    found: dict[str, Any] = {}
    for axis in axes:
        handles, labels = axis.get_legend_handles_labels()
        found |= dict(zip(labels, handles, strict=True))
    labels = [label for label in EXPLAINED if label in found]
    handles = [found[label] for label in labels]
    figure.legend(handles, labels, loc="outside upper center", ncols=4)
