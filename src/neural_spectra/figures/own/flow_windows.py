"""What bounds leave possible for multipliers and exponents, and what was found."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from neural_spectra.figures.style import BOUND, EXACT, PROVED, Style, drawing, saying

# From the widest to the narrowest, as a rule.
WINDOWS = {
    "C": (BOUND, r"$\pm C$"),
    "refined": (BOUND, r"$\pm\widetilde{C}$"),
    "jacobian": (PROVED, r"$\pm\sup\,\|Df\|$"),
    "logarithmic norm": (PROVED, "log. norms on $U$"),
    "logarithmic norm along": (PROVED, "log. norms along it"),
}
MOST = 4
NEGLIGIBLE = 1e-6  # beside the largest found: a multiplier of 1 is known to rounding only


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``flow_windows.csv``: columns orbit, of, what, lower, upper. A panel an orbit."""
    if table.empty:
        return saying(style, "There is nothing to hold against bounds.")
    groups = list(table.groupby(["orbit", "of"], sort=False))[:MOST]
    heights = [1 + rows["what"].nunique() for _, rows in groups]
    with drawing(style, "single_column", 0.45 * len(groups) + 0.22 * sum(heights)) as figure:
        axes = figure.subplots(len(groups), 1, squeeze=False, height_ratios=heights)[:, 0]
        for axis, ((orbit, of), rows) in zip(axes, groups, strict=True):
            _draw_windows(axis, rows)
            rates = of == "exponents"
            axis.set_xlabel("exponents" if rates else rf"$\ln|\mu|$ of a turn, orbit {orbit}")
    return figure


def _draw_windows(axis: Axes, rows: pd.DataFrame) -> None:
    found = rows.loc[rows["what"] == "found", "lower"].dropna()
    bars = [name for name in WINDOWS if (rows["what"] == name).any()]
    for height, name in enumerate(bars):
        bar = rows[rows["what"] == name].iloc[0]
        axis.barh(
            height,
            bar["upper"] - bar["lower"],
            left=bar["lower"],
            height=0.7,
            color=WINDOWS[name][0],
        )
    axis.plot(found, [len(bars)] * len(found), "k|", ms=8, mew=1.5)
    for value in found:
        axis.axvline(value, color=EXACT, lw=0.5, ls=":")
    # Over a turn a rate counts T times.
    turn = r"\,T$" if (rows["of"] == "multipliers").all() else "$"
    labels = [WINDOWS[name][1] for name in bars]
    labels = [f"{text[:-1]}{turn}" if text.startswith(r"$\pm") else text for text in labels]
    labels.append("found")
    axis.set_yticks(range(len(labels)), labels)
    axis.set_ylim(len(labels) - 0.5, -0.5)
    threshold = _smallest(found)
    axis.set_xscale("symlog", linthresh=threshold)
    ends = max(rows[["lower", "upper"]].abs().max().max(), 2 * threshold)
    first, last = math.floor(math.log10(threshold)), math.ceil(math.log10(ends))
    step = max(1, -(-(last - first) // 3))
    # The lowest power would stand too near to 0.
    powers = [10.0**k for k in range(last, first, -step)]
    axis.set_xticks([*(-power for power in powers), 0, *powers])
    axis.xaxis.set_minor_locator(NullLocator())
    axis.grid(visible=False, axis="y")


def _smallest(found: pd.Series) -> float:
    """Return the power of ten below which the axis is linear: below all that is not 0."""
    sizes = found.abs()
    counting = sizes[sizes > NEGLIGIBLE * max(sizes.max(), 1.0)] if len(sizes) else sizes
    return 10.0 ** math.floor(math.log10(counting.min())) if len(counting) else 1.0
