"""Fig. 3: the spectral radius of A* over the plane under four activation functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels import WHERE_ONE, draw_plane, panel_axes, titled
from neural_spectra.figures.style import drawing, number

COLUMNS = 4


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``regions_by_activation.csv``: columns panel, label, x, y, spectral_radius.

    Each panel has colours of its own.
    """
    panels = titled(table, COLUMNS)
    rows = -(-len(panels) // COLUMNS)
    height = rows * (style["double_column"] / COLUMNS + 0.75)
    with drawing(style, "double_column", height) as figure:
        axes = panel_axes(figure, len(panels), COLUMNS, ("$x$", "$y$"))
        for axis, (title, cells) in zip(axes, panels, strict=True):
            axis.set_title(title)
            _draw_radii(figure, axis, cells)
    return figure


def _draw_radii(figure: Figure, axis: Axes, cells: pd.DataFrame) -> None:
    """Colour the plane by ρ(A*), with the ends of the scale on its bar, and a mark at 1."""
    plane = draw_plane(axis, cells, "spectral_radius")
    look: dict[str, Any] = {"location": "bottom", "aspect": 14, "shrink": 0.9, "pad": 0.04}
    bar = figure.colorbar(plane.mesh, ax=axis, label=r"$\rho(A^*)$", extend=plane.extend, **look)
    bar.set_ticks(plane.ticks)
    bar.ax.xaxis.set_major_formatter(lambda value, _: number(value, 3))
    bar.ax.minorticks_off()
    ticks = bar.ax.get_xticklabels()
    ticks[-1].set_horizontalalignment("right")
    ticks[0].set_horizontalalignment("left")
    bar.outline.set_linewidth(0.6)
    for colour, width in WHERE_ONE if plane.crosses else ():
        bar.ax.axvline(1, color=colour, lw=width)
