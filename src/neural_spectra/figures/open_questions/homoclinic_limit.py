"""Cycles towards a homoclinic orbit: the period, the bound and what it bounds, their ratio."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import BOUND, COMPUTED, EXACT, Style, drawing, few_ticks


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``homoclinic_limit.csv``: distance, period, ln_det, bound, rate and their limits."""
    with drawing(style, "double_column", 2.5) as figure:
        left, middle, right = figure.subplots(1, 3)
        rows = table.sort_values("period")
        left.plot(rows["distance"], rows["period"], color=COMPUTED, marker="o")
        left.set(xscale="log", xlabel="$I - I_\\mathrm{hc}$", ylabel="period $T$")
        middle.plot(
            rows["period"], rows["bound"], color=BOUND, ls="--", marker="s", label="$2\\,C\\,T$"
        )
        middle.plot(
            rows["period"],
            -rows["ln_det"],
            color=COMPUTED,
            marker="o",
            label="$|\\ln\\,\\det M|$",
        )
        middle.set(xlabel="period $T$", yscale="log")
        middle.legend(loc="center right")
        right.plot(rows["period"], rows["bound_over_ln_det"], color=COMPUTED, marker="^")
        right.axhline(rows["limit_of_ratio"].iloc[-1], color=EXACT, lw=1, ls=":")
        right.set(xlabel="period $T$", ylabel="$2\\,C\\,T\\,/\\,|\\ln\\,\\det M|$")
        right.set_ylim(bottom=0)
        few_ticks(right.yaxis)
    return figure
