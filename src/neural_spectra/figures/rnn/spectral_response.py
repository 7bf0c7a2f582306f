"""Fig. 4: amplitude spectra of the planar network at several frequencies of its matrix."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from neural_spectra.figures.rnn.paths_over_time import ACTIVATIONS, label
from neural_spectra.figures.style import Style, drawing, entries, line_of, mark_of

LOWEST = 1e-6  # further down lie only the window's side lobes and rounding


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``spectral_response.csv``.

    Its columns: activation, clip (NaN unless hardtanh), omega, frequency, amplitude,
    exact_frequency. Above the spectra stands a mark at each exact fundamental frequency.
    """
    panels = list(table.groupby(["activation", "clip"], sort=False, dropna=False))
    rows_of_panels = math.ceil(len(panels) / 2)
    with drawing(style, "double_column", 0.4 + 2.1 * rows_of_panels) as figure:
        grid = figure.subplots(rows_of_panels, 2, sharex=True, sharey=True, squeeze=False)
        axes = grid.flat[: len(panels)]
        for axis, (_, spectra) in zip(axes, panels, strict=True):
            _draw_spectra(axis, spectra, table["amplitude"].max())
        axes[0].set(yscale="log", xlim=(0, table["frequency"].max()))
        axes[0].set_ylim(bottom=LOWEST)
        axes[0].yaxis.set_major_locator(FixedLocator([1e-6, 1e-4, 1e-2, 1]))
        axes[0].yaxis.set_minor_locator(NullLocator())
        for unused in grid.flat[len(panels) :]:
            unused.remove()
        figure.supxlabel("frequency (Hz)", fontsize=style["font_size"])
        figure.supylabel("amplitude of $x$", fontsize=style["font_size"])
        figure.legend(**entries(axes[0]), loc="outside upper center", ncols=6)
    return figure


def _draw_spectra(axis: Axes, spectra: pd.DataFrame, highest: float) -> None:
    for k, (omega, rows) in enumerate(spectra.groupby("omega")):
        axis.plot(rows["frequency"], rows["amplitude"], lw=0.9, **line_of(k))
        # Each ω at a height of its own: with tanh the fundamentals lie side by side.
        exact, height = rows["exact_frequency"].iloc[0], highest * 3 ** (k + 1)
        look = mark_of(k) | line_of(k)
        axis.plot(exact, height, **look, label=rf"$\omega = {omega:g}$")
    first = spectra.iloc[0]
    level = "" if pd.isna(first["clip"]) else f", clip level $w_m = {first['clip']:g}$"
    axis.set_title(label(ACTIVATIONS, first["activation"]) + level)
