"""Other metrics of the regions of Fig. 3: norms, the density of eigenvalues, linear regions."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.affine_maps.panels_over_plane import reach, title
from neural_spectra.figures.style import BLUE, GREY, RED, drawing, number, panel_letters


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``region_metrics.csv``: columns panel, label, metric, x, y, value.

    A column for each panel of the table: above the metric "norm", below "density" and its "mean
    modulus"; the number of "linear regions", where there is one, stands above.
    """
    models = list(table.groupby("panel", sort=False))
    with drawing(style, "double_column", 4.6) as figure:
        grid = figure.subplots(2, len(models), squeeze=False, height_ratios=[1.6, 1])
        for (top, bottom), (_, rows) in zip(grid.T, models, strict=True):
            metrics = dict(list(rows.groupby("metric")))
            _draw_norms(figure, top, metrics["norm"])
            _draw_density(bottom, metrics["density"], metrics["mean modulus"]["value"].iloc[0])
            lines = title(rows["label"].iloc[0], len(models))
            if "linear regions" in metrics:
                lines += f"\n{metrics['linear regions']['value'].iloc[0]:g} linear regions"
            top.set_title(lines)
        grid[0, 0].set_ylabel("$y$")
        grid[1, 0].set_ylabel("density")
        panel_letters(grid.flat)
    return figure


def _draw_norms(figure: Figure, axis: Axes, points: pd.DataFrame) -> None:
    """Colour the plane by the norm, with a line where it is 1; grey where there is no number."""
    norms = points.pivot(index="y", columns="x", values="value")
    x, y, values = norms.columns.to_numpy(), norms.index.to_numpy(), norms.to_numpy()
    highest = reach(values)
    cells = axis.pcolormesh(x, y, values, vmax=highest, cmap="viridis", rasterized=True)
    if (values < 1).any() and (values > 1).any():
        # White on black is seen on every colour of the map.
        axis.contour(x, y, values, [1], colors="black", linewidths=1.6)
        axis.contour(x, y, values, [1], colors="white", linewidths=0.8)
    axis.set(box_aspect=1, facecolor=GREY, xlabel="$x$")
    axis.grid(visible=False)
    extend = "max" if (values > highest).any() else "neither"
    bar = figure.colorbar(
        cells, ax=axis, location="bottom", aspect=14, label=r"$\|A^*\|_2$", extend=extend
    )
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
