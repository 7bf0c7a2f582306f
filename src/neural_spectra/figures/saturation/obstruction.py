"""Fig. 3: the obstruction bound d·C(U; s)·T against s for several bias offsets."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    EXACT,
    MARKERS,
    PAPER,
    Style,
    drawing,
    in_order,
    logarithmic_scale,
    multiple_of_pi,
)

SMALL = 1e-2  # what the bound at the largest offset falls below, by the paper's caption
LOWEST = 1e-7  # the curves go on to 1e-100 and less


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``obstruction.csv``: columns offset, seed, s, bound, exact_ln_det.

    Lines for the first seed, bands for all; a mark where a line is first below 1e-2.
    """
    with drawing(style, "single_column", 3.1) as figure:
        axis = figure.subplots()
        offsets = list(table.groupby("offset"))
        for k, (offset, rows) in enumerate(offsets):
            look = in_order(k, len(offsets))
            over_seeds = rows.groupby("s")["bound"]
            low, high = over_seeds.min(), over_seeds.max()
            axis.fill_between(low.index, low, high, color=look["color"], alpha=0.25, lw=0)
            drawn = rows[rows["seed"] == rows["seed"].min()]
            label = "$c = 0$" if offset == 0 else rf"$c = {offset:g}\,c_{{\min}}$"
            axis.plot(drawn["s"], drawn["bound"], **look, label=label)
            below = drawn[drawn["bound"] < SMALL].head(1)
            axis.plot(below["s"], below["bound"], MARKERS[k], color=look["color"], ms=5)
        exact = -table["exact_ln_det"].iloc[0]
        label = f"{multiple_of_pi(exact)}, exact oscillator"
        axis.axhline(exact, color=EXACT, lw=1, ls=":", label=label)
        axis.axhline(SMALL, color=PAPER, lw=1, ls="--", label="paper: $10^{-2}$")
        logarithmic_scale(axis)
        axis.set(yscale="log", ylabel=r"bound $d\,C(U;s)\,T$ on $|\ln\det M|$")
        axis.set_ylim(LOWEST, 3 * table["bound"].max())
        axis.legend(loc="lower left")
    return figure
