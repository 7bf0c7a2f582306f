"""Fig. 4: amplitude spectra of the planar network at several frequencies of its matrix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.rnn.paths_over_time import ACTIVATIONS, label
from neural_spectra.figures.style import EXACT, Style, drawing, entries, in_order

DECADES = 6  # of the amplitude; further down lie only the window's side lobes and rounding
LANE = 0.75  # of the distance between two frequencies, taken up by all decades
MARK: dict[str, Any] = {"marker": "v", "ms": 4, "ls": "none", "color": EXACT}
MARK |= {"label": "exact fundamental frequency"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``spectral_response.csv``.

    Its columns: activation, clip (NaN unless hardtanh), omega, frequency, amplitude,
    exact_frequency. Each ω has a lane of its own, in which the amplitude is logarithmic.
    """
    panels = list(table.groupby(["activation", "clip"], sort=False, dropna=False))
    omegas = sorted(table["omega"].unique())
    rows_of_panels = math.ceil(len(panels) / 2)
    height = 0.6 + (0.6 + 0.3 * len(omegas)) * rows_of_panels
    with drawing(style, "double_column", height) as figure:
        grid = figure.subplots(rows_of_panels, 2, sharex=True, sharey=True, squeeze=False)
        axes = grid.flat[: len(panels)]
        for axis, (_, spectra) in zip(axes, panels, strict=True):
            for k, omega in enumerate(omegas):
                rows = spectra[spectra["omega"] == omega]
                _draw_lane(axis, rows, k, in_order(k, len(omegas))["color"])
            first = spectra.iloc[0]
            level = "" if pd.isna(first["clip"]) else f", clip level $w_m = {first['clip']:g}$"
            axis.set_title(label(ACTIVATIONS, first["activation"]) + level)
            axis.grid(visible=False, axis="y")
        axes[0].set(xlim=(0, table["frequency"].max()), ylim=(-0.1, len(omegas) + 0.1))
        axes[0].set_yticks(range(len(omegas)), [f"{omega:g}" for omega in omegas])
        for unused in grid.flat[len(panels) :]:
            unused.remove()
        figure.supxlabel("frequency (Hz)", fontsize=style["font_size"])
        lanes = rf"$\omega$; above each the amplitude of $x$, from $10^{{-{DECADES}}}$ to 1"
        figure.supylabel(lanes, fontsize=style["font_size"])
        figure.legend(**entries(axes[0]), loc="outside upper center")
    return figure


def _draw_lane(axis: Axes, rows: pd.DataFrame, k: int, colour: str) -> None:
    """Draw a spectrum in the k-th lane, with a mark at its exact fundamental frequency."""
    amplitude = rows["amplitude"].clip(lower=10.0**-DECADES)
    height = k + LANE * (1 + np.log10(amplitude) / DECADES)
    axis.fill_between(rows["frequency"], k, height, color=colour, alpha=0.3, lw=0)
    axis.plot(rows["frequency"], height, color=colour, lw=0.8)
    axis.plot(rows["exact_frequency"].iloc[0], k + LANE + 0.1, **MARK)
