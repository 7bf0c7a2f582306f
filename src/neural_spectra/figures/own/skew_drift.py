"""How well each integrator keeps the energy of a user's recurrent network, by its step."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from neural_spectra.figures.style import Style, drawing, line_of, mark_of

LABELS = {"euler": "Euler", "rk4": "RK4"}
_SMALLEST = 1e-17  # below rounding; a logarithmic axis has no place for a drift of 0


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``skew_drift.csv``: integrator, step, steps_per_turn, drift, kernel_drift, order."""
    with drawing(style, "double_column", 2.9) as figure:
        axis = figure.subplots()
        for k, (name, rows) in enumerate(table.groupby("integrator", sort=False)):
            order = rows["order"].iloc[0]
            fitted = "" if pd.isna(order) else f": order {order:.1f}"
            drift = rows["drift"].clip(lower=_SMALLEST)
            label = f"{LABELS.get(str(name), str(name))}{fitted}"
            axis.plot(rows["step"], drift, **(mark_of(k) | line_of(k)), label=label)
        axis.set(xscale="log", yscale="log", xlabel="step $h$ (time)")
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.set_ylabel("largest $|E - E_\\mathrm{flow}|/|E_0|$\nin five turns")
        axis.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
    return figure
