"""How saturated the units of a user's map are: the slopes |σ'| layer by layer."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import COLOURS, EXACT, LINES, Style, drawing, entries

PLACES = ("on the attractors", "over the region")
_SMALLEST = 1e-6  # a logarithmic axis has no place for slopes of 0
_LAYERS = 6


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``map_saturation.csv``: layer, activation, units, place, share, slope.

    The curve of a layer tells which share of all units and states has a slope below each value. Of
    many layers six are drawn, the first, the last and some between.
    """
    layers = list(table["layer"].unique())
    if len(layers) > _LAYERS:
        layers = [layers[k * (len(layers) - 1) // (_LAYERS - 1)] for k in range(_LAYERS)]
    with drawing(style, "double_column", 2.8) as figure:
        axes = figure.subplots(1, 2, sharex=True, sharey=True)
        for axis, place in zip(axes, PLACES, strict=True):
            rows = table[table["place"] == place]
            for k, layer in enumerate(layers):
                curve = rows[rows["layer"] == layer]
                if len(curve):
                    name = f"layer {layer}, {curve['activation'].iloc[0]}"
                    look = {"color": COLOURS[k % len(COLOURS)], "ls": LINES[k % len(LINES)]}
                    slope = curve["slope"].clip(lower=_SMALLEST)
                    axis.plot(slope, curve["share"], **look, label=name)
            for limit in (0.01, 0.1):
                axis.axvline(limit, color=EXACT, lw=0.6, ls=":")
            axis.set(xscale="log", xlabel=r"$|\sigma'|\,/\,\sup|\sigma'|$", title=place)
            if rows.empty:
                axis.set_title(f"{place}: nothing to show")
        axes[0].set_ylabel("share of units and states\nwith a slope below")
        found = entries(axes[1])
        if found["labels"]:
            figure.legend(**found, loc="outside lower center", ncols=3)
    return figure
