"""How much of the differences between networks budget, activation and mean slope explain."""

from __future__ import annotations

import re

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    EXACT,
    MARKERS,
    Style,
    between,
    drawing,
    entries,
    few_ticks,
    mark_of,
)

TITLES = {
    "attracting_cycle": "whether there is a cycle",
    "ln_error": r"error of $\ln\,\det M$ (log)",
}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``slopes_or_budget.csv``: a panel for each response, a row for each comparison."""
    names = list(dict.fromkeys(table["comparison"]))
    responses = [name for name in TITLES if name in set(table["response"])]
    ranges = list(dict.fromkeys(table["budgets"]))
    with drawing(style, "double_column", 3.2) as figure:
        axes = figure.subplots(1, len(responses), sharey=True, squeeze=False)[0]
        for axis, response in zip(axes, responses, strict=True):
            rows = table[table["response"] == response]
            for k, budgets in enumerate(ranges[: len(MARKERS)]):
                part = rows[rows["budgets"] == budgets]
                aside = 0.6 * (k / max(1, len(ranges) - 1) - 0.5)
                places = [names.index(name) + aside for name in part["comparison"]]
                reach = [part["explained"] - part["lowest"], part["highest"] - part["explained"]]
                reach = [side.clip(lower=0) for side in reach]
                axis.errorbar(part["explained"], places, xerr=reach, **mark_of(k), label=budgets)
            axis.axvline(0, color=EXACT, lw=0.8)
            axis.set(xlabel=f"share explained of\n{TITLES[response]}", xlim=(-1, 1))
            few_ticks(axis.xaxis, most=4)
            between(axis, len(names), "y")
        labels = [re.sub(" (beside|rather than) ", r"\n\1 ", name) for name in names]
        axes[0].set_yticks(range(len(names)), labels)
        legend = {"title": "budgets compared"}
        figure.legend(**entries(*axes), **legend, loc="outside upper center", ncols=6)
    return figure
