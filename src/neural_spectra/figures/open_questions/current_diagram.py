"""Morris–Lecar neurons over the current: equilibria and cycles, periods, and multipliers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
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
    Style,
    drawing,
    entries,
    few_ticks,
)

LINE: dict[bool, Any] = {True: "-", False: (0, (2, 1))}
WORDS = {True: "stable", False: "unstable"}
COLOUR = {"equilibrium": COMPUTED, "cycle": EXCEPTION}
# The last set has no units.
LABELS = ("$V$ (mV)", "period $T$ (ms)", r"$\ln\,\det M$")
TITLES = {"homoclinic": "“homoclinic”"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``current_diagram.csv``: a column of panels for each set."""
    names = list(dict.fromkeys(table["set"]))
    with drawing(style, "double_column", 4.6) as figure:
        axes = figure.subplots(3, len(names), sharex="col", squeeze=False)
        for column, name in enumerate(names):
            potential, period, ln_det = axes[:, column]
            rows = table[table["set"] == name]
            for kind, of_kind in rows.groupby("kind", sort=False):
                for stable, piece in _pieces(of_kind):
                    look = {"color": COLOUR[str(kind)], "ls": LINE[stable]}
                    label = f"{WORDS[stable]} {kind}"
                    potential.plot(piece["current"], piece["highest"], **look, label=label)
                    if kind == "cycle":
                        potential.plot(piece["current"], piece["lowest"], **look)
                        period.plot(piece["current"], piece["period"], **look)
                        ln_det.plot(piece["current"], piece["ln_det"], **look)
            ln_det.axhline(0, color=EXACT, lw=0.6)
            _bounded(potential, rows)
            for axis in (potential, period, ln_det):
                axis.axvline(rows["marked"].iloc[0], color=GUIDE, lw=2, zorder=0)
                few_ticks(axis.xaxis, most=3)
                few_ticks(axis.yaxis, most=4)
            unit = "" if name == "dimensionless" else " (µA/cm²)"
            ln_det.set_xlabel(f"current $I$\n{TITLES.get(name, name)}{unit}")
        for axis, label in zip(axes[:, 0], LABELS, strict=True):
            axis.set_ylabel(label)
        figure.legend(**entries(axes[0, 0]), loc="outside upper center", ncols=4)
    return figure


def _pieces(rows: pd.DataFrame) -> Iterator[tuple[bool, pd.DataFrame]]:
    """Cut a branch where its stability changes; each piece begins where the last one ends."""
    stable = rows["stable"].to_numpy()
    changes = np.flatnonzero(stable[1:] != stable[:-1]) + 1
    edges = [0, *changes.tolist(), len(rows)]
    for start, end in pairwise(edges):
        yield bool(stable[start]), rows.iloc[max(0, start - 1) : end]


def _bounded(axis: Axes, rows: pd.DataFrame) -> None:
    """Show the currents around the cycles and the mark, not all at which an equilibrium exists."""
    cycles = rows[rows["kind"] == "cycle"]
    shown = [cycles["current"].min(), cycles["current"].max(), rows["marked"].iloc[0]]
    low, high = np.nanmin(shown), np.nanmax(shown)
    room = 0.25 * (high - low)
    axis.set_xlim(low - room, high + room)
