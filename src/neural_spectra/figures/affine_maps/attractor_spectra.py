"""Fig. 8: the eigenvalues of A* over the plane for the networks of the portraits of Fig. 6."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels_over_plane import (
    draw_spectrum,
    panel_axes,
    spectrum_limit,
    title,
)
from neural_spectra.figures.style import drawing


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``attractor_spectra.csv``: columns panel, label, real, imag; each on its own scale."""
    panels = list(table.groupby("panel", sort=False))
    columns = -(-len(panels) // 2)
    with drawing(style, "double_column", 2 * style["double_column"] / columns + 0.8) as figure:
        labels = r"$\mathrm{Re}\,\lambda$", r"$\mathrm{Im}\,\lambda$"
        axes = panel_axes(figure, len(panels), columns, labels)
        for axis, (_, spectrum) in zip(axes, panels, strict=True):
            label = title(spectrum["label"].iloc[0], columns)
            draw_spectrum(axis, spectrum, spectrum_limit(spectrum), label)
    return figure
