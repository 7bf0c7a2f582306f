"""Fig. 5: the refined bound between the Jacobian's norm and the original bound."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from neural_spectra.figures.saturation.agreement import AGREES
from neural_spectra.figures.style import BOUND, COMPUTED, PAPER, PROVED, SCALE, Style, drawing, pale

MARK: dict[str, Any] = {"marker": "*", "color": PAPER, "ms": 9, "mfc": "none", "ls": "none"}
WIDTH = 2.4  # of the mark of a range, in the unit of s
OURS = r"$\|Df_s\|_2$, certified on $U$ (ours)"


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``refined_bound.csv``.

    Its columns: s, jacobian_norm, jacobian_bound, refined_bound, bound, refined_gap, improvement,
    improvement_sampled, improvement_certified, paper, lowest, highest.
    """
    s, gap = table["s"], table["refined_gap"].max()
    certified = rf"$\widetilde{{C}}$, certified on $U$, gap $\leq$ {100 * gap:.2g} %"
    with drawing(style, "double_column", 2.7) as figure:
        left, right = figure.subplots(1, 2)
        left.plot(s, table["bound"], "--", color=BOUND, label="original bound $C$")
        left.plot(s, table["refined_bound"], "-.", color=BOUND, label=r"refined $\widetilde{C}$")
        ours = {"color": PROVED, "ls": (0, (5, 1, 1, 1, 1, 1))}
        left.plot(s, table["jacobian_bound"], **ours, label=r"certified for $\|Df_s\|_2$ (ours)")
        left.plot(s, table["jacobian_norm"], color=COMPUTED, label=r"largest $\|Df_s\|_2$ on $U$")
        left.set(yscale="log", ylabel="Jacobian norm (1/time)")
        right.plot(s, table["improvement"], "-.", color=BOUND, label=certified)
        right.plot(
            s,
            table["improvement_sampled"],
            ":",
            color=COMPUTED,
            label=r"$\widetilde{C}$, sampled on $U$",
        )
        right.plot(s, table["improvement_certified"], **ours, label=OURS)
        for at, paper, lowest, highest in _stated(table):
            box = (at - WIDTH / 2, lowest), WIDTH, highest - lowest
            right.add_patch(Rectangle(*box, color=pale(PAPER), lw=0, zorder=0, label=AGREES))
            right.plot(at, paper, **MARK, label=rf"paper: {paper:g}× at $s = {at:g}$")
        right.set(ylabel="improvement over $C$")
        right.set_ylim(bottom=0)
        for axis in (left, right):
            axis.set_xlabel(SCALE)
            axis.legend(loc="lower right")
    return figure


def _stated(table: pd.DataFrame) -> list[list[float]]:
    """Return s, the paper's value there, and the ends of the range that agrees with it."""
    rows: list[list[float]] = (
        table[["s", "paper", "lowest", "highest"]].dropna().to_numpy().tolist()
    )
    return rows
