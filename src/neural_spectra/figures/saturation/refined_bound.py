"""Fig. 5: the refined bound between the Jacobian's norm and the original bound."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import BLUE, GREEN, PURPLE, RED, SCALE, drawing

PAPER_SCALE, PAPER_IMPROVEMENT = 30, 9
OURS = r"$\|Df_s\|_2$, certified on $U$ (ours)"


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``refined_bound.csv``.

    Its columns: s, jacobian_norm, jacobian_bound, refined_bound, bound, refined_gap, improvement,
    improvement_sampled, improvement_certified.
    """
    s, gap = table["s"], table["refined_gap"].max()
    certified = rf"$\widetilde{{C}}$, certified on $U$, gap $\leq$ {100 * gap:.2g} %"
    with drawing(style, "double_column", 2.7) as figure:
        left, right = figure.subplots(1, 2)
        left.plot(s, table["bound"], "--", color=RED, label="original bound $C$")
        left.plot(s, table["refined_bound"], "-.", color=GREEN, label=r"refined $\widetilde{C}$")
        ours = {"color": PURPLE, "ls": (0, (5, 1, 1, 1, 1, 1))}
        left.plot(s, table["jacobian_bound"], **ours, label=r"certified for $\|Df_s\|_2$ (ours)")
        left.plot(s, table["jacobian_norm"], color=BLUE, label=r"largest $\|Df_s\|_2$ on $U$")
        left.set(yscale="log", ylabel="Jacobian norm (1/time)")
        right.plot(s, table["improvement"], "-.", color=GREEN, label=certified)
        right.plot(
            s,
            table["improvement_sampled"],
            ":",
            color="black",
            label=r"$\widetilde{C}$, sampled on $U$",
        )
        right.plot(s, table["improvement_certified"], **ours, label=OURS)
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
        right.set(ylabel="improvement over $C$")
        right.set_ylim(bottom=0)
        for axis in (left, right):
            axis.set_xlabel(SCALE)
            axis.legend(loc="lower right")
    return figure
