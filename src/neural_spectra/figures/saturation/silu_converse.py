"""The converse: which networks hold an attracting limit cycle of their own as s grows."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from neural_spectra.figures.style import COLOURS, LINES, MARKERS, applied, panel_letters


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``silu_converse.csv``: columns network, seed, s, status, ln_modulus, period."""
    with applied(style):
        figure, (left, right) = plt.subplots(1, 2, figsize=(style["double_column"], 3.0))
        for k, (network, rows) in enumerate(table.groupby("network")):
            share = rows["status"].eq("orbit").groupby(rows["s"]).mean()
            look = {"color": COLOURS[k], "linestyle": LINES[k], "marker": MARKERS[k]}
            left.plot(share.index, share, label=network, **look)
            for _, path in rows[rows["status"] == "orbit"].groupby("seed"):
                right.plot(path["s"], path["ln_modulus"], **look)
        left.set(ylabel="fraction of seeds with an own orbit", ylim=(-0.05, 1.05))
        right.set(ylabel=r"transverse multiplier $\ln|\mu_2|$ of the own orbit")
        for axis in (left, right):
            axis.set(xlabel="pre-activation scale $s$", xscale="log")
        figure.legend(loc="outside upper center", ncols=4)
        panel_letters((left, right))
    return figure
