"""Fig. 3: the obstruction bound d·C(U; s)·T against s for several bias offsets."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from neural_spectra.figures.style import COLOURS, LINES, applied


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``obstruction.csv``: columns seed, offset, s, bound; lines for the first seed."""
    with applied(style):
        figure, axis = plt.subplots(figsize=(style["single_column"] * 1.3, 3.0))
        for k, (offset, rows) in enumerate(table.groupby("offset")):
            spread = rows.groupby("s")["bound"].agg(["min", "max"])
            axis.fill_between(
                spread.index, spread["min"], spread["max"], color=COLOURS[k], alpha=0.2, lw=0
            )
            first = rows[rows["seed"] == rows["seed"].min()]
            axis.plot(
                first["s"],
                first["bound"],
                linestyle=LINES[k],
                color=COLOURS[k],
                label=_label(offset),
            )
        axis.axhline(4 * math.pi, color="black", lw=0.8, ls=":", label=r"$4\pi$ (Stuart–Landau)")
        axis.axhline(1e-2, color="grey", lw=0.6, ls=(0, (1, 4)), label=r"$10^{-2}$")
        axis.set(
            xscale="log",
            yscale="log",
            ylim=(1e-6, None),
            xlabel="pre-activation scale $s$",
            ylabel=r"bound $d\,C(U;s)\,T$ on $|\ln\det M|$",
        )
        axis.legend(loc="lower left", fontsize=style["font_size"] - 1.5)
    return figure


def _label(offset: float) -> str:
    return "$c = 0$" if offset == 0 else rf"$c = {offset:g}\,c_{{\min}}$"
