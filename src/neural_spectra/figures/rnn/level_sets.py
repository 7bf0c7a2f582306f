"""Fig. 1: the level sets of the planar tanh network's invariant, on which its orbits run."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import MARKERS, Style, drawing, in_order


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``level_sets.csv``: columns level, x, y, intercept, extent.

    A closed curve for each level, and a mark where it meets the positive x-axis.
    """
    extent = table["extent"].iloc[0]
    with drawing(style, "single_column", style["single_column"]) as figure:
        axis = figure.subplots()
        levels = list(table.groupby("level"))
        for k, (level, rows) in enumerate(levels):
            look = in_order(k, len(levels))
            x, y = rows["x"].to_numpy(), rows["y"].to_numpy()
            axis.plot(x, y, **look, label=rf"$\ell = {level:g}$")
            crossing = rows["intercept"].iloc[0]
            axis.plot(crossing, 0, MARKERS[k], color=look["color"], zorder=3)
            axis.annotate(f"{crossing:.3g}", (crossing, 0), (2, 2), textcoords="offset points")
        axis.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal")
        axis.set(xlabel="$x$", ylabel="$y$")
        axis.legend(loc="upper right")
    return figure
