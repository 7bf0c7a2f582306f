"""Fig. 6: what deep networks settle on: points, a line, cycles, chaos, or nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels_over_plane import (
    draw_portrait,
    panel_axes,
    portrait_legend,
    title,
)
from neural_spectra.figures.style import drawing


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``attractor_types.csv``: panel, label, lyapunov, and what `draw_portrait` needs.

    The largest Lyapunov exponent stands above the panels that are about chaos.
    """
    panels = list(table.groupby("panel", sort=False))
    columns = -(-len(panels) // 2)
    with drawing(style, "double_column", 2 * style["double_column"] / columns + 1.15) as figure:
        axes = panel_axes(figure, len(panels), columns, ("$x$", "$y$"))
        for axis, (_, rows) in zip(axes, panels, strict=True):
            draw_portrait(axis, rows)
            label = title(rows["label"].iloc[0], columns)
            if "chaos" in label:
                label += f"\n$\\lambda_1 = {rows['lyapunov'].iloc[0]:.3f}$"
            axis.set_title(label)
        portrait_legend(figure, axes)
    return figure
