"""Errors of cycles by activation and by budget, and against the mean slope."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import EXACT, MARKERS, Style, between, drawing, entries, in_order


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``activations_at_equal_budget.csv``: a mark for each network, by its budget."""
    names = list(dict.fromkeys(table["activation"]))
    table = table.assign(error=np.exp(table["ln_error"]))
    with drawing(style, "double_column", 3.0) as figure:
        left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1.5, 1.2))
        budgets = list(table.groupby("budget"))
        for k, (budget, rows) in enumerate(budgets):
            look: dict[str, Any] = {
                "color": in_order(k, len(budgets))["color"],
                "marker": MARKERS[k],
                "ls": "none",
            }
            aside = 0.6 * (k / max(1, len(budgets) - 1) - 0.5)
            places = [names.index(name) + aside for name in rows["activation"]]
            share = rows.groupby("activation", sort=False)["attracting_cycle"].mean()
            left.plot(share, [names.index(name) + aside for name in share.index], **look)
            middle.plot(rows["error"], places, **look, mfc="none", ms=3)
            right.plot(rows["mean_slope"], rows["error"], **look, mfc="none", label=f"{budget:g}")
        for axis in (left, middle):
            axis.set_yticks(range(len(names)), names)
            between(axis, len(names), "y")
        middle.tick_params(labelleft=False)
        left.set(xlabel="share with a cycle", xlim=(-0.05, 1.05))
        middle.set(xlabel=r"$|\ln\,\det M+4\pi|\,/\,4\pi$", xscale="log")
        middle.axvline(1, color=EXACT, lw=0.8, ls=":")
        right.axhline(1, color=EXACT, lw=0.8, ls=":")
        right.set(
            xlabel=r"mean of $|\sigma'|$", ylabel=r"relative error of $\ln\,\det M$", yscale="log"
        )
        legend = {"title": "budget for the product of the weights' norms"}
        figure.legend(**entries(right), **legend, loc="outside upper center", ncols=6)
    return figure
