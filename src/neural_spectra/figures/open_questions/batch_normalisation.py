"""Saturation on circles around the data, with and without batch normalisation."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.medians import draw_medians
from neural_spectra.figures.style import GUIDE, MARKERS, Style, drawing, entries, line_of, ticks_at

LABELS = {False: "without batch normalisation", True: "with it, frozen"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``batch_normalisation.csv``: a column of panels for each hidden layer."""
    layers = sorted(table["layer"].unique())
    quantities = ("minus_ln_delta_arc", "saturated_share")
    with drawing(style, "double_column", 4.0) as figure:
        axes = figure.subplots(2, len(layers), sharex=True, sharey="row", squeeze=False)
        for column, layer in enumerate(layers):
            of_layer = table[table["layer"] == layer]
            for k, (normalised, rows) in enumerate(of_layer.groupby("normalised")):
                look = line_of(k) | {"marker": MARKERS[k], "label": LABELS[bool(normalised)]}
                for axis, quantity in zip(axes[:, column], quantities, strict=True):
                    draw_medians(axis, rows, "radius", quantity, look)
                on_data = rows["saturated_on_data"].median()
                axes[1, column].axhline(on_data, color=look["color"], ls=":", lw=1)
            axes[0, column].set_title(f"hidden layer {layer}")
            axes[0, column].set_yscale("symlog", linthresh=0.1)
            axes[1, column].set(xscale="log", xlabel="radius / that of the periodic orbit")
            ticks_at(axes[1, column].xaxis, sorted(table["radius"].unique()))
        axes[0, 0].set_ylabel(r"$-\ln\,\delta$ of a typical arc")
        axes[1, 0].set(ylabel="share saturated", ylim=(0, 1))
        axes[1, 0].plot([], [], color=GUIDE, ls=":", lw=1, label="on the data")
        figure.legend(**entries(axes[1, 0]), loc="outside upper center", ncols=3)
    return figure
