"""Fig. 5: forward Euler's growing output at several network sizes, and its spectrogram."""

from __future__ import annotations

import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from neural_spectra.figures.style import BLUE, Style, drawing

DECADES = 6  # of power that the colours show


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``euler_instability.csv``.

    Its columns: kind (signal or spectrogram), n, t, frequency (NaN for a signal), value. Above the
    output against time, below its power over time and frequency; rows of panels share their axes.
    """
    power = table[table["kind"] == "spectrogram"]
    highest = power["value"].max()
    colours = LogNorm(highest / 10**DECADES, highest, clip=True)
    sizes = table["n"].unique()
    with drawing(style, "double_column", 3.6) as figure:
        grid = figure.subplots(2, len(sizes), sharex=True, sharey="row", squeeze=False)
        for n, output, spectrum in zip(sizes, *grid, strict=True):
            rows = table[table["n"] == n]
            signal = rows[rows["kind"] == "signal"]
            output.plot(signal["t"], signal["value"], color=BLUE, lw=0.7)
            output.set_title(f"$n = {n}$")
            image = rows[rows["kind"] == "spectrogram"].pivot(
                index="frequency", columns="t", values="value"
            )
            mesh = spectrum.pcolormesh(
                image.columns, image.index, image, norm=colours, shading="nearest", rasterized=True
            )
            spectrum.set_xlabel("time (s)")
            spectrum.grid(visible=False)
        grid[0, 0].set_ylabel("output $x_1$")
        grid[1, 0].set_ylabel("frequency (Hz)")
        # Above this frequency all power is less than the colours show.
        grid[1, 0].set_ylim(0, power.loc[power["value"] > colours.vmin, "frequency"].max())
        figure.colorbar(mesh, ax=grid[1], label="power", extend="min", pad=0.01)
    return figure
