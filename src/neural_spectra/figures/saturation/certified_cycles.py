"""Proofs: the seeds with one attracting cycle, or with no closed orbit, against s."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    BOUND,
    EXACT,
    GUIDE,
    OPEN,
    PROVED,
    Style,
    drawing,
    entries,
    logarithmic_scale,
    network_label,
    pale,
)

# From the bottom of each bar to its top.
VERDICTS = {
    "cycle": (PROVED, "", "proved: one attracting cycle"),
    "nothing": (OPEN, "", "neither proved"),
    "no closed orbit": (pale(PROVED), "////", "proved: no closed orbit in $U$"),
}
COLUMNS = 3
BAR = 1.1  # from a bar's middle to its edges, as a factor


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``certified_cycles.csv``: columns network, seed, s, status, proved, scale_of_limit.

    A panel for each network, with a bar for each s.
    """
    networks = list(table.groupby("network", sort=False))
    rows = -(-len(networks) // COLUMNS)
    with drawing(style, "double_column", 0.6 + 1.55 * rows) as figure:
        axes = figure.subplots(
            rows, min(COLUMNS, len(networks)), sharex=True, sharey=True, squeeze=False
        )
        panels = [axis for row in axes for axis in row]
        for axis in panels[len(networks) :]:
            axis.remove()
        for axis, (network, drawn) in zip(panels, networks, strict=False):
            shares = pd.crosstab(drawn["s"], drawn["proved"], normalize="index")
            bottom = 0 * shares.iloc[:, 0]
            for proved, (colour, hatch, label) in VERDICTS.items():
                share = shares.get(proved, 0 * bottom)
                axis.bar(
                    shares.index / BAR,
                    share,
                    width=shares.index * (BAR - 1 / BAR),
                    bottom=bottom,
                    align="edge",
                    color=colour,
                    hatch=hatch,
                    edgecolor=GUIDE,
                    lw=0.4,
                    label=label,
                )
                bottom = bottom + share
            found = (drawn["status"] == "orbit").groupby(drawn["s"]).mean()
            look = {"color": EXACT, "marker": "o", "ls": "none", "mfc": OPEN, "zorder": 3}
            axis.plot(found.index, found, **look, label="simulation finds an orbit")
            limits = drawn.drop_duplicates("seed")["scale_of_limit"].dropna()
            line = r"seeds' limits $C(U)\,2\pi = 2\pi$"
            axis.vlines(limits, 0, 1, color=BOUND, lw=0.4, label=line)
            axis.set_title(network_label(str(network)))
        for axis in panels[: len(networks)]:
            logarithmic_scale(axis)
            axis.set(
                xlim=(table["s"].min() / BAR**2, table["s"].max() * BAR**2), ylim=(-0.06, 1.06)
            )
            axis.label_outer()
        for row in axes:
            row[0].set_ylabel("fraction of seeds")
        figure.legend(**entries(panels[0]), loc="outside upper center", ncols=3)
    return figure
