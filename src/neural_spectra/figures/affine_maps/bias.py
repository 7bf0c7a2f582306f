"""Fig. 4: the bias moves the fixed point of a stable layer away from the origin."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels import panel_axes, titled
from neural_spectra.figures.affine_maps.portraits import draw_portrait, portrait_legend
from neural_spectra.figures.style import Style, drawing


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``bias.csv``: columns as in `portraits.draw_portrait`, and panel, label."""
    count = table["panel"].nunique()
    with drawing(style, "double_column", 3.9) as figure:
        axes = panel_axes(figure, count, count, ("$x$", "$y$"))
        for axis, (title, rows) in zip(axes, titled(table, count), strict=True):
            draw_portrait(axis, rows)
            axis.set_title(f"{title}\n{_where(rows[rows['kind'] == 'equilibrium'])}")
        portrait_legend(figure, axes)
    return figure


def _where(fixed: pd.DataFrame) -> str:
    """Write the fixed points' coordinates."""
    # Adding 0 turns the −0 that a zero bias leads to into 0.
    points = [
        f"({x + 0.0:.3g}, {y + 0.0:.3g})" for x, y in zip(fixed["x"], fixed["y"], strict=True)
    ]
    return rf"$\bar{{x}}$ = {', '.join(points)}"
