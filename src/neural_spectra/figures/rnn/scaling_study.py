"""Whether forward Euler grows less in larger networks: it depends on how A is scaled."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter

from neural_spectra.figures.rnn.paths_over_time import FORMS, SCALINGS, label
from neural_spectra.figures.style import (
    COLOURS,
    EXACT,
    Style,
    between,
    drawing,
    entries,
    few_ticks,
    line_of,
    mark_of,
)

SPREAD = 0.4  # of the distance between two sizes, taken up by all scalings
QUANTITIES = {
    "growth": r"growth $\|x(T)\|\,/\,\|x(0)\|$",
    "power": "power of $x_1$",
    "entropy": "spectral entropy (nats)",
}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``scaling_study.csv``: columns form, scaling, n, seed, growth, power, entropy.

    A box over the seeds for each size and scaling of A, and a line through the boxes' medians.
    """
    forms = list(table.groupby("form", sort=False))
    sizes = sorted(table["n"].unique())
    with drawing(style, "double_column", 6.4) as figure:
        shape = len(QUANTITIES), len(forms)
        grid = figure.subplots(*shape, sharex=True, sharey="row", squeeze=False)
        for axes, (quantity, name) in zip(grid, QUANTITIES.items(), strict=True):
            for axis, (_, rows) in zip(axes, forms, strict=True):
                _draw_boxes(axis, rows, quantity)
                between(axis, len(sizes))
            axes[0].set_ylabel(name)
        for axis, (form, _) in zip(grid[0], forms, strict=True):
            axis.axhline(1, color=EXACT, lw=1, ls=":", label="no growth")
            axis.set_title(label(FORMS, str(form)))
        for axis in grid[:2, 0]:
            axis.set_yscale("log")
            axis.yaxis.set_major_locator(LogLocator(subs=(1, 3)))
            axis.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
            axis.yaxis.set_minor_locator(NullLocator())
        few_ticks(grid[2, 0].yaxis)
        for axis in grid[-1]:
            axis.set_xticks(range(len(sizes)), sizes)
            axis.set_xlabel("units $n$")
        figure.legend(**entries(grid[0, 0]), loc="outside upper center", ncols=4)
    return figure


def _draw_boxes(axis: Axes, rows: pd.DataFrame, quantity: str) -> None:
    """Draw the boxes of all scalings side by side at each n, from smallest to largest seed."""
    scalings = rows["scaling"].unique()
    width = SPREAD / len(scalings)
    for k, scaling in enumerate(scalings):
        values = [group for _, group in rows[rows["scaling"] == scaling].groupby("n")[quantity]]
        positions = np.arange(len(values)) + (k - (len(scalings) - 1) / 2) * width
        axis.boxplot(
            values,
            positions=positions,
            widths=0.8 * width,
            whis=(0, 100),
            manage_ticks=False,
            patch_artist=True,
            boxprops={"facecolor": COLOURS[k], "alpha": 0.4, "lw": 0},
            whiskerprops={"color": COLOURS[k], "lw": 0.8},
            showcaps=False,
            showfliers=False,
            medianprops={"lw": 0},
        )
        medians = [value.median() for value in values]
        look = mark_of(k) | line_of(k)
        axis.plot(positions, medians, **look, ms=4, label=label(SCALINGS, scaling))
