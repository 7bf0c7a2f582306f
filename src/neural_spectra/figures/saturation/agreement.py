"""The paper's value and what agrees with it, as several figures of this study draw them."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes

from neural_spectra.figures.style import PAPER, pale

AGREES = "agrees with the paper, by the ledger"


def draw_agreement(axis: Axes, rows: pd.DataFrame, across: Literal["x", "y"] = "y") -> None:
    """Draw the paper's value, and the range in which the ledger says that a number agrees.

    Parameters
    ----------
    axis
        Gets the scale on which the ledger's criterion lives.
    rows
        Columns paper, lowest, highest and axis, the same in each row; NaN where the paper states
        nothing.
    across
        The axis on which the value lies.
    """
    first = rows.iloc[0]
    if math.isnan(first["paper"]):
        return
    line, span, set_scale = (
        (axis.axhline, axis.axhspan, axis.set_yscale)
        if across == "y"
        else (axis.axvline, axis.axvspan, axis.set_xscale)
    )
    span(first["lowest"], first["highest"], color=pale(PAPER), lw=0, label=AGREES, zorder=0)
    line(first["paper"], color=PAPER, ls="--", lw=1, label="paper", zorder=1)
    set_scale("log" if first["axis"] == "logarithmic" else "linear")
