"""Fig. 5: the eigenvalues of A* over the plane as GELU networks get deeper."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels import (
    EIGENVALUE,
    draw_spectrum,
    panel_axes,
    spectrum_legend,
    spectrum_limit,
    titled,
)
from neural_spectra.figures.style import Style, drawing

# As the paper calls them.
ROWS: dict[Any, str] = {1: "stable", 2: "edge of stability", 3: "unstable"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``depth.csv``: columns panel, row, label, real, imag; rows share their limits."""
    rows = list(table.groupby("row", sort=False))
    columns = max(spectra["panel"].nunique() for _, spectra in rows)
    with drawing(style, "double_column", 0.3 * style["double_column"] * len(rows) + 0.6) as figure:
        axes = panel_axes(figure, len(rows) * columns, columns, EIGENVALUE)
        for k, (row, spectra) in enumerate(rows):
            limit, panels = spectrum_limit(spectra), titled(spectra, columns)
            for axis, (title, spectrum) in zip(axes[k * columns :], panels, strict=False):
                draw_spectrum(axis, spectrum, title, limit)
            axes[k * columns].set_ylabel(f"{ROWS.get(row, str(row))}\n{EIGENVALUE[1]}")
        spectrum_legend(figure)
    return figure
