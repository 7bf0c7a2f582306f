"""A*(x), b*(x) and the spectral radii of a user's map over a plane."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, TwoSlopeNorm
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels import WHERE_ONE
from neural_spectra.figures.own.map_panels import coordinate_label, edges, quantity_label, reach
from neural_spectra.figures.style import (
    AROUND_ONE,
    EXACT,
    IN_ORDER,
    Style,
    drawing,
    few_ticks,
    line_of,
)

# Crossing 1 means something for these.
RADII = ("rho", "rho of Df", "norm")
_COLUMNS = 3
_ROW, _ABOVE = 1.75, 0.3


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``map_affine.csv``: quantity, x, y, value, x_label, y_label.

    A panel for each quantity; where a radius or a norm crosses 1 there is a line. In one dimension
    each is a curve.
    """
    panels = list(table.groupby("quantity", sort=False))
    columns = 2 if len(panels) == 4 else min(_COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    labels = table[["x_label", "y_label"]].iloc[0]
    with drawing(style, "double_column", rows * _ROW + _ABOVE) as figure:
        axes = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel()
        for k, (name, values) in enumerate(panels):
            axis = axes[k]
            axis.set_title(quantity_label(str(name)))
            if values["y"].isna().all():
                axis.plot(values["x"], values["value"], **line_of(0))
                if name in RADII:
                    axis.axhline(1, color=EXACT, lw=0.6, ls=":")
            else:
                _draw_plane(figure, axis, values, str(name))
                axis.set(ylabel=coordinate_label(labels["y_label"]) if k % columns == 0 else "")
            if k + columns >= len(panels):
                axis.set_xlabel(coordinate_label(labels["x_label"]))
                axis.tick_params(labelbottom=True)
            few_ticks(axis.xaxis, axis.yaxis, most=4)
        for axis in axes[len(panels) :]:
            axis.remove()
    return figure


def _draw_plane(figure: Figure, axis: Axes, points: pd.DataFrame, name: str) -> None:
    cells = points.pivot(index="y", columns="x", values="value")
    x, y, values = cells.columns.to_numpy(), cells.index.to_numpy(), cells.to_numpy()
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    constant = high - low <= 1e-9 * (1 + abs(high))
    signed = name not in (*RADII, "size of b")
    if signed:
        most = max(abs(low), abs(high), 1e-300)
        norm: Normalize = TwoSlopeNorm(0.0, -most, most)
    else:
        high = reach(values)
        norm = Normalize(low, low + 1 if constant else high)
    look: dict[str, Any] = {"cmap": AROUND_ONE if signed else IN_ORDER, "norm": norm}
    mesh = axis.pcolormesh(edges(x), edges(y), values, **look, rasterized=True)
    extend = "max" if np.nanmax(values) > high else "neither"
    bar = figure.colorbar(mesh, ax=axis, extend=extend, pad=0.02)
    few_ticks(bar.ax.yaxis, most=4)
    if name in RADII and np.nanmin(values) < 1 < np.nanmax(values):
        axis.contour(x, y, values, [1], **WHERE_ONE)
    axis.grid(visible=False)
