"""Fig. 2: planar orbits of the linear, the tanh and the hard-tanh network, coloured over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.rnn.paths_over_time import ACTIVATIONS, draw_path, label, time_bar
from neural_spectra.figures.style import Style, drawing, entries, number

SMALL_DRIFT = 0.05  # of E, over a run, below which its laps cannot be told apart


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``orbits.csv``.

    Its columns: row, omega, h, duration, activation, t, x, y, closed_period (NaN where unknown),
    drift (relative change of E). A row of panels shares its axes, so sizes compare along it.
    """
    activations = table["activation"].unique()
    rows = list(table.groupby("row"))
    with drawing(style, "double_column", 0.32 * style["double_column"] * len(rows)) as figure:
        figure.set_layout_engine("compressed")
        shape = len(rows), len(activations)
        grid = figure.subplots(*shape, sharex="row", sharey="row", squeeze=False)
        for axes, (_, paths) in zip(grid, rows, strict=True):
            first = paths.iloc[0]
            for axis, activation in zip(axes, activations, strict=True):
                path = paths[paths["activation"] == activation]
                coincide = path["drift"].iloc[0] < SMALL_DRIFT
                draw_path(axis, path, first["duration"], coincide=coincide)
                axis.set_aspect("equal")
                axis.locator_params(nbins=5)
                axis.set_title(_numbers(path.iloc[0]))
            setting = rf"$\omega = {first['omega']:g}$, $h = {first['h']:g}$"
            axes[0].set_ylabel(rf"{setting}, $t \leq {first['duration']:g}$" + "\n$y$")
        for axis, activation in zip(grid[0], activations, strict=True):
            axis.set_title(f"{label(ACTIVATIONS, activation)}\n{axis.get_title()}")
        for axis in grid[-1]:
            axis.set_xlabel("$x$")
        time_bar(figure, grid, 1.0, "time / duration of the row")
        figure.legend(**entries(grid[0, 0]), loc="outside upper center", ncols=2)
    return figure


def _numbers(row: pd.Series) -> str:
    """Write the flow's exact period, if there is one, and how Euler changes the invariant."""
    period = row["closed_period"]
    known = "" if np.isnan(period) else f"$T = {period:.4g}$, "
    return f"{known}$E$ × {number(1 + row['drift'], 3)}"
