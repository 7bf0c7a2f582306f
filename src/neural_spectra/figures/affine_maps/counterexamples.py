"""Statements of the paper put to the test: on how many models each fails, and in a small case."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from neural_spectra.figures.style import COMPUTED, EXCEPTION, Style, drawing

CASES: dict[bool, dict[str, Any]] = {
    True: {"marker": "o", "color": COMPUTED, "label": "holds in its small case"},
    False: {"marker": "X", "color": EXCEPTION, "label": "fails in its small case"},
}
WIDTH = 58  # characters in a line
LINE = 0.145  # inches


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``counterexamples.csv``: columns in_words, holds, fails_in, of.

    A bar for each statement, in what share of the models that it speaks of it fails; beside it a
    mark, whether it holds in a small case.
    """
    labels = [textwrap.fill(words, WIDTH) for words in table["in_words"]]
    lines = [label.count("\n") + 1.6 for label in labels]
    with drawing(style, "double_column", LINE * sum(lines) + 0.9) as figure:
        axis = figure.subplots()
        middle, places = 0.0, []
        for height in lines:
            places.append(middle + height / 2)
            middle += height
        shares = table["fails_in"] / table["of"]
        axis.barh(places, shares, height=1, color=EXCEPTION, lw=0)
        for place, share, fails, of, holds in zip(
            places, shares, table["fails_in"], table["of"], table["holds"], strict=True
        ):
            axis.plot(-0.03, place, ls="none", clip_on=False, **CASES[bool(holds)])
            axis.text(share + 0.01, place, f"{fails:g} of {of:g}", va="center")
        axis.set_yticks(places, labels)
        axis.tick_params(axis="y", length=0, pad=12)
        axis.grid(visible=False, axis="y")
        axis.set(xlim=(0, 1.15), ylim=(middle, 0))
        axis.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axis.set_xlabel("share of the models concerned in which it fails")
        axis.xaxis.set_major_formatter(PercentFormatter(1))
        handles = [Line2D([], [], ls="none", **look) for look in CASES.values()]
        figure.legend(handles=handles, loc="outside upper center", ncols=2)
    return figure
