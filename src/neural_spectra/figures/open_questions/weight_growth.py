"""Saturation, weights and loss of networks in the course of their training."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import MARKERS, Style, drawing, entries, line_of


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``weight_growth.csv``: a column of panels for each optimiser, a line for each shift."""
    names = list(dict.fromkeys(table["optimiser"]))
    quantities = {
        "minus_ln_delta": r"$-\ln\,\delta$",
        "ln_weight_factor": r"$\ln\,C_W$",
        "loss": "loss",
    }
    with drawing(style, "double_column", 4.4) as figure:
        axes = figure.subplots(3, len(names), sharex="col", sharey="row", squeeze=False)
        for column, name in enumerate(names):
            rows = table[table["optimiser"] == name]
            for k, (shift, of_shift) in enumerate(rows.groupby("shift")):
                look = line_of(k) | {"marker": MARKERS[k]}
                for axis, quantity in zip(axes[:, column], quantities, strict=True):
                    spread = of_shift.groupby("step")[quantity]
                    middle = spread.median()
                    axis.fill_between(
                        middle.index,
                        spread.min(),
                        spread.max(),
                        color=look["color"],
                        alpha=0.2,
                        lw=0,
                    )
                    axis.plot(middle.index, middle, **look, label=f"$m = {shift:g}$")
            axes[0, column].set_xscale("symlog", linthresh=1)
            axes[2, column].set(yscale="log", xlabel=f"steps\n{name}")
        for axis, label in zip(axes[:, 0], quantities.values(), strict=True):
            axis.set_ylabel(label)
        figure.legend(**entries(axes[0, 0]), loc="outside upper center", ncols=6)
    return figure
