"""Fig. 1: activations that are stable, that have unstable regions, and that keep bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from neural_spectra.figures.style import COMPUTED, EXCEPTION, GUIDE, Style, drawing, pale

# The footnotes list the BIBO activations twice, also among those with unstable regions.
PANELS = {
    "asymptotically stable": ("asymptotically stable",),
    "with unstable regions": ("unstable regions", "BIBO"),
    "BIBO stable": ("BIBO",),
}
COLUMNS = (7, 5, 2)
STABLE: dict[str, Any] = {"color": COMPUTED, "lw": 1.4}
UNSTABLE: dict[str, Any] = {"color": EXCEPTION, "lw": 1.4}
STABLE_AREA: dict[str, Any] = {"color": pale(COMPUTED), "lw": 0}
GAP, NAMES = 0.25, 0.7  # between two graphs, and above each for its names, in parts of the extent


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``activations.csv``: columns label, paper_class, agree, z, sigma.

    A panel for each class of the paper, with a small graph for each function; those with one graph
    share it. A dagger marks the functions whose computed class is another one.
    """
    extent = table["z"].max()
    notes: list[Any] = [
        Patch(**STABLE_AREA, label=r"stable area, $|\sigma(z)| \leq |z|$"),
        Line2D([], [], **STABLE, label="inside"),
        Line2D([], [], **UNSTABLE, label="outside"),
        Line2D([], [], ls="none", label="† of another class by our computation"),
        Line2D([], [], ls="none", label=rf"$z$ and $\sigma(z)$ from −{extent:g} to {extent:g}"),
    ]
    with drawing(style, "double_column", 5.8) as figure:
        top, bottom = figure.subfigures(2, 1, squeeze=False).flat
        axes = [top.subplots(), *bottom.subplots(1, 2, width_ratios=COLUMNS[1:])]
        for axis, columns, (title, classes) in zip(axes, COLUMNS, PANELS.items(), strict=True):
            _draw_graphs(axis, table[table["paper_class"].isin(classes)], columns)
            axis.set_title(title)
        figure.legend(handles=notes, loc="outside upper center", ncols=3)
    return figure


def _draw_graphs(axis: Axes, rows: pd.DataFrame, columns: int) -> None:
    """Draw each graph once, in a square of its own, under the names of all that have it."""
    curves = rows.pivot(index="z", columns="label", values="sigma")
    z, extent = curves.index.to_numpy(), float(curves.index.max())
    width, height = (2 + GAP) * extent, (2 + GAP + NAMES) * extent
    graphs = [list(group.index) for _, group in curves.round(9).T.groupby(list(z), sort=False)]
    for k, names in enumerate(graphs):
        x, y = k % columns * width, -(k // columns) * height
        cone = np.array([-extent, 0, extent])
        axis.fill_between(x + cone, y - abs(cone), y + abs(cone), **STABLE_AREA)
        axis.hlines(y, x - extent, x + extent, color=GUIDE, lw=0.4)
        axis.vlines(x, y - extent, y + extent, color=GUIDE, lw=0.4)
        sigma = curves[names[0]].to_numpy()
        seen = np.where(np.abs(sigma) <= extent, sigma, np.nan)
        # A point on the border belongs to both, so that no gap is left.
        inside = np.abs(sigma) <= np.abs(z) * (1 + 1e-9)
        axis.plot(x + z, y + np.where(inside, np.nan, seen), **UNSTABLE)
        axis.plot(x + z, y + np.where(inside, seen, np.nan), **STABLE)
        agrees = rows.loc[rows["label"].isin(names), "agree"].all()
        name = ",\n".join(names) + ("" if agrees else " †")
        axis.text(x, y + 1.1 * extent, name, ha="center", va="bottom")
    lines = -(-len(graphs) // columns)
    axis.set(xlim=(-1.1 * extent, (columns - 1) * width + 1.1 * extent), aspect="equal")
    axis.set_ylim(-(lines - 1) * height - 1.1 * extent, (1 + NAMES) * extent)
    axis.set_anchor("NW")
    axis.axis("off")
