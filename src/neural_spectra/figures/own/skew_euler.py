"""What a step of forward Euler does to a user's recurrent network."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.style import EXACT, Style, drawing, line_of, mark_of

TOLERABLE = 0.01  # a change of E in a turn that the analysis names the step of
_CHANGES = {"change_per_turn": "of $E$, measured", "linear_growth": "of small states, at most"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``skew_euler.csv``.

    Its columns: step, steps_per_turn, change_per_turn, linear_growth, damping_needed.
    """
    with drawing(style, "double_column", 2.7) as figure:
        left, right = figure.subplots(1, 2)
        for k, (column, label) in enumerate(_CHANGES.items()):
            _draw_positive(left, table, column, k, label)
        left.set_ylabel("relative change in a turn")
        if left.lines:
            left.axhline(TOLERABLE, color=EXACT, lw=0.6, ls=":")
            left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2)
        _draw_positive(right, table, "damping_needed", 2, "")
        right.set_ylabel("damping $\\gamma$ that keeps\nsmall states from growing")
        for axis in (left, right):
            axis.set(xlabel="step $h$ (time)")
            axis.set_xlim(table["step"].min() / 1.3, table["step"].max() * 1.3)
            axis.set_xscale("log")
            if not axis.lines:
                axis.set_title("nothing to show")
    return figure


def _draw_positive(axis: Axes, table: pd.DataFrame, column: str, k: int, label: str) -> None:
    """Draw the values of a column that a logarithmic axis has a place for."""
    shown = table[(table[column] > 0) & np.isfinite(table[column])]
    if len(shown):
        axis.set_yscale("log")
        axis.plot(shown["step"], shown[column], **(mark_of(k) | line_of(k)), label=label)
