"""A field's portrait: trajectories, closed orbits, equilibria and proved annuli."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    COMPUTED,
    EXACT,
    EXCEPTION,
    GUIDE,
    OPEN,
    PROVED,
    Style,
    drawing,
    entries,
    few_ticks,
    saying,
)

LINES: dict[str, dict[str, Any]] = {
    "trajectory": {"color": GUIDE, "lw": 0.6, "label": "trajectories"},
    "field": {"color": GUIDE, "lw": 1.2, "label": "velocity at $x$"},
    "wandering": {"color": COMPUTED, "lw": 0.4, "label": "a trajectory that never closes"},
    "attracting orbit": {"color": COMPUTED, "lw": 1.6, "label": "attracting closed orbit"},
    "repelling orbit": {
        "color": EXCEPTION,
        "lw": 1.0,
        "ls": "--",
        "label": "repelling closed orbit",
    },
    "other orbit": {"color": EXACT, "lw": 1.0, "ls": "-.", "label": "neutral closed orbit"},
}
POINT: dict[str, Any] = {"color": EXACT, "ls": "none", "ms": 5, "zorder": 4}
# As points are drawn in books: filled where they attract.
POINTS: dict[str, dict[str, Any]] = {
    "stable": {"marker": "o", "mfc": EXACT, "label": "stable equilibrium"},
    "unstable": {"marker": "o", "mfc": OPEN, "label": "unstable equilibrium"},
    "saddle": {"marker": "X", "mfc": OPEN, "label": "saddle"},
    "centre": {"marker": "D", "mfc": OPEN, "label": "centre"},
    "degenerate": {"marker": "D", "mfc": GUIDE, "label": "degenerate equilibrium"},
}
MARGIN = 0.15
COORDINATES = {"x_1": "$x_1$", "x_2": "$x_2$", "x": "$x$", "velocity": r"$\dot x$"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``flow_portrait.csv``: columns kind, path, x, y, x_label, y_label."""
    if table.empty:
        return saying(style, "No trajectory stays in sight.")
    with drawing(style, "single_column", 3.6) as figure:
        axis = figure.subplots()
        for (kind, _), rows in table.groupby(["kind", "path"], sort=False):
            if kind in LINES:
                axis.plot(rows["x"], rows["y"], **LINES[str(kind)])
            elif kind in POINTS:
                look = POINT | POINTS[str(kind)]
                axis.plot(rows["x"], rows["y"], **look)
        _fill_annuli(axis, table)
        first = table.iloc[0]
        if first["y_label"] == "velocity":
            axis.axhline(0, color=EXACT, lw=0.6)
        axis.set(xlabel=_label(first["x_label"]), ylabel=_label(first["y_label"]))
        _show_what_lasts(axis, table)
        few_ticks(axis.xaxis, axis.yaxis, most=7)
        figure.legend(**entries(axis), loc="outside upper center", ncols=2)
    return figure


def _fill_annuli(axis: Axes, table: pd.DataFrame) -> None:
    sides = {
        side: [rows[["x", "y"]].to_numpy() for _, rows in found.groupby("path", sort=False)]
        for side, found in table.groupby("kind")
        if str(side).startswith("annulus")
    }
    pairs = zip(sides.get("annulus left", []), sides.get("annulus right", []), strict=True)
    for left, right in pairs:
        ring = np.concatenate([left, right[::-1]])
        label = "proved: one orbit in it"
        axis.fill(ring[:, 0], ring[:, 1], color=PROVED, alpha=0.3, lw=0, zorder=1, label=label)
        for curve in (left, right):
            axis.plot(curve[:, 0], curve[:, 1], color=PROVED, lw=0.5, zorder=3)


def _show_what_lasts(axis: Axes, table: pd.DataFrame) -> None:
    """Trajectories come from far away: of them only what is near the rest is shown."""
    lasting = table[table["kind"] != "trajectory"]
    shown = lasting if len(lasting) > 20 else table
    for name, setter in (("x", axis.set_xlim), ("y", axis.set_ylim)):
        low, high = shown[name].min(), shown[name].max()
        room = MARGIN * (high - low) or 1.0
        setter(low - room, high + room)


def _label(name: str) -> str:
    return COORDINATES.get(name, name.replace("%", r"%"))
