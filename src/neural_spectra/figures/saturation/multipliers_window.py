"""Fig. 4: the window [e^(−CT), e^(CT)] closing on the Floquet multipliers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.style import (
    COLOURS,
    GUIDE,
    LINES,
    MARKERS,
    OPEN,
    PROVED,
    RANGE,
    SCALE,
    Style,
    drawing,
    entries,
    pale,
)

LN_10 = math.log(10)
MOST_DECADES = 100  # a multiplier that has underflowed has ln|μ| = −∞, where no axis reaches
PAPERS: dict[str, Any] = {"color": RANGE, "lw": 0}
PAPERS |= {"label": r"allowed: $e^{-C(U)\,T} \leq |\mu_i| \leq e^{C(U)\,T}$"}
OURS: dict[str, Any] = {"color": pale(PROVED), "lw": 0}
OURS |= {"label": "allowed by the logarithmic norm (ours)"}
ROUNDING: dict[str, Any] = {"marker": "v", "color": GUIDE, "ls": "none", "ms": 4}
ROUNDING |= {"label": "smaller than the rounding error here"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``multipliers_window.csv``.

    Its columns: s, index, ln_modulus, error_estimate, window, window_lower, window_upper.
    """
    with drawing(style, "double_column", 3.1) as figure:
        left, right = figure.subplots(1, 2)
        _draw_moduli(left, table)
        _draw_distances(right, table)
        for axis in (left, right):
            axis.set(xlabel=SCALE)
            axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        left.set_xlim(right=min(12, table["s"].max()))
        figure.legend(**entries(right), loc="outside upper center", ncols=3)
    return figure


def _look(k: int) -> dict[str, Any]:
    return {"color": COLOURS[k], "ls": LINES[k], "lw": 0.8, "marker": MARKERS[k], "ms": 3 - k}


def _draw_moduli(axis: Axes, table: pd.DataFrame) -> None:
    """Draw the moduli in their windows; what lies beyond the axis is drawn up to its edge."""
    largest = min(table["ln_modulus"].abs().max() / LN_10, MOST_DECADES)
    decades = max(1, math.ceil(largest))
    allowed = table.drop_duplicates("s")
    edge = LN_10 * (decades + 1)  # e^(CT) overflows
    for low, high, look in (
        (-allowed["window"], allowed["window"], PAPERS),
        (allowed["window_lower"], allowed["window_upper"], OURS),
    ):
        ends = np.exp(low.clip(lower=-edge)), np.exp(high.clip(upper=edge))
        axis.fill_between(allowed["s"], *ends, **look)
    for k, (_, rows) in enumerate(table.groupby("index")):
        axis.plot(rows["s"], np.exp(rows["ln_modulus"]), **_look(k))
    axis.set(yscale="log", ylim=(10.0**-decades, 10.0**decades))
    axis.set_ylabel(r"$|\mu_i|$ along the reference circle")


def _draw_distances(axis: Axes, table: pd.DataFrame) -> None:
    """Draw how far the multipliers are from modulus 1, at all scales."""
    allowed, lowest = table.drop_duplicates("s"), table["error_estimate"].min() / 10
    axis.set_yscale("log")
    axis.fill_between(allowed["s"], lowest, allowed["window"].clip(lower=lowest), **PAPERS)
    ours = pd.concat([-allowed["window_lower"], allowed["window_upper"]], axis=1).max(axis=1)
    axis.fill_between(allowed["s"], lowest, ours.clip(lower=lowest), **OURS)
    resolved = table["ln_modulus"].abs() > table["error_estimate"]
    for k, (index, rows) in enumerate(table[resolved].groupby("index")):
        axis.plot(rows["s"], rows["ln_modulus"].abs(), **_look(k), label=rf"$|\mu_{index}|$")
        above = rows[rows["ln_modulus"] > 0]
        look = _look(k) | {"ls": "none", "mfc": OPEN, "label": r"$|\mu_i| > 1$ (open)"}
        axis.plot(above["s"], above["ln_modulus"], **look)
    hidden = table[~resolved]
    axis.plot(hidden["s"], hidden["error_estimate"], **ROUNDING)
    axis.set_ylim(bottom=lowest)
    axis.set_ylabel(r"distance $|\ln|\mu_i||$ from modulus 1")
