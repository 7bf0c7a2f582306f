"""Phase portraits of maps of the plane, as several figures show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Bbox

from neural_spectra.figures.affine_maps.panels import NEUTRAL, SPECTRUM
from neural_spectra.figures.style import COLOURS, COMPUTED, EXACT, GUIDE, NOTHING, OPEN, pale

ARROWS = 13  # along each side of a portrait; more are no longer told apart
INSET, ASIDE = 0.28, 0.02  # of a panel's side: an inset's own, and its distance from the edges
CORNERS = [(x, y) for x in (ASIDE, 1 - ASIDE - INSET) for y in (ASIDE, 1 - ASIDE - INSET)]

PATH: dict[str, Any] = {"color": COMPUTED, "lw": 0.6, "marker": "o", "ms": 1.1, "label": "orbit"}
START: dict[str, Any] = {"ls": "none", "marker": "o", "ms": 2.8, "mfc": OPEN, "color": COMPUTED}
FIXED: dict[str, Any] = {"ls": "none", "mec": EXACT, "mew": 0.9, "zorder": 4, "mfc": OPEN}
FIXED_POINTS: dict[str, dict[str, Any]] = {
    "attracting fixed point": FIXED | {"marker": "o", "ms": 4.5, "mfc": EXACT},
    "neutral fixed point": FIXED | {"marker": "d", "ms": 3, "mfc": NOTHING, "mew": 0.4},
    "saddle": FIXED | {"marker": "X", "ms": 5.5, "mew": 0.7},
    "repelling fixed point": FIXED | {"marker": "s", "ms": 4},
}

STATE: dict[str, Any] = {"ls": "none", "marker": "o", "ms": 2, "mew": 0, "rasterized": True}
AREA: dict[str, Any] = {"ls": "none", "marker": "s", "ms": 6}
ATTRACTOR, BASIN, NO_BASIN = "attractor", "its region of attraction", "to infinity"
EXPLAINED = ["start", "orbit", ATTRACTOR, BASIN, NO_BASIN, *FIXED_POINTS]  # in this order


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
    colours = _colours(kinds["basin"]["value"]) if "basin" in kinds else {}
    if "basin" in kinds:
        _draw_basins(axis, kinds["basin"], colours)
    _draw_directions(axis, kinds["field"])
    paths = []
    if "trajectory" in kinds:
        for _, path in kinds["trajectory"].groupby("trajectory"):
            # What escapes soon has coordinates that no drawing can hold.
            seen = path[path[["x", "y"]].abs().max(axis=1) <= 10 * extent]
            axis.plot(seen["x"], seen["y"], **PATH)
            axis.plot(path["x"].head(1), path["y"].head(1), **START, label="start")
            paths.append(Path(seen[["x", "y"]].to_numpy()))
    if "attractor" in kinds:
        for _, states in kinds["attractor"].groupby("value"):
            look = STATE | {"color": colours.get(float(states["value"].iloc[0]), COLOURS[0])}
            axis.plot(states["x"], states["y"], **look, label=ATTRACTOR)
            _enlarge(axis, states, extent, paths, look)
    if "equilibrium" in kinds:
        fixed = kinds["equilibrium"]
        fixed = fixed[fixed[["x", "y"]].abs().max(axis=1) <= extent]
        largest, smallest = fixed["value"], fixed["smallest"]
        names = np.select(
            [largest < 1 - NEUTRAL, largest <= 1 + NEUTRAL, smallest < 1 - NEUTRAL],
            list(FIXED_POINTS)[:3],
            list(FIXED_POINTS)[3],
        )
        for name, look in FIXED_POINTS.items():
            if (names == name).any():
                axis.plot(fixed["x"][names == name], fixed["y"][names == name], **look, label=name)


def _colours(numbers: pd.Series) -> dict[float, str]:
    """Give each attractor a colour, that with the largest region of attraction the first."""
    attractors = numbers[numbers >= 0].value_counts().index
    return {number: COLOURS[k % len(COLOURS)] for k, number in enumerate(attractors)}


def _enlarge(
    axis: Axes,
    states: pd.DataFrame,
    extent: float,
    paths: Sequence[Path],
    look: dict[str, Any],
) -> None:
    """Show an attractor that is small in its panel enlarged, in the corner with fewest orbits."""
    low, high = states[["x", "y"]].min(), states[["x", "y"]].max()
    half = 0.6 * float((high - low).max())
    if half > extent / 4:
        return
    x, y = (low + high) / 2

    def hidden(corner: tuple[float, float]) -> int:
        place = Bbox.from_bounds(*corner, INSET, INSET)
        box = Bbox(2 * extent * place.get_points() - extent)
        return sum(path.intersects_bbox(box, filled=False) for path in paths)

    corner = min(CORNERS, key=hidden)
    inset = axis.inset_axes((*corner, INSET, INSET), xticks=[], yticks=[], aspect="equal")
    inset.set(xlim=(x - half, x + half), ylim=(y - half, y + half))
    inset.plot(states["x"], states["y"], **look | {"ms": 1})
    inset.spines[:].set(visible=True, linewidth=0.5)
    inset.grid(visible=False)
    axis.indicate_inset_zoom(inset, edgecolor=EXACT, alpha=1, linewidth=0.5)


def _draw_directions(axis: Axes, field: pd.DataFrame) -> None:
    """Draw arrows of one length, thinned out to about `ARROWS` along each side."""
    grid = np.unique(field["x"])
    chosen = grid[:: max(1, round((len(grid) - 1) / (ARROWS - 1)))]
    shown = field[field["x"].isin(chosen) & field["y"].isin(chosen)]
    x, y, u, v = shown[["x", "y", "u", "v"]].to_numpy().T
    length = np.hypot(u, v)
    moves = (length > 0) & np.isfinite(length)
    u, v = u[moves] / length[moves], v[moves] / length[moves]
    look: dict[str, Any] = {"color": GUIDE, "pivot": "mid", "width": 0.004, "headwidth": 4}
    axis.quiver(x[moves], y[moves], u, v, scale=1.5 * ARROWS, **look)


def _draw_basins(axis: Axes, basin: pd.DataFrame, colours: Mapping[float, str]) -> None:
    """Colour the plane by the attractor that is reached, grey where there is none."""
    cells = basin.pivot(index="y", columns="x", values="value")
    shown = [-1, *sorted(colours)]
    areas = [NOTHING, *(pale(colours[number]) for number in shown[1:])]
    axis.pcolormesh(
        cells.columns.to_numpy(),
        cells.index.to_numpy(),
        np.searchsorted(shown, cells.to_numpy()),
        cmap=ListedColormap(areas),
        norm=BoundaryNorm(np.arange(len(shown) + 1) - 0.5, len(shown)),
        rasterized=True,
        zorder=0,
    )
    if colours:
        axis.plot([], [], **AREA, color=pale(COLOURS[0]), label=BASIN)
    if (basin["value"] == -1).any():
        axis.plot([], [], **AREA, color=NOTHING, label=NO_BASIN)


def portrait_legend(figure: Figure, axes: Sequence[Axes]) -> None:
    """Explain above all panels what any of them shows."""
    found: dict[str, Any] = {}
    for axis in axes:
        handles, labels = axis.get_legend_handles_labels()
        found |= dict(zip(labels, handles, strict=True))
    labels = [label for label in (*EXPLAINED, *SPECTRUM) if label in found]
    handles = [found[label] for label in labels]
    figure.legend(handles, labels, loc="outside upper center", ncols=4)
