"""Which activations close the orbits: one orbit each, beside what the activation is like."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.rnn.paths_over_time import ACTIVATIONS, END, START, label
from neural_spectra.figures.style import COMPUTED, EXCEPTION, Style, drawing, entries, few_ticks

# Above what the paper asks for, below what decides; each with its height beside the panel.
PROPERTIES = {
    "odd": ("odd", 0.9),
    "bounded": ("bounded", 0.7),
    "sign_condition": (r"$z\,\sigma(z) > 0$", 0.3),
    "potential_unbounded": (r"$\Phi \to \infty$", 0.1),
}
COLUMNS = 3


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``closing_condition.csv``.

    Its columns: activation, odd, bounded, sign_condition, potential_unbounded, closes, t, x, y.
    """
    panels = list(table.groupby("activation", sort=False))
    rows = math.ceil(len(panels) / COLUMNS)
    with drawing(style, "double_column", 1.5 * rows + 0.4) as figure:
        axes = figure.subplots(rows, COLUMNS, squeeze=False).flatten()
        for axis, (activation, orbit) in zip(axes, panels, strict=False):
            closes = orbit["closes"].iloc[0]
            look = (COMPUTED, "-") if closes else (EXCEPTION, "--")
            _draw_orbit(axis, orbit, *look)
            verdict = "closed" if closes else "not closed"
            # Right of the panel's letter.
            title = f"{label(ACTIVATIONS, str(activation))}: {verdict}"
            axis.set_title(title, x=0.16, ha="left")
            _write_properties(axis, orbit.iloc[0])
        for axis in axes[len(panels) :]:
            axis.remove()
        figure.legend(**entries(axes[0]), loc="outside upper center", ncols=2, reverse=True)
    return figure


def _draw_orbit(axis: Axes, orbit: pd.DataFrame, colour: str, line: str) -> None:
    axis.plot(orbit["x"], orbit["y"], color=colour, ls=line)
    # The smaller mark on top: an orbit may end where it started.
    axis.plot(orbit["x"].iloc[-1:], orbit["y"].iloc[-1:], **END)
    axis.plot(orbit["x"].iloc[:1], orbit["y"].iloc[:1], **START)
    axis.set(xlabel="$x$", ylabel="$y$", box_aspect=1)
    axis.set_aspect("equal", adjustable="datalim")
    axis.margins(0.1)
    few_ticks(axis.xaxis, axis.yaxis, most=3)


def _write_properties(axis: Axes, row: pd.Series) -> None:
    for column, (words, height) in PROPERTIES.items():
        line = f"{'✓' if row[column] else '✗'} {words}"
        axis.text(1.08, height, line, transform=axis.transAxes, va="center")
