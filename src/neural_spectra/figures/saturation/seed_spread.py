"""The paper's seed-dependent numbers over all seeds, with the paper's values marked."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from neural_spectra.figures.saturation.agreement import draw_agreement
from neural_spectra.figures.style import (
    COMPUTED,
    GUIDE,
    Style,
    drawing,
    entries,
    network_label,
    plain_numbers,
    quantity_label,
)


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``seed_spread.csv``.

    Its columns: quantity, network, seed, value, paper, lowest, highest, axis.
    """
    groups = list(table.groupby("quantity", sort=False))
    thin = {"color": GUIDE, "lw": 0.8}
    with drawing(style, "double_column", 2.9) as figure:
        axes = figure.subplots(1, len(groups), squeeze=False)[0]
        for axis, (quantity, rows) in zip(axes, groups, strict=True):
            first = rows.iloc[0]
            draw_agreement(axis, rows)
            sns.swarmplot(y=rows["value"], ax=axis, color=COMPUTED, size=3, legend=False)
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
            axis.set(ylabel=quantity_label(str(quantity)), xlabel=network_label(first["network"]))
            axis.set(xlim=(-0.6, 0.6), xticks=[])
            plain_numbers(axis.yaxis)
        explained = entries(*axes)
        if explained["labels"]:
            figure.legend(**explained, loc="outside upper center", ncols=2)
    return figure
