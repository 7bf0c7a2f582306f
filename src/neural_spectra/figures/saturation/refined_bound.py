"""Fig. 5: the refined bound between the Jacobian's norm and the original bound."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import BLUE, GREEN, RED, SCALE, drawing

PAPER_SCALE, PAPER_IMPROVEMENT = 30, 9


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``refined_bound.csv``.

    Its columns: s, jacobian_norm, refined_bound, bound, refined_gap, improvement,
    improvement_sampled.
    """
    s, gap = table["s"], table["refined_gap"].max()
    certified = rf"certified on all of $U$, gap $\leq$ {100 * gap:.2g} %"
    with drawing(style, "double_column", 2.7) as figure:
        left, right = figure.subplots(1, 2)
        left.plot(s, table["bound"], "--", color=RED, label="original bound $C$")
        left.plot(s, table["refined_bound"], "-.", color=GREEN, label=r"refined $\widetilde{C}$")
        left.plot(s, table["jacobian_norm"], color=BLUE, label=r"largest $\|Df_s\|_2$ on $U$")
        left.set(yscale="log", ylabel="Jacobian norm (1/time)")
        right.plot(s, table["improvement"], "-.", color=GREEN, label=certified)
        right.plot(s, table["improvement_sampled"], ":", color="black", label="sampled on $U$")
        right.axhline(PAPER_IMPROVEMENT, color=RED, lw=0.8, ls=(0, (5, 3)))
        right.plot(
            PAPER_SCALE,
            PAPER_IMPROVEMENT,
            "*",
            color=RED,
            ms=9,
            mfc="none",
            label=rf"paper: {PAPER_IMPROVEMENT}× at $s = {PAPER_SCALE}$",
        )
        right.set(ylabel=r"improvement $C / \widetilde{C}$")
        right.set_ylim(bottom=0)
        for axis in (left, right):
            axis.set_xlabel(SCALE)
            axis.legend(loc="lower right")
    return figure
