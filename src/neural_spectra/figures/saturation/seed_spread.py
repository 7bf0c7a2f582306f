"""The paper's seed-dependent numbers over all seeds, with the paper's values marked."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    BLUE,
    RED,
    drawing,
    legend_above,
    network_label,
    number,
    plain_numbers,
    quantity_label,
)


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``seed_spread.csv``: columns quantity, network, seed, value, paper."""
    groups = list(table.groupby("quantity", sort=False))
    thin = {"color": "#777777", "lw": 0.8}
    with drawing(style, "double_column", 2.9) as figure:
        axes = figure.subplots(1, len(groups), squeeze=False)[0]
        for axis, (quantity, rows) in zip(axes, groups, strict=True):
            first, paper = rows.iloc[0], rows["paper"].iloc[0]
            sns.swarmplot(y=rows["value"], ax=axis, color=BLUE, size=3)
            axis.boxplot(
                rows["value"],
                positions=[0],
                widths=0.6,
                showfliers=False,
                boxprops=thin,
                whiskerprops=thin,
                capprops=thin,
                medianprops=thin | {"lw": 1.5},
            )
            if pd.notna(paper):
                axis.axhline(paper, color=RED, ls="--", label=f"paper: {number(paper)}")
            axis.set(ylabel=quantity_label(str(quantity)), xlabel=network_label(first["network"]))
            axis.set(xlim=(-0.6, 0.6), xticks=[])
            plain_numbers(axis.yaxis)
            legend_above(axis)
    return figure
