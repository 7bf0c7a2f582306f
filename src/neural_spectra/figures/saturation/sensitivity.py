"""How far the paper's numbers depend on choices that its text leaves open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.saturation.agreement import draw_agreement
from neural_spectra.figures.style import (
    COMPUTED,
    RANGE,
    Style,
    drawing,
    entries,
    network_label,
    plain_numbers,
    quantity_label,
)


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``sensitivity.csv``.

    Its columns: network, variant, seed, quantity, value, paper, lowest, highest, axis.
    A row of panels for each network, a panel for each quantity, a row of marks for each variant;
    a row is grey where the variant has no such quantity.
    """
    networks = dict(list(table.groupby("network", sort=False)))
    quantities = table["quantity"].unique()
    variants = {name: _ordered(rows["variant"].unique()) for name, rows in networks.items()}
    counts = [len(names) for names in variants.values()]
    with drawing(style, "double_column", 0.7 * len(counts) + 0.15 * sum(counts)) as figure:
        shape = len(networks), len(quantities)
        grid = figure.subplots(*shape, sharey="row", squeeze=False, height_ratios=counts)
        for axes, (network, rows) in zip(grid, networks.items(), strict=True):
            names = variants[network]
            for axis, quantity in zip(axes, quantities, strict=True):
                _draw_panel(axis, rows[rows["quantity"] == quantity], names)
                axis.set_xlabel(quantity_label(quantity))
            axes[0].set_yticks(range(len(names)), [_label(name) for name in names])
            axes[0].set_ylim(len(names) - 0.5, -0.5)
            axes[-1].set_title(network_label(str(network)), loc="right")
        figure.legend(**entries(*grid.flat), loc="outside upper center", ncols=3)
    return figure


def _draw_panel(axis: Axes, rows: pd.DataFrame, variants: list[str]) -> None:
    heights = rows["variant"].map(variants.index)
    look: dict[str, Any] = {"color": COMPUTED, "mfc": "none", "ms": 3.5, "mew": 0.8}
    draw_agreement(axis, rows, across="x")
    axis.plot(rows["value"], heights, "o", label="one seed", **look)
    for height in set(range(len(variants))) - set(heights):
        axis.axhspan(height - 0.5, height + 0.5, color=RANGE, lw=0)
    if rows["value"].max() > 10 * rows["value"].min():
        axis.set_xscale("log")
    if axis.get_xscale() == "linear":
        axis.xaxis.set_major_locator(MaxNLocator(2 if rows["value"].max() < 1e-3 else 4))
    plain_numbers(axis.xaxis)


def _ordered(variants: Iterable[str]) -> list[str]:
    """Put what changes the network first, then what changes the set U or its cover."""
    return sorted(variants, key=lambda name: ", " in name)


def _label(variant: str) -> str:
    _, _, choice = variant.rpartition(", ")
    if choice == variant:
        return variant
    kind = "cover" if choice.endswith(("cell", "cells")) else "$U$"
    return f"{kind}: {choice.replace('_', ' ')}"
