"""Yorke's limit: C·T on every own orbit, and where orbits end against where C·2π < 2π."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from neural_spectra.figures.style import COLOURS, MARKERS, applied, panel_letters


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``yorke_limit.csv``.

    Its columns: network, seed, s, bound_period, last_scale_with_orbit, first_scale_without,
    scale_of_limit.
    """
    with applied(style):
        figure, (left, right) = plt.subplots(1, 2, figsize=(style["double_column"], 3.0))
        for k, (network, rows) in enumerate(table.groupby("network")):
            look = {"color": COLOURS[k], "marker": MARKERS[k], "linestyle": "none"}
            left.plot(rows["s"], rows["bound_period"], **look, alpha=0.5, label=network)
            ends = rows.drop_duplicates("seed")
            x = k + 0.3 * (ends["seed"] / max(1, ends["seed"].max()) - 0.5)
            right.vlines(
                x,
                ends["last_scale_with_orbit"],
                ends["first_scale_without"],
                color=COLOURS[k],
                lw=1.5,
            )
            right.plot(x, ends["scale_of_limit"], **look)
        left.axhline(2 * math.pi, color="black", lw=0.8, ls=":", label=r"$2\pi$ (Yorke)")
        left.set(
            xlabel="pre-activation scale $s$",
            ylabel="$C(U)\\,T$ on own orbits",
            yscale="log",
            ylim=(3, None),
        )
        left.legend()
        names = list(dict.fromkeys(sorted(table["network"])))
        right.set_xticks(range(len(names)), names)
        right.set(ylabel="pre-activation scale $s$")
        panel_letters((left, right))
    return figure
