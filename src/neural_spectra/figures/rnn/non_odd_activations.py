"""Fig. 3: activations that are not odd let the state run away; tanh holds it on a closed curve."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from neural_spectra.figures.rnn.paths_over_time import (
    ACTIVATIONS,
    END,
    START,
    draw_path,
    label,
    time_bar,
)
from neural_spectra.figures.style import EXCEPTION, GUIDE, Style, drawing

STOP: dict[str, Any] = {"marker": "x", "ms": 6, "mew": 1.8, "color": EXCEPTION, "ls": "none"}
STOP |= {"label": "stopped", "clip_on": False}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``non_odd_activations.csv``.

    Its columns: omega, activation, h, threshold, t, x, y, stopped (of the whole trajectory). A
    cross marks where the state passed the threshold.
    """
    activations = table["activation"].unique()
    rows = list(table.groupby("omega"))
    duration, threshold = table["t"].max(), table["threshold"].iloc[0]
    angle = np.linspace(0, 2 * np.pi, 1001)
    circle = threshold * np.cos(angle), threshold * np.sin(angle)
    dashed: dict[str, Any] = {
        "ls": "--",
        "lw": 0.9,
        "color": GUIDE,
        "label": rf"$\|(x, y)\| = {threshold:g}$",
    }
    with drawing(style, "double_column", 0.3 * style["double_column"] * len(rows)) as figure:
        grid = figure.subplots(len(rows), len(activations), squeeze=False)
        for axes, (omega, paths) in zip(grid, rows, strict=True):
            for axis, activation in zip(axes, activations, strict=True):
                path = paths[paths["activation"] == activation]
                stopped = path["stopped"].iloc[0]
                draw_path(axis, path, duration, STOP if stopped else END)
                axis.set_box_aspect(1)
                if stopped:
                    # As an artist it leaves the panel's limits to the trajectory.
                    axis.add_artist(Line2D(*circle, **dashed))
                    time = f"stopped\nat $t = {path['t'].iloc[-1]:g}$"
                    axis.text(0.9, 0.1, time, ha="right", transform=axis.transAxes)
            axes[0].set_ylabel(rf"$\omega = {omega:g}$" + "\n$y$")
        for axis, activation in zip(grid[0], activations, strict=True):
            axis.set_title(label(ACTIVATIONS, activation))
        for axis in grid[-1]:
            axis.set_xlabel("$x$")
        time_bar(figure, grid, duration, "time")
        shown = [START, END, STOP, dashed] if table["stopped"].any() else [START, END]
        handles = [Line2D([], [], **look) for look in shown]
        figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    return figure
