"""Saturation slows the clock: the same orbit and multipliers while δ, C and the speed vanish."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    BOUND,
    COLOURS,
    COMPUTED,
    EXACT,
    Style,
    drawing,
    entries,
    in_order,
)

PORTRAITS = 3
COLUMNS: dict[str, dict[str, Any]] = {
    "delta": {"color": COLOURS[1], "ls": "-.", "marker": "^", "label": r"$\delta$"},
    "bound": {"color": BOUND, "ls": "--", "marker": "s", "label": "$C$"},
    "period": {"color": COMPUTED, "ls": "-", "marker": "o", "label": "$T$"},
}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``slow_clock.csv``: m, delta, bound, period, bound_period, ln_det, x, y."""
    with drawing(style, "double_column", 2.9) as figure:
        portrait, collapse, kept = figure.subplots(1, 3)
        orbits = table.drop_duplicates("m").sort_values("m")
        middle = [len(orbits) * k // (2 * PORTRAITS) for k in range(1, 2 * PORTRAITS, 2)]
        for k, place in enumerate(middle):
            points = table[table["m"] == orbits["m"].iloc[place]]
            closed = pd.concat([points, points.head(1)])
            look = in_order(k, PORTRAITS) | {"lw": 3 - k}
            portrait.plot(closed["x"], closed["y"], **look, label=f"$m = {points['m'].iloc[0]:g}$")
        portrait.set(xlabel="$x$", ylabel="$y$", aspect="equal")
        portrait.legend(**entries(portrait), loc="center")

        for column, look in COLUMNS.items():
            collapse.plot(orbits["m"], orbits[column], **look)
        collapse.set(xlabel="bias shift $m$", yscale="log")
        collapse.legend(**entries(collapse))

        kept.plot(orbits["m"], orbits["bound_period"], "--s", color=BOUND, label=r"$C\,T$")
        kept.plot(orbits["m"], -orbits["ln_det"], "-o", color=COMPUTED, label=r"$-\ln\det M$")
        kept.axhline(4 * math.pi, color=EXACT, lw=1, ls=":", label=r"$4\pi$")
        kept.set(xlabel="bias shift $m$", yscale="log")
        kept.legend(**entries(kept))
    return figure
