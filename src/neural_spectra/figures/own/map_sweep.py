"""What a user's map settles on when all its pre-activations are multiplied by s."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    BOUND,
    COMPUTED,
    EXACT,
    GUIDE,
    Style,
    drawing,
    entries,
    few_ticks,
    logarithmic_scale,
    ticks_at,
)


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``map_sweep.csv``: s, attractor, lyapunov, lyapunov_error, exponent_bound, state."""
    by_scale = table.drop_duplicates("s")
    with drawing(style, "double_column", 2.7) as figure:
        left, right = figure.subplots(1, 2, sharex=True)
        kept = table.dropna(subset="state")
        look = {"ls": "none", "marker": "o", "ms": 1.5, "mew": 0, "color": GUIDE}
        left.plot(kept["s"], kept["state"], **look, rasterized=True)
        left.set_ylabel("states along the first axis")
        if kept.empty:
            left.set_title("all orbits escape")
        error = by_scale["lyapunov_error"]
        bars = {"fmt": "o", "color": COMPUTED, "ms": 3.5, "capsize": 2}
        right.errorbar(
            by_scale["s"], by_scale["lyapunov"], error, **bars, label="Lyapunov exponent"
        )
        right.plot(
            by_scale["s"], by_scale["exponent_bound"], color=BOUND, ls="--", label="bound on it"
        )
        right.axhline(0, color=EXACT, lw=0.6, ls=":")
        right.set_ylabel("largest exponent per step")
        for axis in (left, right):
            logarithmic_scale(axis)
            ticks_at(axis.xaxis, [0.25, 0.5, 1, 2, 4, 8])
        for axis in (left, right):
            few_ticks(axis.yaxis)
        figure.legend(**entries(right), loc="outside lower center", ncols=2)
        figure.draw_without_rendering()  # the width of tick labels is only known once drawn
    return figure
