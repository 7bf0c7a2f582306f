"""Other metrics of the regions of Fig. 3: norms, the density of eigenvalues, linear regions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.affine_maps.panels import draw_plane, titled
from neural_spectra.figures.style import BLUE, RED, drawing, number


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``region_metrics.csv``: columns panel, label, metric, x, y, value.

    A column for each panel of the table: above the metric "norm", below "density" and its "mean
    modulus"; the number of "linear regions", where there is one, stands above.
    """
    models = titled(table, table["panel"].nunique())
    with drawing(style, "double_column", 4.6) as figure:
        grid = figure.subplots(2, len(models), squeeze=False, height_ratios=[1.6, 1])
        for (top, bottom), (title, rows) in zip(grid.T, models, strict=True):
            metrics = dict(list(rows.groupby("metric")))
            _draw_norms(figure, top, metrics["norm"])
            _draw_density(bottom, metrics["density"], metrics["mean modulus"]["value"].iloc[0])
            if "linear regions" in metrics:
                title += f"\n{metrics['linear regions']['value'].iloc[0]:g} linear regions"
            top.set_title(title)
        grid[0, 0].set_ylabel("$y$")
        grid[1, 0].set_ylabel("density")
    return figure


def _draw_norms(figure: Figure, axis: Axes, points: pd.DataFrame) -> None:
    plane = draw_plane(axis, points, "value")
    axis.set(box_aspect=1, xlabel="$x$")
    axis.grid(visible=False)
    look: dict[str, Any] = {"location": "bottom", "aspect": 14, "extend": plane.extend}
    bar = figure.colorbar(plane.mesh, ax=axis, label=r"$\|A^*\|_2$", **look)
    bar.ax.xaxis.set_major_locator(MaxNLocator(3))
    bar.outline.set_linewidth(0.6)


def _draw_density(axis: Axes, density: pd.DataFrame, mean: float) -> None:
    axis.fill_between(density["x"], density["value"], step="mid", color=BLUE, alpha=0.3, lw=0)
    axis.step(density["x"], density["value"], where="mid", color=BLUE)
    axis.axvline(mean, color=RED, ls="--")
    axis.set(xlabel=r"$|\lambda(A^*)|$", title=f"mean {number(mean)}")
    axis.set(xlim=(0, density["x"].max()), ylim=(0, None))
    axis.xaxis.set_major_locator(MaxNLocator(3))
    axis.yaxis.set_major_locator(MaxNLocator(4))
