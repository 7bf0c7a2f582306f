"""Eigenvalues of A* over the plane, and the multipliers of fixed points and cycles."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels import EIGENVALUE, draw_spectrum
from neural_spectra.figures.own.map_panels import MARKS, reach
from neural_spectra.figures.style import EXACT, Style, drawing, entries, few_ticks

MULTIPLIER = (r"$\mathrm{Re}\,\mu$", r"$\mathrm{Im}\,\mu$")


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``map_spectrum.csv``: kind, period, stability, real, imag."""
    eigenvalues = table[table["kind"] == "eigenvalue"]
    multipliers = table[table["kind"] == "multiplier"]
    panels = [eigenvalues] + [multipliers] * (not multipliers.empty)
    with drawing(style, "double_column", 3.4) as figure:
        axes = figure.subplots(1, 2)
        draw_spectrum(axes[0], eigenvalues, "eigenvalues of $A^*$")
        axes[0].set(xlabel=EIGENVALUE[0], ylabel=EIGENVALUE[1], aspect="equal")
        if len(panels) > 1:
            _draw_multipliers(axes[1], multipliers)
            figure.legend(**entries(axes[1]), loc="outside lower center", ncols=3)
        else:
            axes[1].set_title("no fixed point or cycle was found")
        few_ticks(*(along for axis in axes for along in (axis.xaxis, axis.yaxis)))
    return figure


def _draw_multipliers(axis: Axes, multipliers: pd.DataFrame) -> None:
    angle = np.linspace(0, 2 * np.pi, 201)
    axis.plot(np.cos(angle), np.sin(angle), color=EXACT, lw=0.8, ls="--")
    real, imag = multipliers[["real", "imag"]].to_numpy().T
    limit = 1.2 * max(1.0, reach(np.hypot(real, imag)))
    for (period, stability), rows in multipliers.groupby(["period", "stability"], sort=False):
        what = "fixed point" if period == 1 else "cycle"
        how = stability if stability in ("attracting", "neutral") else "unstable"
        label = f"{how} {what}"
        axis.plot(rows["real"], rows["imag"], **MARKS[label], label=label)
    outside = int((np.maximum(np.abs(real), np.abs(imag)) > limit).sum())
    more = f"\n{outside} outside" if outside else ""
    axis.set(xlim=(-limit, limit), ylim=(-limit, limit), aspect="equal")
    axis.set(xlabel=MULTIPLIER[0], ylabel=MULTIPLIER[1], title=f"multipliers{more}")
