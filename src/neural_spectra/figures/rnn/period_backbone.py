"""The backbone: the exact period against the amplitude, with the simulated periods on it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.rnn.paths_over_time import ACTIVATIONS, label
from neural_spectra.figures.style import (
    EXACT,
    GUIDE,
    Style,
    drawing,
    entries,
    line_of,
    mark_of,
    ticks_at,
)

SMALLEST = 1e-17  # below rounding; a logarithmic axis has no place for an error of 0


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``period_backbone.csv``.

    Its columns: activation, kind, level, amplitude, scaled_period, relative_error.
    """
    ends = np.array([table["amplitude"].min(), table["amplitude"].max()])
    with drawing(style, "double_column", 2.9) as figure:
        left, right = figure.subplots(1, 2, sharex=True)
        for k, (activation, rows) in enumerate(table.groupby("activation", sort=False)):
            name = label(ACTIVATIONS, str(activation))
            looks = {"exact": line_of(k), "simulated": mark_of(k) | {"mfc": "none"}}
            for kind, look in looks.items():
                shown = rows[rows["kind"] == kind]
                place = shown["amplitude"]
                left.plot(place, shown["scaled_period"], **look, label=f"{name}, {kind}")
            right.plot(place, shown["relative_error"].clip(lower=SMALLEST), **look)
        left.axhline(2 * np.pi, color=GUIDE, lw=0.8, label=r"$2\pi$: linear")
        left.plot(ends, 4 * ends, ":", color=EXACT, label=r"$4\,\omega x$: sign function")
        left.set(yscale="log", ylabel=r"scaled period $\omega T$")
        left.set_ylim(bottom=5)
        ticks_at(left.yaxis, [5, 10, 20, 50, 100])
        right.set(yscale="log", ylabel="relative error of the period")
        for axis in (left, right):
            axis.set(xscale="log", xlabel=r"scaled amplitude $\omega x$ at $y = 0$")
            ticks_at(axis.xaxis, [0.1, 0.3, 1, 3, 10, 30])
        figure.legend(**entries(left), loc="outside upper center", ncols=3)
    return figure
