"""Fig. 5: forward Euler's growing output at several network sizes, and its spectrogram."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from neural_spectra.figures.style import COMPUTED, IN_ORDER, Style, drawing, number

DECADES = 6  # of power that the colours show


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``euler_instability.csv``.

    Its columns: kind (signal or spectrogram), n, t, frequency (NaN for a signal), value. Above the
    output against time, below its power over time and frequency; rows of panels share their axes.
    """
    power = table[table["kind"] == "spectrogram"]
    highest = power["value"].max()
    colours = LogNorm(highest / 10**DECADES, highest, clip=True)
    sizes, powers = table["n"].unique(), []
    cells: dict[str, Any] = {"shading": "nearest", "rasterized": True}
    with drawing(style, "double_column", 3.9) as figure:
        grid = figure.subplots(2, len(sizes), sharex=True, sharey="row", squeeze=False)
        for n, output, spectrum in zip(sizes, *grid, strict=True):
            rows = table[table["n"] == n]
            signal = rows[rows["kind"] == "signal"]
            output.plot(signal["t"], signal["value"], color=COMPUTED, lw=0.7)
            powers.append((signal["value"] ** 2).mean())
            output.set_title(rf"$n = {n}$: power {number(powers[-1])}")
            image = rows[rows["kind"] == "spectrogram"].pivot(
                index="frequency", columns="t", values="value"
            )
            mesh = spectrum.pcolormesh(
                image.columns, image.index, image, norm=colours, cmap=IN_ORDER, **cells
            )
            spectrum.set_xlabel("time (s)")
            spectrum.grid(visible=False)
        grid[0, 0].set_ylabel("output $x_1$")
        grid[1, 0].set_ylabel("frequency (Hz)")
        # Above this frequency all power is less than the colours show.
        grid[1, 0].set_ylim(0, power.loc[power["value"] > colours.vmin, "frequency"].max())
        figure.colorbar(mesh, ax=grid[1], label="power", extend="min", pad=0.01)
        change = "falls" if powers[-1] < powers[0] else "rises"
        figure.suptitle(
            f"In this setting the response of the output, its power, {change} with $n$;\n"
            "the paper's caption says that it rises.",
            fontsize=style["font_size"],
        )
    return figure
