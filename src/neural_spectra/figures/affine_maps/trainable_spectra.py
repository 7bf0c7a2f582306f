"""Singular values of trainable spectral maps while they are trained, and the range they have."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.style import COMPUTED, EXCEPTION, RANGE, Style, drawing, entries

ROUNDING = 1e-9
OUTSIDE: dict[str, Any] = {"color": EXCEPTION, "marker": "o", "ms": 1.5, "ls": "none"}
OUTSIDE |= {"label": "outside of the range"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``trainable_spectra.csv``.

    Its columns: factorisation, penalty_weight (NaN without a penalty), step, index, singular_value,
    lambda_min, lambda_max. A panel for each map that was trained, a line for each singular value,
    with a dot wherever it is outside of the range.
    """
    panels = list(table.groupby(["factorisation", "penalty_weight"], sort=False, dropna=False))
    with drawing(style, "double_column", 2.7) as figure:
        axes = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
        for axis, ((factorisation, _), rows) in zip(axes, panels, strict=True):
            low, high = rows[["lambda_min", "lambda_max"]].iloc[0]
            axis.axhspan(low, high, color=RANGE, lw=0, label="range of the singular values")
            for _, path in rows.groupby("index"):
                label = "a singular value"
                axis.plot(path["step"], path["singular_value"], color=COMPUTED, label=label)
            outside = rows[~rows["singular_value"].between(low - ROUNDING, high + ROUNDING)]
            axis.plot(outside["step"], outside["singular_value"], **OUTSIDE)
            name, weight = str(factorisation).capitalize(), rows["penalty_weight"].iloc[0]
            penalty = "" if pd.isna(weight) else f",\npenalty × {weight:g}"
            axis.set(title=name + penalty, xlabel="training step")
            axis.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes[0].set_ylabel("singular values")
        figure.legend(**entries(axes[0]), loc="outside upper center", ncols=3)
    return figure
