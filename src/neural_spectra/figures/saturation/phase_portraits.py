"""Fig. 2: phase portraits of the exact flow and of the network at rising saturation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.style import COLOURS, EXACT, OPEN, Style, drawing, entries, number

STARTS: dict[bool, dict[str, Any]] = {
    True: {"color": COLOURS[1], "mfc": OPEN, "label": "from inside"},
    False: {"color": COLOURS[0], "mfc": COLOURS[0], "label": "from outside"},
}
ARROW = {"arrowstyle": "-|>", "lw": 0.6, "mutation_scale": 5, "shrinkA": 0, "shrinkB": 0}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``phase_portraits.csv``.

    Its columns: panel, s (NaN for the exact flow), delta, ln_det, det, extent, radius, and the
    trajectories' trajectory, t, x, y.
    """
    panels = list(table.groupby("panel", sort=False))
    with drawing(style, "double_column", style["double_column"] / len(panels) + 1.15) as figure:
        figure.set_layout_engine("compressed")
        axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axis, (_, rows) in zip(axes, panels, strict=True):
            first = rows.iloc[0]
            radius, extent = first["radius"], first["extent"]
            angle = np.linspace(0, 2 * np.pi, 201)
            circle = radius * np.cos(angle), radius * np.sin(angle)
            label = f"limit cycle of the exact flow, $r = {radius:.4g}$"
            axis.plot(*circle, "--", color=EXACT, zorder=3, label=label)
            for _, path in rows.groupby("trajectory"):
                _draw_trajectory(axis, path, radius)
            axis.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal", xlabel="$x$")
            axis.set_title("exact flow" if np.isnan(first["s"]) else f"$s = {first['s']:g}$")
            axis.grid(visible=False)
            for direction in (axis.xaxis, axis.yaxis):
                direction.set_major_locator(MaxNLocator(4, prune="both"))
            _write_numbers(axis, first, style["font_size"])
        axes[0].set_ylabel("$y$")
        figure.legend(**entries(axes[0]), loc="outside upper center", ncols=3)
    return figure


def _draw_trajectory(axis: Axes, path: pd.DataFrame, radius: float) -> None:
    """Draw a path from its marked start; the arrow shows the direction of time."""
    x, y = path["x"].to_numpy(), path["y"].to_numpy()
    look = STARTS[bool(np.hypot(x[0], y[0]) < radius)]
    axis.plot(x, y, lw=0.7, marker="o", markevery=[0], ms=2.5, **look)
    length = np.hypot(np.diff(x), np.diff(y)).cumsum()
    k = int(np.searchsorted(length, min(0.4 * radius, 0.9 * length[-1])))
    tail, head = (x[k], y[k]), (x[k + 1], y[k + 1])
    arrowprops = ARROW | {"color": look["color"]}
    arrow = axis.annotate("", head, tail, arrowprops=arrowprops, annotation_clip=True)
    arrow.set_in_layout(False)


def _write_numbers(axis: Axes, row: pd.Series, size: float) -> None:
    determinant = f"{row['det']:.4f}" if row["det"] > 0.1 else number(row["det"])
    lines = [rf"$\ln\det M$ = {number(row['ln_det'], 3)}", rf"$\det M$ = {determinant}"]
    if not np.isnan(row["delta"]):
        lines.append(rf"$\delta$ = {number(row['delta'])}")
    for k, line in enumerate(lines):
        # Line by line: a power of ten would push the lines below it down.
        below = (0, -(4.6 + 1.5 * k) * size)
        axis.annotate(
            line, (0.5, 0), below, "axes fraction", textcoords="offset points", ha="center"
        )
