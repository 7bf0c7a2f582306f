"""The paper's seed-dependent numbers over all seeds, with the paper's values marked."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from neural_spectra.figures.style import BLUE, RED, applied, panel_letters


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``seed_spread.csv``: columns quantity, network, seed, value, paper."""
    groups = list(table.groupby("quantity", sort=False))
    with applied(style):
        figure, axes = plt.subplots(1, len(groups), figsize=(style["double_column"], 2.8))
        for axis, (quantity, rows) in zip(axes, groups, strict=True):
            sns.boxplot(
                rows, y="value", ax=axis, color="white", linecolor="grey", width=0.5, fliersize=0
            )
            sns.stripplot(rows, y="value", ax=axis, color=BLUE, alpha=0.6, size=3, jitter=0.15)
            paper = rows["paper"].iloc[0]
            axis.axhline(paper, color=RED, ls="--", lw=1, label=f"paper: {paper:g}")
            axis.set(ylabel=quantity, xlabel=rows["network"].iloc[0])
            axis.legend(loc="best")
        panel_letters(axes)
    return figure
