"""Fig. 8: the eigenvalues of A* over the plane for the networks of the portraits of Fig. 6."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels import (
    EIGENVALUE,
    draw_spectrum,
    panel_axes,
    spectrum_legend,
    titled,
)
from neural_spectra.figures.style import Style, drawing


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``attractor_spectra.csv``: columns panel, label, real, imag; limits differ."""
    columns = -(-table["panel"].nunique() // 2)
    panels = titled(table, columns)
    with drawing(style, "double_column", 2 * style["double_column"] / columns + 0.8) as figure:
        axes = panel_axes(figure, len(panels), columns, EIGENVALUE)
        for axis, (title, spectrum) in zip(axes, panels, strict=True):
            draw_spectrum(axis, spectrum, title)
        spectrum_legend(figure)
    return figure
