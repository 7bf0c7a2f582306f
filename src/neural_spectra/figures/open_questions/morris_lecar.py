"""Networks trained on Morris–Lecar neurons: their runs, errors, cycles, bounds and slopes."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    BOUND,
    EXACT,
    MARKERS,
    Style,
    drawing,
    entries,
    few_ticks,
    line_of,
    pale,
)

TITLES = {"homoclinic": "“homoclinic”"}
DASHES: tuple[Any, ...] = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (4, 1, 1, 1)))
# Of the runs only the networks that the papers are about are shown, and only these have a cloud.
FIRST = 0
EXPLODED = 1e6


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``morris_lecar.csv``: a column of panels for each set."""
    sets = list(dict.fromkeys(table["set"]))
    networks = table[table["shows"] == "network"]
    with drawing(style, "double_column", 7.0) as figure:
        axes = figure.subplots(4, len(sets), sharey="row", squeeze=False)
        for column, name in enumerate(sets):
            runs, errors, contraction, slopes = axes[:, column]
            _draw_runs(runs, table[(table["set"] == name) & (table["shows"] != "network")])
            rows = networks[networks["set"] == name]
            _draw_medians(errors, rows.assign(shown=rows["mse_potential"].fillna(EXPLODED)))
            _draw_contraction(contraction, rows)
            _draw_medians(slopes, rows.assign(shown=rows["mean_slope"]))
            runs.set_title(TITLES.get(name, name))
            runs.set_xlabel("time (ms)")
            few_ticks(runs.xaxis, most=4)
            errors.set(yscale="log", ylim=(0.1, EXPLODED))
            contraction.set_yscale("log")
            for axis in (errors, contraction, slopes):
                axis.set_xscale("symlog", linthresh=10)
                axis.sharex(errors)
            slopes.set_xlabel("steps")
        labels = (
            "$V$ (mV)",
            "mean squared\nerror of $V$ (mV²)",
            r"$|\ln\,\det M|$, $C\,T$",
            "mean slope",
        )
        for axis, label in zip(axes[:, 0], labels, strict=True):
            axis.set_ylabel(label)
        handles = entries(axes[0, 0], axes[1, 0], axes[2, 0])
        figure.legend(**handles, loc="outside upper center", ncols=3)
    return figure


def _draw_runs(axis: Axes, rows: pd.DataFrame) -> None:
    data = rows[rows["shows"] == "data"]
    data = data[data["protocol"] == data["protocol"].iloc[-1]]
    axis.plot(data["time"], data["potential"], color=EXACT, lw=2.4, alpha=0.35, label="neuron")
    runs = rows[rows["shows"] == "run"]
    runs = runs[runs["network"] == runs["network"].iloc[FIRST]]
    lowest, highest = data["potential"].min(), data["potential"].max()
    span = highest - lowest
    for k, (_, run) in enumerate(runs.groupby("protocol", sort=False)):
        look = {"color": line_of(FIRST)["color"], "ls": DASHES[k]}
        axis.plot(run["time"], run["potential"].clip(lowest - span / 2, highest + span / 2), **look)


def _draw_medians(axis: Axes, rows: pd.DataFrame) -> None:
    """Draw ``shown`` over the steps: a colour for each kind of network, dashes for a protocol."""
    for k, (network, of_network) in enumerate(rows.groupby("network", sort=False)):
        for dashes, (protocol, of_both) in zip(
            DASHES, of_network.groupby("protocol", sort=False), strict=False
        ):
            colour = line_of(k)["color"]
            spread = of_both.groupby("step")["shown"]
            middle = spread.median()
            if k == FIRST:
                ends = spread.min(), spread.max()
                axis.fill_between(middle.index, *ends, color=pale(colour), lw=0)
            look = {"color": colour, "marker": MARKERS[k], "ms": 3, "ls": dashes}
            label = f"{network}, {protocol}".replace("_", " ")
            axis.plot(middle.index, middle, **look, label=label)


def _draw_contraction(axis: Axes, rows: pd.DataFrame) -> None:
    """Draw the cycles of the first kind of network, the neuron's own, and how far C T reaches."""
    first = rows[rows["network"] == rows["network"].iloc[FIRST]]
    target = first["target_ln_det"].abs().iloc[0]
    if pd.isna(target):
        axis.text(
            0.5, 0.5, "no cycle\nto bound", transform=axis.transAxes, ha="center", va="center"
        )
    else:
        axis.axhline(target, color=EXACT, lw=1, label="the neuron's own cycle")
    for dashes, (_, of_protocol) in zip(
        DASHES, first.groupby("protocol", sort=False), strict=False
    ):
        reach = (of_protocol["bound_over_target"] * target).groupby(of_protocol["step"]).median()
        axis.plot(reach.index, reach, color=BOUND, ls=dashes, marker="x", ms=3, label="$C\\,T$")
    cycles = first.dropna(subset="ln_det")
    look = {"color": line_of(FIRST)["color"], "marker": MARKERS[FIRST], "ms": 3, "ls": "none"}
    axis.plot(
        cycles["step"],
        cycles["ln_det"].abs(),
        **look,
        label="cycles of the tanh networks",
        mfc="none",
    )
