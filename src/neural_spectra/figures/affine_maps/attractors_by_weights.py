"""Fig. 2: stable, bounded and unstable networks: portraits above, spectra of A* below."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels import EIGENVALUE, draw_spectrum, panel_axes, titled
from neural_spectra.figures.affine_maps.portraits import draw_portrait, portrait_legend
from neural_spectra.figures.style import Style, drawing


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``attractors_by_weights.csv``.

    Its columns: panel, label, kind, trajectory, step, x, y, u, v, value (see
    `portraits.draw_portrait`); rows of kind "eigenvalue" have the real part in x and the imaginary
    one in y.
    """
    count = table["panel"].nunique()
    panels = titled(table, count)
    with drawing(style, "double_column", 0.72 * style["double_column"] + 0.6) as figure:
        axes = panel_axes(figure, 2 * count, count, ("", ""))
        for above, below, (title, rows) in zip(axes, axes[count:], panels, strict=False):
            draw_portrait(above, rows)
            above.set(title=title, xlabel="$x$")
            spectrum = rows[rows["kind"] == "eigenvalue"].rename(columns={"x": "real", "y": "imag"})
            draw_spectrum(below, spectrum)
            below.set_xlabel(EIGENVALUE[0])
        axes[0].set_ylabel("$y$")
        axes[count].set_ylabel(EIGENVALUE[1])
        portrait_legend(figure, axes)
    return figure
