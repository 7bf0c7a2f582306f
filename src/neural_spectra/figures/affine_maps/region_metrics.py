"""Other metrics of the regions of Fig. 3: norms, the density of eigenvalues, linear regions."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.affine_maps.panels import draw_plane, plane_bar, titled
from neural_spectra.figures.style import COMPUTED, GUIDE, OPEN, Style, drawing, number, pale


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``region_metrics.csv``: columns panel, label, metric, x, y, value.

    A column for each panel of the table: above the metric "norm", below "density" and its "mean
    modulus"; the number of "linear regions", where there is one, stands above.
    """
    models = titled(table, table["panel"].nunique())
    with drawing(style, "double_column", 4.4) as figure:
        grid = figure.subplots(2, len(models), squeeze=False, height_ratios=[1.35, 1])
        for (top, bottom), (title, rows) in zip(grid.T, models, strict=True):
            metrics = dict(list(rows.groupby("metric")))
            mesh = draw_plane(top, metrics["norm"], "value")
            top.set(box_aspect=1, xlabel="$x$", title=title)
            if "linear regions" in metrics:
                count = f"{metrics['linear regions']['value'].iloc[0]:g} linear regions"
                top.text(0.04, 0.04, count, color=OPEN, transform=top.transAxes)
            _draw_density(bottom, metrics["density"], metrics["mean modulus"]["value"].iloc[0])
        plane_bar(figure, list(grid[0]), mesh, r"norm $\|A^*\|_2$")
        grid[0, 0].set_ylabel("$y$")
        grid[1, 0].set_ylabel("density")
    return figure


def _draw_density(axis: Axes, density: pd.DataFrame, mean: float) -> None:
    middles = density["x"].to_numpy()
    half = middles[0]  # the first bin begins at 0
    edges = np.append(middles - half, middles[-1] + half)
    axis.stairs(density["value"], edges, fill=True, color=pale(COMPUTED), lw=0)
    axis.stairs(density["value"], edges, color=COMPUTED)
    axis.axvline(mean, color=GUIDE, ls="--")
    axis.set(xlabel=r"$|\lambda(A^*)|$", title=f"mean {number(mean)}")
    axis.set(xlim=(0, edges[-1]), ylim=(0, None))
    axis.xaxis.set_major_locator(MaxNLocator(3))
    axis.yaxis.set_major_locator(MaxNLocator(4))
