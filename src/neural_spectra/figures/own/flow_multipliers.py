"""The Floquet multipliers of closed orbits, by angle and logarithm of the modulus."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from neural_spectra.figures.style import COLOURS, EXACT, MARKERS, Style, drawing, entries, saying

NEGLIGIBLE = 1e-6
MEANING = {"yes": "attracts", "no": "repels", "neutral": "neutral"}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``flow_multipliers.csv``.

    Its columns: orbit, attracting, index, method, ln_modulus, angle, error_estimate.
    """
    known = table.dropna(subset=["ln_modulus"]) if len(table) else table
    if known.empty:
        return saying(style, "There is no closed orbit.")
    sizes = known["ln_modulus"].abs()
    counting = sizes[sizes > NEGLIGIBLE * max(sizes.max(), 1.0)]
    threshold = 10.0 ** math.floor(math.log10(counting.min())) if len(counting) else 1.0
    with drawing(style, "single_column", 2.6) as figure:
        axis = figure.subplots()
        axis.axhline(0, color=EXACT, lw=0.6)
        for k, (orbit, rows) in enumerate(known.groupby("orbit")):
            meaning = MEANING[str(rows["attracting"].iloc[0])]
            axis.errorbar(
                rows["angle"] / math.pi,
                rows["ln_modulus"],
                yerr=rows["error_estimate"],
                color=COLOURS[k % len(COLOURS)],
                marker=MARKERS[k % len(MARKERS)],
                mfc="none",
                ms=5,
                ls="none",
                label=f"orbit {orbit}: {meaning}",
            )
        axis.set_yscale("symlog", linthresh=threshold)
        top = max(sizes.max(), threshold)
        first, last = math.floor(math.log10(threshold)), math.ceil(math.log10(top) + 0.1)
        step = max(1, -(-(last - first) // 3))
        powers = [10.0**k for k in range(last, first - 1, -step)]
        axis.set_yticks([*(-power for power in powers), 0, *powers])
        axis.yaxis.set_minor_locator(NullLocator())
        low, high = known["ln_modulus"].min(), known["ln_modulus"].max()
        axis.set_ylim(2 * min(low, -threshold), 2 * max(high, threshold))
        axis.set_xlim(-1.1, 1.1)
        axis.set_xticks([-1, -0.5, 0, 0.5, 1], [r"$-\pi$", r"$-\pi/2$", "0", r"$\pi/2$", r"$\pi$"])
        axis.set(xlabel=r"angle of $\mu$", ylabel=r"$\ln|\mu|$")
        figure.legend(**entries(axis), loc="outside upper center", ncols=2)
    return figure
