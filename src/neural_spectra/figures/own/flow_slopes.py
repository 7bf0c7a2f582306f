"""The slopes of a network's units along its orbit, layer by layer."""

from __future__ import annotations

import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from neural_spectra.figures.style import IN_ORDER, Style, drawing, few_ticks, saying, ticks_at

COLUMNS = 3
SMALLEST = 1e-3


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``flow_slopes.csv``: columns along, layer, rank, share, slope. A panel a layer."""
    if table.empty:
        return saying(style, "This field has no layers.")
    layers = list(table.groupby("layer"))
    columns = min(COLUMNS, len(layers))
    rows = -(-len(layers) // columns)
    with drawing(style, "double_column", 0.5 + 1.9 * rows) as figure:
        axes = figure.subplots(rows, columns, squeeze=False)
        panels = [axis for row in axes for axis in row]
        for axis in panels[len(layers) :]:
            axis.remove()
        norm = LogNorm(SMALLEST, 1)
        for axis, (layer, cells) in zip(panels, layers, strict=False):
            slopes = cells.pivot(index="rank", columns="share", values="slope")
            image = axis.imshow(
                slopes.clip(lower=SMALLEST),
                norm=norm,
                cmap=IN_ORDER,
                aspect="auto",
                interpolation="nearest",
                extent=(0, 1, slopes.index.max() + 0.5, 0.5),
            )
            axis.grid(visible=False)
            axis.set_title(f"hidden layer {layer}")
            along = str(cells["along"].iloc[0])
            axis.set_xlabel("share of the period" if along.startswith("orbit") else "share of time")
            few_ticks(axis.xaxis, axis.yaxis, most=4)
        for row in axes:
            row[0].set_ylabel("units, the steepest first")
        bar = figure.colorbar(
            image, ax=panels[: len(layers)], label=r"$|\sigma'|\,/\,\sup|\sigma'|$"
        )
        ticks_at(bar.ax.yaxis, [0.001, 0.01, 0.1, 1])
    return figure
