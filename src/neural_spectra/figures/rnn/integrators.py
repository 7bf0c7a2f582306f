"""The integrators side by side: how much work keeps the drift of E how small."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.rnn.paths_over_time import ACTIVATIONS, label
from neural_spectra.figures.style import Style, drawing, line_of, mark_of

INTEGRATORS = {"euler": "Euler", "rk4": "RK4"}
SMALLEST = 1e-17  # below rounding; a logarithmic axis has no place for a drift of 0


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``integrators.csv``.

    Its columns: activation, integrator, h, evaluations, drift, order (NaN where none was fitted).
    """
    panels = list(table.groupby("activation", sort=False))
    integrators = list(table["integrator"].unique())
    with drawing(style, "double_column", 3.3) as figure:
        axes = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
        for axis, (activation, rows) in zip(axes, panels, strict=True):
            for integrator, runs in rows.groupby("integrator", sort=False):
                k = integrators.index(integrator)
                order = runs["order"].iloc[0]
                fitted = "" if pd.isna(order) else f": order {order:.2f}"
                axis.plot(
                    runs["evaluations"],
                    runs["drift"].clip(lower=SMALLEST),
                    **(mark_of(k) | line_of(k)),
                    label=f"{label(INTEGRATORS, str(integrator))}{fitted}",
                )
            axis.set(xscale="log", yscale="log", title=label(ACTIVATIONS, str(activation)))
            axis.set_xlabel(r"evaluations of $\sigma$ per unit time")
            axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2))
        axes[0].set_ylabel(r"drift, largest $|E - E_0|/E_0$")
    return figure
