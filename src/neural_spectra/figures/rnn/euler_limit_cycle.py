"""Forward Euler with damping: its attracting cycle, and the damping at which that vanishes."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.rnn.paths_over_time import ACTIVATIONS, label
from neural_spectra.figures.style import (
    EXACT,
    GUIDE,
    Style,
    drawing,
    entries,
    few_ticks,
    mark_of,
    number,
)

THRESHOLD = r"$\gamma^* = (1 - \sqrt{1 - h^2\omega^2})/h$"
STARTS: dict[str, dict[str, Any]] = {"inside": {"ms": 6, "mfc": "none"}, "outside": {"ms": 2}}
NO_CYCLE: dict[str, Any] = {"marker": "x", "ls": "none", "color": GUIDE, "clip_on": False}
NO_CYCLE |= {"label": "no cycle found"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``euler_limit_cycle.csv``.

    Its columns: activation, omega, h, gamma, threshold, start, amplitude, seen. A panel for each
    omega and h; crosses for runs that found no cycle.
    """
    panels = list(table.groupby(["omega", "h"], sort=False))
    with drawing(style, "double_column", 2.7) as figure:
        axes = figure.subplots(1, len(panels), sharex=True, squeeze=False)[0]
        for axis, ((omega, step), rows) in zip(axes, panels, strict=True):
            for k, (activation, runs) in enumerate(rows.groupby("activation", sort=False)):
                _draw_cycles(axis, runs, label(ACTIVATIONS, str(activation)), k)
            resting = rows[~rows["seen"]]
            if len(resting):
                ratios = resting["gamma"] / resting["threshold"]
                axis.plot(ratios, resting["amplitude"], **NO_CYCLE)
            threshold = number(rows["threshold"].iloc[0], 3)
            axis.axvline(1, color=EXACT, lw=0.8, ls="--", label=THRESHOLD)
            axis.set_title(rf"$\omega = {omega:g}$, $h = {step:g}$")
            axis.set_xlabel(rf"damping $\gamma/\gamma^*$, $\gamma^* =$ {threshold}")
            axis.set_ylim(bottom=0)
            few_ticks(axis.yaxis)
        axes[0].set_ylabel(r"largest $\|x\|$ on the cycle")
        figure.legend(**entries(axes[0]), loc="outside upper center", ncols=3)
    return figure


def _draw_cycles(axis: Axes, runs: pd.DataFrame, activation: str, k: int) -> None:
    """Draw amplitudes: a small filled mark in a large open one where starts agree."""
    runs = runs.assign(ratio=runs["gamma"] / runs["threshold"])
    for start, look in STARTS.items():
        found = runs[runs["seen"] & (runs["start"] == start)]
        axis.plot(
            found["ratio"],
            found["amplitude"],
            **mark_of(k),
            **look,
            label=f"{activation}, from {start}",
        )
