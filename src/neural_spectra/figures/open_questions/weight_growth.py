"""Saturation, weights and loss of networks in the course of their training."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.medians import draw_medians
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
        for axis in axes[len(QUANTITIES) - 1 :: len(QUANTITIES), 0]:
            axis.set_yscale("log")
        for axis, optimiser in zip(axes[-1], optimisers, strict=True):
            axis.set_xscale("symlog", linthresh=1)
            axis.set_xlabel(f"steps\n{optimiser}")
        trainings = table.groupby(["system", "optimiser", "shift"], sort=False)
        for (system, optimiser, shift), training in trainings:
            k = sorted(set(table["shift"])).index(shift)
            look = line_of(k) | {"marker": MARKERS[k], "label": f"$m = {shift:g}$"}
            first = systems.index(system) * len(QUANTITIES)
            column = axes[first:, optimisers.index(optimiser)]
            for axis, quantity in zip(column, QUANTITIES, strict=False):
                draw_medians(axis, training, "step", quantity, look)
        labels = [
            f"{SYSTEMS[system]}\n{label}" for system in systems for label in QUANTITIES.values()
        ]
        for axis, label in zip(axes[:, 0], labels, strict=True):
            axis.set_ylabel(label)
        figure.legend(**entries(axes[0, 0]), loc="outside upper center", ncols=6)
    return figure
