"""Yorke's limit: C·T on every own orbit, and where orbits end against where C·2π < 2π."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    COLOURS,
    EXACT,
    LINES,
    MARKERS,
    OPEN,
    RANGE,
    Style,
    drawing,
    entries,
    logarithmic_scale,
    network_label,
    network_places,
)

ASIDE = 1.06  # between networks at one s, as a factor


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``yorke_limit.csv``: columns network, seed, s, status, bound_period, scale_of_limit."""
    with drawing(style, "double_column", 3.1) as figure:
        left, right = figure.subplots(1, 2, sharex=True)
        places = network_places(list(table["network"].unique()))
        for position, (network, rows) in enumerate(table.groupby("network", sort=False)):
            k = places[str(network)]
            look = {"color": COLOURS[k], "marker": MARKERS[k]}
            aside = ASIDE ** (position - (len(places) - 1) / 2)
            left.plot(aside * rows["s"], rows["bound_period"], **look, ls="none", mfc="none")
            shares = pd.crosstab(rows["s"], rows["status"], normalize="index")
            found = shares.get("orbit", 0 * shares.iloc[:, 0])
            right.plot(found.index, found, **look, ls=LINES[k], label=network_label(str(network)))
            excluded = shares.filter(["equilibrium", "diverged"]).sum(axis=1)
            open_ = found[found + excluded < 1]
            right.vlines(open_.index, open_, 1 - excluded[open_.index], color=COLOURS[k], lw=0.8)
            right.plot(open_.index, 1 - excluded[open_.index], **look, ls="none", mfc=OPEN)
            limits = rows.drop_duplicates("seed")["scale_of_limit"]
            right.vlines(limits, 0, 1, color=COLOURS[k], lw=0.4, alpha=0.6)
        left.axhspan(1, 2 * math.pi, color=RANGE, lw=0)
        left.axhline(2 * math.pi, color=EXACT, lw=1, ls=":")
        left.text(0.97, 0.03, r"$C(U)\,T < 2\pi$: no orbit", transform=left.transAxes, ha="right")
        left.set(ylabel="$C(U)\\,T$ on own orbits", yscale="log")
        left.set_ylim(bottom=3)
        right.text(
            0.62,
            0.98,
            "right of the lines\n$C(U) < 1$: no orbit\nof period $2\\pi$ in $U$",
            transform=right.transAxes,
            va="top",
        )
        right.set(ylabel="fraction of seeds with an own orbit")
        for axis in (left, right):
            logarithmic_scale(axis)
        figure.legend(**entries(right), loc="outside upper center", ncols=3)
    return figure
