"""Fig. 2: stable, bounded and unstable networks: portraits above, spectra of A* below."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels_over_plane import (
    draw_portrait,
    draw_spectrum,
    panel_axes,
    portrait_legend,
    spectrum_limit,
    title,
)
from neural_spectra.figures.style import drawing


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``attractors_by_weights.csv``.

    Its columns: panel, label, kind, trajectory, step, x, y, u, v, value (see
    `panels_over_plane.draw_portrait`); rows of kind "eigenvalue" have the real part in x and the
    imaginary one in y.
    """
    panels = list(table.groupby("panel", sort=False))
    count = len(panels)
    with drawing(style, "double_column", 0.72 * style["double_column"] + 0.6) as figure:
        axes = panel_axes(figure, 2 * count, count, ("", ""))
        for above, below, (_, rows) in zip(axes, axes[count:], panels, strict=False):
            draw_portrait(above, rows)
            above.set_title(title(rows["label"].iloc[0], count))
            above.set_xlabel("$x$")
            spectrum = rows[rows["kind"] == "eigenvalue"].rename(columns={"x": "real", "y": "imag"})
            draw_spectrum(below, spectrum, spectrum_limit(spectrum), "")
            below.set_xlabel(r"$\mathrm{Re}\,\lambda$")
        axes[0].set_ylabel("$y$")
        axes[count].set_ylabel(r"$\mathrm{Im}\,\lambda$")
        portrait_legend(figure, axes[:count])
    return figure
