"""Fig. 1: activations that are stable, that have unstable regions, and that keep bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.style import BLUE, COLOURS, LINES, drawing

# The footnotes list the BIBO activations twice, also among those with unstable regions.
PANELS = {
    "asymptotically stable": ("asymptotically stable",),
    "with unstable regions": ("unstable regions", "BIBO"),
    "BIBO stable": ("BIBO",),
}
WIDTHS = (1.5, 1.2, 1)  # the more curves, the wider
STABLE_AREA: dict[str, Any] = {"color": BLUE, "alpha": 0.2, "lw": 0}
WIDE = 2.5
STABLE = r"stable: $|\sigma(z)| \leq |z|$"


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``activations.csv``: columns label, paper_class, agree, z, sigma.

    A panel for each class of the paper. Functions with one graph share a line. A wide line and a
    dagger mark the functions whose computed class is another one.
    """
    looks = {label: _look(k) for k, label in enumerate(table["label"].unique())}
    extent = table["z"].max()
    cone = np.array([-extent, 0, extent])
    notes: list[Any] = [
        Patch(**STABLE_AREA, label=STABLE),
        Line2D([], [], color="black", lw=WIDE, label="† of another class by our computation"),
    ]
    with drawing(style, "double_column", 4.3) as figure:
        axes = figure.subplots(1, len(PANELS), sharey=True, width_ratios=WIDTHS)
        for axis, (title, classes) in zip(axes, PANELS.items(), strict=True):
            axis.fill_between(cone, -abs(cone), abs(cone), **STABLE_AREA)
            _draw_curves(axis, table[table["paper_class"].isin(classes)], looks)
            axis.set(xlim=(-extent, extent), ylim=(-extent, extent), xlabel="$z$", title=title)
            axis.xaxis.set_major_locator(MaxNLocator(5))
            axis.legend(
                loc="upper center",
                bbox_to_anchor=(0.5, -0.15),
                ncols=2 if axis is axes[0] else 1,
                columnspacing=1,
            )
        axes[0].set_ylabel(r"$\sigma(z)$")
        figure.legend(handles=notes, loc="outside upper center", ncols=2)
    return figure


def _draw_curves(axis: Axes, rows: pd.DataFrame, looks: Mapping[str, dict[str, Any]]) -> None:
    """Draw each graph once, under the names of all functions that have it."""
    curves = rows.pivot(index="z", columns="label", values="sigma")
    graphs = curves.round(9).T.groupby(list(curves.index), sort=False)
    for _, graph in graphs:
        names = list(graph.index)
        disagrees = not rows.loc[rows["label"].isin(names), "agree"].all()
        look = looks[names[0]] | ({"lw": WIDE} if disagrees else {})
        name = ", ".join(names) + (" †" if disagrees else "")
        axis.plot(curves.index, curves[names[0]], **look, label=name)


def _look(k: int) -> dict[str, Any]:
    """Return the k-th of 36 pairs of a colour and a line."""
    return {"color": COLOURS[k % 6], "ls": LINES[(k + k // 6) % 6]}
