"""Fig. 6: what deep networks settle on: points, a line, cycles, chaos, or nothing."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels import panel_axes, titled
from neural_spectra.figures.affine_maps.portraits import draw_portrait, portrait_legend
from neural_spectra.figures.style import Style, drawing


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``attractor_types.csv``: panel, label, lyapunov, and what `draw_portrait` needs.

    The largest Lyapunov exponent stands above the panels that are about chaos.
    """
    columns = -(-table["panel"].nunique() // 2)
    panels = titled(table, columns)
    with drawing(style, "double_column", 2 * style["double_column"] / columns + 1.15) as figure:
        axes = panel_axes(figure, len(panels), columns, ("$x$", "$y$"))
        for axis, (title, rows) in zip(axes, panels, strict=True):
            draw_portrait(axis, rows)
            chaos = f"\n$\\lambda_1 = {rows['lyapunov'].iloc[0]:.3f}$" if "chaos" in title else ""
            axis.set_title(title + chaos)
        portrait_legend(figure, axes)
    return figure
