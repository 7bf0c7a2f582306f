"""Saturation, weights and loss of networks in the course of their training."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.style import MARKERS, Style, drawing, entries, line_of

QUANTITIES = {
    "minus_ln_delta": r"$-\ln\,\delta$",
    "ln_weight_factor": r"$\ln\,C_W$",
    "loss": "loss",
}
SYSTEMS = {"stuart_landau": "Stuart–Landau", "morris_lecar": "Morris–Lecar"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``weight_growth.csv``: rows for each system, columns for each optimiser."""
    optimisers = list(dict.fromkeys(table["optimiser"]))
    systems = list(dict.fromkeys(table["system"]))
    with drawing(style, "double_column", 0.6 + 3.6 * len(systems)) as figure:
        rows = len(QUANTITIES) * len(systems)
        axes = figure.subplots(rows, len(optimisers), sharex="col", sharey="row", squeeze=False)
        for row, axis in enumerate(axes[:, 0]):
            system, quantity = divmod(row, len(QUANTITIES))
            axis.set_ylabel(f"{SYSTEMS[systems[system]]}\n{list(QUANTITIES.values())[quantity]}")
        for (system, optimiser), training in table.groupby(["system", "optimiser"], sort=False):
            column, first = optimisers.index(optimiser), systems.index(system) * len(QUANTITIES)
            for axis, quantity in zip(axes[first:, column], QUANTITIES, strict=False):
                _draw_quantity(axis, training, quantity)
        for axis, optimiser in zip(axes[-1], optimisers, strict=True):
            axis.set_xlabel(f"steps\n{optimiser}")
        figure.legend(**entries(axes[0, 0]), loc="outside upper center", ncols=6)
    return figure


def _draw_quantity(axis: Axes, training: pd.DataFrame, quantity: str) -> None:
    """Draw the median and the range over seeds, a line for each shift."""
    for k, (shift, of_shift) in enumerate(training.groupby("shift")):
        look = line_of(k) | {"marker": MARKERS[k]}
        spread = of_shift.groupby("step")[quantity]
        middle = spread.median()
        band = {"fc": look["color"], "alpha": 0.2, "lw": 0}
        axis.fill_between(middle.index, spread.min(), spread.max(), **band)
        axis.plot(middle.index, middle, **look, label=f"$m = {shift:g}$")
    axis.set_xscale("symlog", linthresh=1)
    if quantity == "loss":
        axis.set_yscale("log")
