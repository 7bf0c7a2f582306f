"""Draws docs/verdicts.png: a claim of each paper, what came out, and the verdict.

From the results of the default configuration, in the repository's root:
``PYTHONPATH=src python docs/draw_verdicts.py``.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from neural_spectra.config.checking import Style
from neural_spectra.config.yaml_files import read_config
from neural_spectra.figures.style import COMPUTED, PAPER, drawing, few_ticks, network_label, save
from neural_spectra.workflow.csv_tables import read_table

PICTURE, RESULTS = Path("docs/verdicts.png"), Path("results")
# The claims, in fewer words than the ledger has.
CLAIMS = {
    "tanh_cannot_sustain_cycle": "A tanh network cannot keep\na strongly attracting cycle.",
    "neighbours_are_attracted": "Planar tanh networks\nhave limit cycles.",
    "chaotic_attractor": "There are SELU networks\nwith a chaotic attractor.",
}


def proved_cycles(axis: Axes, certificates: pd.DataFrame) -> None:
    """Draw how strongly the cycles of tanh networks attract that are proved at s = 1."""
    shown = certificates[
        (certificates["statement"] == "one attracting cycle")
        & (certificates["verdict"] == "proved")
        & (certificates["s"] == 1)
        & ~certificates["network"].str.startswith("silu")
    ]
    names = list(dict.fromkeys(shown["network"]))
    for row, name in enumerate(names):
        strength = shown.loc[shown["network"] == name, "ln_det_upper"]
        height = row + np.linspace(-0.25, 0.25, len(strength))
        axis.plot(strength, height, ".", color=COMPUTED, ms=3)
    axis.axvspan(-2 * math.pi, 0, color=PAPER, alpha=0.25, lw=0)
    axis.axvline(-4 * math.pi, color="black", lw=0.8, ls="--")
    axis.text(-math.pi, 1.5, "the claim", color="black", ha="center", va="center", rotation=90)
    axis.set(xlim=(-14, 0), ylim=(-0.6, len(names) - 0.4), xlabel=r"$\ln\,\det M$, proved")
    labels = [network_label(name).replace(" tanh, ", "\n") for name in names]
    axis.set_yticks(range(len(names)), labels)
    axis.set_xticks([-4 * math.pi, -2 * math.pi, 0], [r"$-4\pi$", r"$-2\pi$", "0"])


def nested_orbits(axis: Axes, curves: pd.DataFrame) -> None:
    """Draw closed orbits, of which none draws another nearer."""
    for _, curve in curves.groupby("level"):
        for x_side in (1, -1):
            for y_side in (1, -1):
                axis.plot(x_side * curve["x"], y_side * curve["y"], color=COMPUTED, lw=1)
    axis.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$")


def chaotic_attractor(axis: Axes, states: pd.DataFrame) -> None:
    """Draw the attractor of the network whose exponent is positive."""
    points = states[(states["kind"] == "attractor") & (states["attractor"] == "chaotic")]
    axis.plot(points["x"], points["y"], ".", color=COMPUTED, ms=1.5)
    exponent = points["lyapunov"].iloc[0]
    axis.text(0.05, 0.95, rf"$\lambda_1 = {exponent:.3f}$", transform=axis.transAxes, va="top")
    axis.set(aspect="equal", xlabel="$x_1$", ylabel="$x_2$", xlim=(-2, 4), ylim=(-2.5, 3.5))


def main() -> None:
    """Draw the picture."""
    ledger = read_table(RESULTS / "claims/claims.csv").set_index("id")
    style = Style(**read_config("config/config.yaml")["style"]).model_dump()
    with drawing(style, "double_column", 2.9) as figure:
        axes = figure.subplots(1, 3)
        proved_cycles(axes[0], read_table(RESULTS / "saturation/data/certificates.csv"))
        nested_orbits(axes[1], read_table(RESULTS / "rnn/data/level_sets.csv"))
        chaotic_attractor(axes[2], read_table(RESULTS / "affine_maps/data/attractor_types.csv"))
        for axis, (name, words) in zip(axes, CLAIMS.items(), strict=True):
            claim = ledger.loc[name]
            agree = round(claim["share"] * claim["cases"])
            # The last line is left to the panel's letter.
            axis.set_title(
                f"{claim['paper']}\n{words}\n$\\bf{{{claim['verdict']}}}$: "
                f"{agree} of {claim['cases']} agree\n"
            )
            axis.grid(visible=False)
        for axis in axes[1:]:
            few_ticks(axis.xaxis, axis.yaxis)
    save(figure, PICTURE)


if __name__ == "__main__":
    main()
