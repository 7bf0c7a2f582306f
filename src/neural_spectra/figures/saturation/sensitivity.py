"""How far the paper's numbers depend on choices that its text leaves open."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from neural_spectra.figures.style import BLUE, RED, applied, panel_letters


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``sensitivity.csv``: columns network, variant, seed, quantity, value, paper."""
    groups = list(table.groupby("quantity", sort=False))
    rows_of = max(rows["variant"].nunique() for _, rows in groups)
    with applied(style):
        figure, axes = plt.subplots(
            1, len(groups), figsize=(style["double_column"], 0.6 + 0.2 * rows_of)
        )
        for axis, (quantity, rows) in zip(axes, groups, strict=True):
            sns.stripplot(rows, y="variant", x="value", ax=axis, color=BLUE, size=3, alpha=0.7)
            axis.axvline(rows["paper"].iloc[0], color=RED, ls="--", lw=1)
            axis.set(xlabel=quantity, ylabel="")
        panel_letters(axes)
    return figure
