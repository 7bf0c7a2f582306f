"""Orbits of a user's recurrent network from starts of several sizes, and what becomes of E."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from neural_spectra.figures.own.map_panels import coordinate_label
from neural_spectra.figures.style import Style, drawing, entries, few_ticks, line_of, number

_SMALL, _LARGE = 1e-3, 1e4
_STILL = 1e-9  # changes of E below this are the solver's


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``skew_orbits.csv``: size, t, x, y, energy, x_label, y_label."""
    labels = table[["x_label", "y_label"]].iloc[0]
    with drawing(style, "double_column", 2.9) as figure:
        plane, time, energy = figure.subplots(1, 3)
        for k, (size, orbit) in enumerate(table.groupby("size", sort=False)):
            look = line_of(k) | {"label": f"arguments of size {size:g}", "lw": 0.9}
            plane.plot(orbit["x"], orbit["y"], **look)
            plane.plot(orbit["x"].head(1), orbit["y"].head(1), "o", ms=3, color=look["color"])
            time.plot(orbit["t"], orbit["x"], **look)
            energy.plot(orbit["t"], orbit["energy"], **look)
        plane.set(xlabel=coordinate_label(labels["x_label"]))
        plane.set(ylabel=coordinate_label(labels["y_label"]))
        time.set(xlabel="time $t$", ylabel=coordinate_label(labels["x_label"]))
        energy.set(xlabel="time $t$", ylabel="relative change of $E$")
        most = float(np.abs(table["energy"]).max())
        if most <= _STILL:
            energy.set_ylim(-_STILL, _STILL)
        for axis in (plane, time, energy):
            for along in (axis.xaxis, axis.yaxis):
                few_ticks(along, most=4)
                _written_out(along)
        figure.legend(**entries(time), loc="outside lower center", ncols=3)
    return figure


def _written_out(axis: Axis) -> None:
    """Write large and small numbers out at each tick: a factor in the corner is overlooked."""
    most = np.abs(axis.get_view_interval()).max()
    if not _SMALL <= most < _LARGE:
        axis.set_major_formatter(lambda value, _: number(value))
