"""Fig. 1: the Jacobian's norm under its bound, and the bound's two factors."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    BOUND,
    COLOURS,
    COMPUTED,
    PROVED,
    SCALE,
    Style,
    drawing,
    pale,
)

CERTIFIED = r"certified for $\|Df_s\|_2$ (ours)"
INSET_FROM_SCALE, INSET_TO_SCALE = 1.0, 5.0


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``attenuation.csv``: columns s, jacobian_norm, jacobian_bound, bound, … ."""
    s, norm, bound = table["s"], table["jacobian_norm"], table["bound"]
    with drawing(style, "double_column", 2.7) as figure:
        left, right = figure.subplots(1, 2)
        inset = left.inset_axes((0.6, 0.58, 0.4, 0.38))
        for axis in (left, inset):
            axis.fill_between(s, norm, bound, color=pale(BOUND), lw=0, label="gap")
            axis.plot(s, bound, "--", color=BOUND, label=r"bound $C_W(s)\,\delta(s)$")
            axis.plot(s, norm, color=COMPUTED, label=r"largest $\|Df_s\|_2$ on $U$")
            axis.plot(s, table["jacobian_bound"], "-.", color=PROVED, label=CERTIFIED)
        left.set(ylabel="Jacobian norm (1/time)", yscale="log")
        inset.set_xlim(INSET_FROM_SCALE, INSET_TO_SCALE)
        inset.set_ylim(bottom=0)
        inset.tick_params(labelsize=style["font_size"] - 2, pad=2)
        inset.set_title("linear axis", fontsize=style["font_size"] - 2, pad=2)

        right.plot(
            s,
            table["weight_factor"],
            ":",
            color=COLOURS[0],
            label="$C_W(s)$ (1/time), linear in $s$",
        )
        right.plot(s, bound, "--", color=BOUND, label=r"product $C_W(s)\,\delta(s)$ (1/time)")
        right.plot(
            s, table["delta"], "-.", color=COLOURS[1], label=r"saturation $\delta(s)$ (no unit)"
        )
        right.set(ylabel="factors and product", yscale="log")
        for axis in (left, right):
            axis.set(xlabel=SCALE)
            axis.legend(loc="lower left")
    return figure
