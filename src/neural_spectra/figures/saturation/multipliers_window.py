"""Fig. 4: the window [e^(−CT), e^(CT)] closing on the Floquet multipliers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from neural_spectra.figures.style import BLUE, GREY, RED, applied, panel_letters


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``multipliers_window.csv``: columns s, index, ln_modulus, window."""
    with applied(style):
        figure, axes = plt.subplots(1, 2, figsize=(style["double_column"], 2.8))
        for axis, zoom in zip(axes, (False, True), strict=True):
            rows = table[table["index"] == 1]
            axis.fill_between(
                rows["s"],
                -rows["window"],
                rows["window"],
                color=GREY,
                alpha=0.5,
                lw=0,
                label=r"allowed: $|\ln|\mu_i|| \leq C(U)\,T$",
            )
            for index, colour, line in ((1, BLUE, "-"), (2, RED, "--")):
                rows = table[table["index"] == index]
                axis.plot(
                    rows["s"], rows["ln_modulus"], line, color=colour, label=rf"$\ln|\mu_{index}|$"
                )
            axis.set(xlabel="pre-activation scale $s$", ylabel=r"$\ln|\mu_i|$")
            if zoom:
                axis.set_yscale("symlog", linthresh=1e-6)
                axis.set_yticks([-1e2, -1, -1e-2, -1e-4, 0, 1e-4, 1e-2, 1, 1e2])
        axes[0].set_xlim(right=10)
        axes[0].legend(loc="upper right")
        panel_letters(axes)
    return figure
