"""The loss that deep networks reach against the spectral radius of A* before training."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    COLOURS,
    EXACT,
    MARKERS,
    OPEN,
    RANGE,
    Style,
    drawing,
    entries,
    plain_numbers,
    ticks_at,
)

# Networks whose signals explode have losses up to 1e14, which would leave no room for the others.
HIGHEST = 3.0
NAMES = {"tanh": "tanh", "relu": "ReLU"}
CONNECTIONS = {"plain": "plain", "skip": "skip connections"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``learning_and_radius.csv``: a column for each depth, a row for each connection."""
    depths = sorted(table["depth"].unique())
    widths, activations = sorted(table["width"].unique()), list(dict.fromkeys(table["activation"]))
    with drawing(style, "double_column", 4.2) as figure:
        axes = figure.subplots(2, len(depths), sharex="col", sharey=True, squeeze=False)
        for row, connections in zip(axes, CONNECTIONS, strict=True):
            for axis, depth in zip(row, depths, strict=True):
                axis.axvspan(0.8, 1.2, color=RANGE, lw=0, label=r"$|\rho-1|<0.2$", zorder=0)
                axis.axhline(
                    table["target"].iloc[0], color=EXACT, lw=0.8, ls=":", label="target", zorder=1
                )
                panel = table[(table["depth"] == depth) & (table["connections"] == connections)]
                for k, activation in enumerate(activations):
                    for j, width in enumerate(widths):
                        rows = panel[
                            (panel["activation"] == activation) & (panel["width"] == width)
                        ]
                        colour = COLOURS[k]
                        axis.plot(
                            rows["radius"],
                            np.minimum(rows["loss"], HIGHEST),
                            ls="none",
                            marker=MARKERS[j],
                            mec=colour,
                            mfc=OPEN if j else colour,
                            mew=0.7,
                            ms=3,
                            label=f"{NAMES.get(activation, activation)}, width {width}",
                        )
                axis.set(xscale="log", yscale="log")
                ticks_at(axis.yaxis, [0.01, 0.03, 0.1, 0.2, 0.5, 1, 2, HIGHEST])
        for axis, depth in zip(axes[0], depths, strict=True):
            axis.set_title(f"{depth} layers")
        for axis in axes[1]:
            axis.set_xlabel(r"$\rho(A^*)$ before training")
            plain_numbers(axis.xaxis)
        for axis, label in zip(axes[:, 0], CONNECTIONS.values(), strict=True):
            axis.set_ylabel(f"loss reached\n{label}")
        figure.legend(**entries(axes[0, 0]), loc="outside upper center", ncols=6)
    return figure
