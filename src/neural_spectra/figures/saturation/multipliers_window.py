"""Fig. 4: the window [e^(−CT), e^(CT)] closing on the Floquet multipliers."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from neural_spectra.figures.style import (
    COLOURS,
    GREEN,
    GREY,
    LINES,
    MARKERS,
    SCALE,
    drawing,
)

RESOLVED = 1e-14  # rounding hides what is smaller
LN_10 = math.log(10)
MOST_DECADES = 100  # a multiplier that has underflowed has ln|μ| = −∞, where no axis reaches


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``multipliers_window.csv``: columns s, index, ln_modulus, window, … ."""
    largest = min(table["ln_modulus"].abs().max() / LN_10, MOST_DECADES)
    decades = max(1, math.ceil(largest))
    top = 10.0**decades
    allowed = table.drop_duplicates("s")
    with drawing(style, "double_column", 2.9) as figure:
        left, right = figure.subplots(1, 2)
        # e^(CT) overflows; what lies beyond the axis is drawn up to its edge.
        edge = np.exp(allowed["window"].clip(upper=LN_10 * (decades + 1)))
        left.fill_between(allowed["s"], 1 / edge, edge, color=GREY, alpha=0.5, lw=0)
        right.fill_between(
            allowed["s"],
            -allowed["window"],
            allowed["window"],
            color=GREY,
            alpha=0.5,
            lw=0,
            label=r"allowed: $e^{-C(U)\,T} \leq |\mu_i| \leq e^{C(U)\,T}$",
        )
        left.fill_between(
            allowed["s"],
            np.exp(allowed["window_lower"]),
            np.exp(allowed["window_upper"].clip(upper=LN_10 * (decades + 1))),
            color=GREEN,
            alpha=0.3,
            lw=0,
        )
        right.fill_between(
            allowed["s"],
            allowed["window_lower"],
            allowed["window_upper"],
            color=GREEN,
            alpha=0.3,
            lw=0,
            label="allowed by the logarithmic norm (ours)",
        )
        for k, (index, rows) in enumerate(table.groupby("index")):
            look = {"color": COLOURS[k], "ls": LINES[k], "lw": 1, "marker": MARKERS[k], "ms": 2}
            left.plot(rows["s"], np.exp(rows["ln_modulus"]), **look)
            right.plot(rows["s"], rows["ln_modulus"], **look, label=rf"$|\mu_{index}|$")
        left.set(yscale="log", ylim=(1 / top, top), ylabel=r"$|\mu_i|$ along the reference circle")
        right.set_yscale("symlog", linthresh=RESOLVED, linscale=0.5)
        powers = [10.0**k for k in (-12, -8, -4, 0)]
        right.set_yticks([*(-power for power in reversed(powers)), 0, *powers])
        right.yaxis.set_minor_locator(NullLocator())
        right.set(ylabel=r"$\ln|\mu_i|$ along the reference circle")
        for axis in (left, right):
            axis.set(xlabel=SCALE)
            axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        left.set_xlim(right=min(12, table["s"].max()))
        figure.legend(loc="outside upper center", ncols=3)
    return figure
