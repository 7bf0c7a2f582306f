"""Fig. 5: the refined bound between the Jacobian's norm and the original bound."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from neural_spectra.figures.style import BLUE, GREEN, RED, applied, panel_letters


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``refined_bound.csv``.

    Its columns: s, jacobian_norm, refined_bound, bound, improvement, improvement_sampled.
    """
    with applied(style):
        figure, (left, right) = plt.subplots(1, 2, figsize=(style["double_column"], 2.6))
        s = table["s"]
        left.plot(s, table["bound"], "--", color=RED, label="original bound $C$")
        left.plot(
            s, table["refined_bound"], "-.", color=GREEN, label=r"refined bound $\widetilde{C}$"
        )
        left.plot(s, table["jacobian_norm"], color=BLUE, label=r"$\|Df_s\|_2$")
        left.set(yscale="log", ylabel="Jacobian norm (1/time)")
        left.legend(loc="lower right")
        right.plot(s, table["improvement"], color=GREEN, label="certified")
        right.plot(s, table["improvement_sampled"], ":", color="black", label="sampled")
        right.axhline(9, color="grey", lw=0.8, ls="--")
        right.annotate(
            "paper, $s=30$", (s.iloc[0], 9), (0, 2), textcoords="offset points", color="grey"
        )
        right.set(ylabel=r"improvement $C / \widetilde{C}$", ylim=(0, None))
        right.legend(loc="lower right")
        for axis in (left, right):
            axis.set_xlabel("pre-activation scale $s$")
        panel_letters((left, right))
    return figure
