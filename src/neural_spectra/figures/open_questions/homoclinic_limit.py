"""Cycles towards a homoclinic orbit: the period, the bound and what it bounds, their ratio."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.style import BOUND, COMPUTED, EXACT, Style, drawing, entries

LN_DET = "$|\\ln\\,\\det M|$"
SAMPLED = "$2\\,C\\,T$, $C$ the largest $\\|Df\\|$ on the cycle"
CERTIFIED = "$2\\,C\\,T$ of networks, $C$ by the paper's formula"


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``homoclinic_limit.csv``: the neuron with marks, its networks as thin lines."""
    with drawing(style, "double_column", 2.9) as figure:
        left, middle, right = figure.subplots(1, 3)
        for (source, _), rows in table.groupby(["source", "seed"]):
            is_neuron = source == "neuron"
            rows = rows.sort_values("period")
            cycles = rows[rows["method"] == "cycle"]
            look = _neurons if is_neuron else _networks
            left.plot(cycles["distance"], cycles["period"], **look(COMPUTED, "o", str(source)))
            period, ln_det = rows["period"], rows["ln_det"].abs()
            middle.plot(period, ln_det, **look(COMPUTED, "o", LN_DET))
            middle.plot(period, rows["bound"], **look(BOUND, "s", SAMPLED))
            right.plot(period, rows["bound_over_ln_det"], **look(BOUND, "s", SAMPLED))
            if is_neuron:
                right.axhline(rows["limit_of_ratio"].iloc[-1], color=EXACT, lw=1, ls=":")
                continue
            certified = rows["certified_over_ln_det"]
            look_of_bound = _networks(BOUND, "", CERTIFIED) | {"ls": (0, (4, 2))}
            middle.plot(period, certified * ln_det, **look_of_bound)
            right.plot(period, certified, **look_of_bound)
        left.set(xscale="log", xlabel="$I - I_\\mathrm{hc}$", ylabel="period $T$")
        left.legend(**entries(left))
        middle.set(xscale="log", yscale="log", xlabel="period $T$")
        right.set(xscale="log", yscale="log", xlabel="period $T$", ylabel=f"over {LN_DET}")
        figure.legend(**entries(middle), loc="outside upper center", ncols=3)
    return figure


def _neurons(colour: str, marker: str, label: str) -> dict[str, Any]:
    return {"color": colour, "marker": marker, "ls": "none", "label": label, "zorder": 3}


def _networks(colour: str, _: str, label: str) -> dict[str, Any]:
    return {"color": colour, "lw": 0.8, "label": label, "zorder": 2}
