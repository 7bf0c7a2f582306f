"""The largest Lyapunov exponent against the number of neurons, by form and scaling."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.rnn.paths_over_time import FORMS, SCALINGS, label
from neural_spectra.figures.style import (
    EXACT,
    GUIDE,
    RANGE,
    Style,
    between,
    drawing,
    entries,
    few_ticks,
    line_of,
    mark_of,
)

PLANAR = "found at $n = 2$, where it is 0"
SPREAD = 0.45  # of the distance between two numbers of neurons, taken up by all scalings


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``lyapunov.csv``: columns form, scaling, n, seed, exponent, error_estimate.

    A dot for each seed; lines through the medians, with bars of the median error.
    """
    planar = table.loc[table["n"] == 2, "exponent"]
    forms = list(table.groupby("form", sort=False))
    sizes = sorted(set(table["n"].tolist()))
    scalings = table["scaling"].unique()
    with drawing(style, "double_column", 3.0) as figure:
        axes = figure.subplots(1, len(forms), sharey=True, squeeze=False)[0]
        for axis, (form, rows) in zip(axes, forms, strict=True):
            for k, scaling in enumerate(scalings):
                shift = SPREAD * ((k + 0.5) / len(scalings) - 0.5)
                places = {n: place + shift for place, n in enumerate(sizes)}
                _draw_scaling(axis, rows[rows["scaling"] == scaling], places, k)
            if len(planar):
                axis.axhspan(planar.min(), planar.max(), color=RANGE, lw=0, label=PLANAR)
            axis.axhline(0, color=GUIDE, lw=0.8)
            axis.set_xticks(range(len(sizes)), [f"{n:g}" for n in sizes])
            axis.set(xlabel="number of neurons $n$", title=FORMS[str(form)])
            between(axis, len(sizes))
            few_ticks(axis.yaxis)
        axes[0].set_ylabel("largest Lyapunov exponent (1/time)")
        figure.legend(**entries(axes[0]), loc="outside upper center", ncols=4)
    return figure


def _draw_scaling(axis: Axes, rows: pd.DataFrame, places: dict[int, float], k: int) -> None:
    """Spread the seeds evenly around their place, and join the medians."""
    seed = rows["seed"].rank(method="dense")
    aside = ((seed - 0.5) / seed.max() - 0.5) * 0.25 * SPREAD
    axis.plot(rows["n"].map(places) + aside, rows["exponent"], ms=1.8, **mark_of(k))
    medians = rows.groupby("n")[["exponent", "error_estimate"]].median()
    axis.errorbar(
        medians.index.map(places),
        medians["exponent"],
        medians["error_estimate"],
        **(mark_of(k) | line_of(k)),
        ms=5,
        mec=EXACT,
        ecolor=EXACT,
        zorder=3,
        label=label(SCALINGS, str(rows["scaling"].iloc[0])),
    )
