"""Fig. 1: the Jacobian's norm under its bound, and the bound's two factors."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from neural_spectra.figures.style import BLUE, GREEN, PURPLE, RED, applied, panel_letters


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``attenuation.csv``: columns s, jacobian_norm, bound, weight_factor, delta."""
    with applied(style):
        figure, (left, right) = plt.subplots(1, 2, figsize=(style["double_column"], 2.6))
        s = table["s"]
        left.fill_between(s, table["jacobian_norm"], table["bound"], color=RED, alpha=0.15, lw=0)
        left.plot(s, table["bound"], "--", color=RED, label=r"bound $C_W(s)\,\delta(s)$")
        left.plot(s, table["jacobian_norm"], color=BLUE, label=r"$\|Df_s\|_2$, largest on $U$")
        left.set(ylabel="Jacobian norm (1/time)", yscale="log")
        right.plot(s, table["weight_factor"], color=PURPLE, label=r"weight factor $C_W(s)$")
        right.plot(s, table["delta"], "-.", color=GREEN, label=r"saturation $\delta(s)$")
        right.plot(s, table["bound"], "--", color=RED, label=r"product $C_W(s)\,\delta(s)$")
        right.set(ylabel="factor", yscale="log")
        for axis in (left, right):
            axis.set(xlabel="pre-activation scale $s$")
            axis.legend(loc="upper right" if axis is left else "lower left")
        panel_letters((left, right))
    return figure
