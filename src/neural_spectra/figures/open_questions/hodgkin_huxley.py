"""The Hodgkin–Huxley neuron and networks fitted to it: potentials, exponents in nested windows."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    BOUND,
    COMPUTED,
    EXACT,
    PROVED,
    RANGE,
    Style,
    drawing,
    entries,
    legend_above,
    mark_of,
    pale,
    plain_numbers,
    saying,
    ticks_at,
)

# Exponents are 0 and some, windows go to hundreds.
LINEAR_BELOW = 0.1
WINDOWS = (
    ("$\\pm C$", RANGE, "bound", "bound"),
    ("$\\pm\\widetilde{C}$", pale(BOUND), "refined_bound", "refined_bound"),
    ("logarithmic norm (ours)", pale(PROVED), "window_lower", "window_upper"),
)


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``hodgkin_huxley.csv``, of its first current: potentials, exponents and windows."""
    table = table[table["current"] == table["current"].iloc[0]]
    multipliers = table[table["kind"] == "multiplier"]
    if not (multipliers["status"] == "orbit").any():
        return saying(style, "The neuron has no cycle under this current.")
    with drawing(style, "double_column", 4.4) as figure:
        grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.3))
        _draw_potentials(figure.add_subplot(grid[0, 0]), table[table["kind"] == "potential"])
        _draw_errors(figure.add_subplot(grid[1, 0]), multipliers[multipliers["index"] > 1])
        windows = figure.add_subplot(grid[:, 1])
        _draw_windows(windows, multipliers)
        figure.legend(**entries(windows), loc="outside upper center", ncols=5)
    return figure


def _draw_potentials(axis: Axes, rows: pd.DataFrame) -> None:
    looks: dict[str, dict[str, Any]] = {
        "network": {"color": COMPUTED, "lw": 0.6, "alpha": 0.7},
        "neuron": {"color": EXACT, "lw": 1, "ls": (0, (3, 3))},
    }
    for source, look in looks.items():
        of_source = rows[rows["source"] == source]
        for k, (_, path) in enumerate(of_source.groupby("seed")):
            axis.plot(path["time"], path["potential"], **look, label=source if k == 0 else None)
    axis.set(xlabel="time (ms)", ylabel="$V$ (mV)")
    axis.legend()


def _draw_errors(axis: Axes, rows: pd.DataFrame) -> None:
    """Draw how far each exponent of each network is from the neuron's."""
    for k, (index, of_one) in enumerate(rows[rows["source"] == "network"].groupby("index")):
        axis.plot(
            of_one["seed"], of_one["relative_error"], **mark_of(k), label=f"$\\lambda_{index}$"
        )
    axis.axhline(0.01, color=EXACT, lw=0.8, ls=":")
    axis.set(yscale="log", xlabel="network (seed)", ylabel="relative error")
    ticks_at(axis.xaxis, sorted(rows["seed"].unique()))
    plain_numbers(axis.yaxis)
    legend_above(axis)


def _draw_windows(axis: Axes, rows: pd.DataFrame) -> None:
    columns = [("neuron", 0), *(("network", seed) for seed in sorted(rows["seed"].unique()))]
    for place, (source, seed) in enumerate(columns):
        one = rows[(rows["source"] == source) & (rows["seed"] == seed)]
        if one.empty:
            continue
        first = one.iloc[0]
        for width, (label, colour, lower, upper) in zip((0.9, 0.7, 0.5), WINDOWS, strict=True):
            low = -first[lower] if lower == upper else first[lower]
            axis.bar(place, first[upper] - low, width, low, color=colour, label=label)
        if source == "neuron":
            sampled = first["window_upper_sampled"] - first["window_lower_sampled"]
            axis.bar(place, sampled, 0.5, first["window_lower_sampled"], fill=False, ec=PROVED)
        colour = EXACT if source == "neuron" else COMPUTED
        look: dict[str, Any] = {"color": colour, "marker": "_", "ms": 9, "mew": 1.4, "ls": "none"}
        axis.plot([place] * len(one), one["exponent"], **look, label=source)
    axis.set_yscale("symlog", linthresh=LINEAR_BELOW)
    farthest = 1.5 * float(rows[["bound", "window_upper_sampled"]].max().max())
    axis.set_ylim(-farthest, farthest)
    axis.set(xlabel="network (seed)", ylabel="exponent $\\ln|\\mu|/T$ (1/ms)")
    axis.set_xticks(range(len(columns)), ["neuron", *(str(seed) for _, seed in columns[1:])])
    axis.grid(visible=False, axis="x")
