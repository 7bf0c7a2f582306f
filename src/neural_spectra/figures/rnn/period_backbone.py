"""The backbone: the exact period against the amplitude, with the simulated periods on it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

from neural_spectra.figures.rnn.paths_over_time import ACTIVATIONS, label
from neural_spectra.figures.style import COLOURS, LINES, MARKERS, drawing, entries, panel_letters

SMALLEST = 1e-17  # below rounding; a logarithmic axis has no place for an error of 0


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``period_backbone.csv``.

    Its columns: activation, kind, level, amplitude, scaled_period, relative_error.
    """
    ends = np.array([table["amplitude"].min(), table["amplitude"].max()])
    with drawing(style, "double_column", 2.9) as figure:
        left, right = figure.subplots(1, 2, sharex=True)
        for k, (activation, rows) in enumerate(table.groupby("activation", sort=False)):
            name = label(ACTIVATIONS, str(activation))
            exact, simulated = (rows[rows["kind"] == kind] for kind in ("exact", "simulated"))
            curve = {"color": COLOURS[k], "ls": LINES[k]}
            points = {"color": COLOURS[k], "marker": MARKERS[k], "ls": "none", "mfc": "none"}
            left.plot(exact["amplitude"], exact["scaled_period"], **curve, label=f"{name}, exact")
            left.plot(
                simulated["amplitude"],
                simulated["scaled_period"],
                **points,
                label=f"{name}, simulated",
            )
            error = simulated["relative_error"].clip(lower=SMALLEST)
            right.plot(simulated["amplitude"], error, **points)
        left.axhline(2 * np.pi, color="#777777", lw=0.8, label=r"$2\pi$: linear")
        left.plot(ends, 4 * ends, ":", color="black", label=r"$4\,\omega x$: sign function")
        left.set(yscale="log", ylabel=r"scaled period $\omega T$")
        left.set_ylim(bottom=5)
        left.yaxis.set_major_locator(FixedLocator([5, 10, 20, 50, 100]))
        right.set(yscale="log", ylabel="relative error of the period")
        for axis in (left, right):
            axis.set(xscale="log", xlabel=r"scaled amplitude $\omega x$ at $y = 0$")
            axis.xaxis.set_major_locator(FixedLocator([0.1, 0.3, 1, 3, 10, 30]))
        for scale in (left.xaxis, right.xaxis, left.yaxis):
            scale.set_major_formatter(StrMethodFormatter("{x:g}"))
            scale.set_minor_locator(NullLocator())
        figure.legend(**entries(left), loc="outside upper center", ncols=3)
        panel_letters((left, right))
    return figure
