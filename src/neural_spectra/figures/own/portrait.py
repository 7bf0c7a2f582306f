"""What the network does."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import Style, drawing


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw it."""
    with drawing(style, "single_column", 2.0) as figure:
        axis = figure.add_subplot()
        axis.plot(table["x_1"], table["f_1"])
    return figure
