"""What pre-activations times s make of a network: its orbit, its bounds, its saturation."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from neural_spectra.figures.style import (
    BOUND,
    COMPUTED,
    EXACT,
    EXCEPTION,
    PROVED,
    SCALE,
    Style,
    drawing,
    entries,
    few_ticks,
    saying,
    ticks_at,
)

ORBIT = "closed orbit"


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``flow_sweep.csv``.

    Its columns: s, does, period, ln_det, C, jacobian, bound_period, share_below_0.1 and others.
    """
    if table.empty:
        return saying(style, "This field has no layers, and so no pre-activations.")
    orbits = table[table["does"] == ORBIT]
    with drawing(style, "double_column", 3.8) as figure:
        axes = figure.subplots(2, 2)
        (period, determinant), (bounds, saturation) = axes
        look = {"marker": "o", "color": COMPUTED}
        period.plot(
            orbits["s"], orbits["period"], label="closed orbit" if len(orbits) else "", **look
        )
        period.set_ylabel("period $T$")
        determinant.plot(orbits["s"], orbits["ln_det"], **look)
        determinant.set_ylabel(r"$\ln\det M$")
        bounds.plot(table["s"], table["C"], color=BOUND, ls="--", marker="s", label="$C(U)$")
        bounds.plot(
            table["s"],
            table["jacobian"],
            color=PROVED,
            ls="-.",
            marker="^",
            label=r"$\sup\,\|Df\|$",
        )
        if len(orbits):
            label = "$C(U)\\,T$"
            bounds.plot(orbits["s"], orbits["bound_period"], color=BOUND, marker="D", label=label)
        bounds.axhline(2 * math.pi, color=EXACT, lw=0.6, ls=":", label=r"$2\pi$")
        bounds.set(yscale="log", ylabel="bounds")
        saturation.plot(table["s"], table["share_below_0.1"], color=EXCEPTION, ls="--", marker="s")
        saturation.set(ylim=(-0.04, 1.04), ylabel=r"share of $|\sigma'|$ below a tenth")
        for axis in (period, determinant):
            _mark_where_none(axis, table)
            few_ticks(axis.yaxis)
            if orbits.empty:
                axis.yaxis.set_major_formatter(NullFormatter())
        for row in axes:
            for axis in row:
                axis.set(xscale="log", xlabel=SCALE if axis in axes[1] else "")
                ticks_at(axis.xaxis, [0.5, 1, 2, 4])
                axis.set_xlim(table["s"].min() / 1.1, table["s"].max() * 1.1)
        figure.legend(**entries(period, bounds), loc="outside upper center", ncols=6)
    return figure


def _mark_where_none(axis: Axes, table: pd.DataFrame) -> None:
    """Put a cross at the bottom at every s without an orbit."""
    none = table.loc[table["does"] != ORBIT, "s"]
    axis.plot(
        none,
        [0.05] * len(none),
        transform=axis.get_xaxis_transform(),
        color=EXACT,
        marker="x",
        ls="none",
        label="none found" if len(none) else "",
    )
