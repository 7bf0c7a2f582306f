"""The Jacobian of deep networks against δ, and how far the bound is from it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.medians import draw_medians
from neural_spectra.figures.style import BOUND, EXACT, MARKERS, Style, drawing, in_order, line_of

# Numbers of saturated layers that the first panel shows, evenly spread.
SHOWN = 5


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``depth_attenuation.csv``: medians over seeds, with bands over all of them."""
    with drawing(style, "double_column", 2.8) as figure:
        left, middle, right = figure.subplots(1, 3)
        _against_delta(left, table[table["layers"] == table["layers"].max()])
        smallest = table[table["delta"] == table["delta"].min()]
        for k, (layers, rows) in enumerate(smallest.groupby("layers")):
            look = line_of(k) | {"marker": MARKERS[k], "label": f"{layers}"}
            draw_medians(middle, rows, "saturated", "slack", look, alpha=0.15)
        middle.set(xlabel="saturated layers $q$", ylabel=r"$C_W\delta^q/\sup\|Df\|$", yscale="log")
        middle.xaxis.set_major_locator(MaxNLocator(integer=True))
        middle.legend(title="hidden layers", ncols=2)
        middle.set_ylim(bottom=0.5)
        kinds = {
            "all saturated": smallest[smallest["saturated"] == smallest["layers"]],
            "none saturated": smallest[smallest["saturated"] == 0],
        }
        for k, (label, rows) in enumerate(kinds.items()):
            look = line_of(k) | {"marker": MARKERS[k], "label": label}
            draw_medians(right, rows, "layers", "slack_per_layer", look, alpha=0.15)
        right.axhline(2, color=EXACT, lw=1, ls=":")
        right.set(xlabel="hidden layers", ylabel="the same for each layer")
        right.set_ylim(bottom=0)
        right.legend(loc="lower right")
    return figure


def _against_delta(axis: Axes, deepest: pd.DataFrame) -> None:
    counts = sorted(set(deepest["saturated"]))
    shown = sorted({counts[round(k * (len(counts) - 1) / (SHOWN - 1))] for k in range(SHOWN)})
    for k, count in enumerate(shown):
        rows = deepest[deepest["saturated"] == count]
        look = in_order(k, len(shown)) | {"ls": "-", "marker": MARKERS[k]}
        look["label"] = f"$q = {count}$"
        draw_medians(axis, rows, "delta", "jacobian_norm", look, alpha=0.15)
        bound = rows.groupby("delta")["bound"].median()
        axis.plot(bound.index, bound, color=BOUND, ls="--", lw=0.8)
    axis.set(xscale="log", yscale="log", xlabel=r"$\delta$", ylabel=r"$\sup\|Df\|$")
    axis.legend(title=f"of {deepest['layers'].iloc[0]} layers", loc="lower right")
