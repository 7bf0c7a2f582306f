"""The steepness of tanh(βa) in training, the saturation and loss with it, and the cycle."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.medians import draw_medians
from neural_spectra.figures.style import MARKERS, Style, drawing, entries, line_of


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``trainable_steepness.csv``: a line for each first β, over the steps."""
    quantities = {
        "steepness": r"steepness $\beta$",
        "saturated_share": "share saturated",
        "loss": "loss",
        "ln_det": r"$\ln\,\det M$ of own cycle",
    }
    with drawing(style, "double_column", 4.4) as figure:
        axes = figure.subplots(2, 2, sharex=True).flatten()
        for k, (first, rows) in enumerate(table.groupby("first_steepness")):
            look = line_of(k) | {"marker": MARKERS[k], "label": f"from $\\beta = {first:g}$"}
            for axis, quantity in zip(axes, quantities, strict=True):
                draw_medians(axis, rows, "step", quantity, look)
        for axis, label in zip(axes, quantities.values(), strict=True):
            axis.set_xscale("symlog", linthresh=1)
            axis.set_ylabel(label)
        axes[0].set_yscale("log")
        axes[1].set_ylim(0, 1)
        axes[2].set_yscale("log")
        for axis in axes[2:]:
            axis.set_xlabel("steps")
        figure.legend(**entries(axes[0]), loc="outside upper center", ncols=6)
    return figure
