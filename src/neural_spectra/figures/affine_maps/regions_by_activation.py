"""Fig. 3: the spectral radius of A* over the plane under four activation functions."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels import draw_plane, panel_axes, plane_bar, titled
from neural_spectra.figures.style import Style, drawing

COLUMNS = 4


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``regions_by_activation.csv``: columns panel, label, x, y, spectral_radius."""
    panels = titled(table, COLUMNS)
    rows = -(-len(panels) // COLUMNS)
    height = rows * (style["double_column"] / COLUMNS + 0.25) + 0.7
    with drawing(style, "double_column", height) as figure:
        axes = panel_axes(figure, len(panels), COLUMNS, ("$x$", "$y$"))
        for axis, (title, cells) in zip(axes, panels, strict=True):
            mesh = draw_plane(axis, cells, "spectral_radius")
            axis.set_title(title)
        plane_bar(figure, axes, mesh, r"spectral radius $\rho(A^*)$")
    return figure
