"""The eigenvalues of the matrix of a user's recurrent network."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import EXACT, Style, drawing, few_ticks, mark_of

_WIDTH = 0.25  # of the strip around the imaginary axis, at least, as a share of its length


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``skew_spectrum.csv``: real, imag. Skew-symmetric matrices have them on the axis."""
    with drawing(style, "single_column", 2.8) as figure:
        axis = figure.subplots()
        axis.axvline(0, color=EXACT, lw=0.8, ls="--")
        axis.plot(table["real"], table["imag"], **mark_of(0))
        most = float(np.abs(table.to_numpy()).max()) or 1.0
        width = max(float(table["real"].abs().max()) * 1.2, _WIDTH * most)
        axis.set(xlim=(-width, width), ylim=(-1.15 * most, 1.15 * most))
        axis.set(xlabel=r"$\mathrm{Re}\,\lambda$", ylabel=r"$\mathrm{Im}\,\lambda$")
        axis.set_title("eigenvalues of $A$")
        few_ticks(axis.xaxis, axis.yaxis)
    return figure
