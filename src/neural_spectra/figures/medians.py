"""Medians over replicates, with bands from the lowest of them to the highest."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes


def draw_medians(
    axis: Axes,
    rows: pd.DataFrame,
    along: str,
    quantity: str,
    look: dict[str, Any],
    alpha: float = 0.2,
) -> None:
    """Draw the median of the rows that share a place along the axis, and their range behind it.

    Parameters
    ----------
    along, quantity
        The columns that lie along the axis and across it.
    look
        Of the line and its marks, with the label.
    alpha
        Of the range, which has the line's colour.
    """
    spread = rows.groupby(along)[quantity]
    middle = spread.median()
    band = {"color": look["color"], "alpha": alpha, "lw": 0}
    axis.fill_between(middle.index, spread.min(), spread.max(), **band)
    axis.plot(middle.index, middle, **look)
