"""The converse: which networks hold an attracting limit cycle of their own as s grows."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    COLOURS,
    EXACT,
    GUIDE,
    LINES,
    MARKERS,
    Style,
    drawing,
    entries,
    legend_above,
    logarithmic_scale,
    multiple_of_pi,
    network_label,
    network_places,
)

ASIDE = 1.12  # between networks at one s, as a factor; their seeds lie between
NO_ORBIT: dict[str, dict[str, Any]] = {
    "equilibrium": {"marker": ".", "ms": 2.5, "color": GUIDE},
    "diverged": {"marker": "+", "ms": 4, "color": GUIDE},
    "undecided": {"marker": "x", "ms": 4, "mew": 1, "color": EXACT},
}


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``silu_converse.csv``: columns network, seed, s, status, ln_modulus, exact_ln_det.

    Each seed is a row of marks in the first panel and a line, broken where there is no orbit, in
    the second.
    """
    known = table["status"].isin(["orbit", *NO_ORBIT])
    table = table.assign(status=table["status"].where(known, "undecided"))
    replicates = len(table.drop_duplicates(["network", "seed"]))
    with drawing(style, "double_column", 1.4 + 0.13 * replicates) as figure:
        left, right = figure.subplots(1, 2)
        right.set_yscale("symlog", linthresh=1)
        height, centres = 0, {}
        places = network_places(list(table["network"].unique()))
        for position, (network, rows) in enumerate(table.groupby("network", sort=False)):
            k = places[str(network)]
            name = network_label(str(network))
            look = {"color": COLOURS[k], "marker": MARKERS[k]}
            centres[height + (rows["seed"].nunique() - 1) / 2] = name.replace(", ", "\n")
            seeds = rows["seed"].nunique()
            for seed, (_, path) in enumerate(rows.groupby("seed")):
                aside = position - len(places) / 2 + (seed + 0.5) / seeds
                for status in path["status"].unique():
                    marked = path[path["status"] == status]
                    mark = NO_ORBIT[status] | {"label": status} if status in NO_ORBIT else look
                    left.plot(marked["s"], [height] * len(marked), ls="none", **mark)
                right.plot(
                    ASIDE**aside * path["s"],
                    path["ln_modulus"],
                    **look,
                    ls=LINES[k],
                    lw=0.6,
                    ms=3.5,
                    mfc="none",
                    label=name,
                )
                height += 1
            height += 1
        left.set_yticks(list(centres), list(centres.values()))
        left.set_ylim(height - 1, -1)
        left.grid(visible=False, axis="y")
        legend_above(left)
        exact = table["exact_ln_det"].iloc[0]
        label = f"exact oscillator, {multiple_of_pi(exact)}"
        right.axhline(exact, color=EXACT, lw=1, ls=":", label=label)
        right.set_ylabel(r"$\ln|\mu_2|$ of the own orbit")
        for axis in (left, right):
            logarithmic_scale(axis)
        figure.legend(**entries(right), loc="outside upper center", ncols=3)
    return figure
