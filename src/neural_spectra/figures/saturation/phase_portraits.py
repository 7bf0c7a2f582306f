"""Fig. 2: phase portraits of the exact flow and of the network at rising saturation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from neural_spectra.figures.style import BLUE, RED, applied, no_grid, panel_letters


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``phase_portraits.csv``.

    Its columns: panel, s (NaN for the exact flow), delta, ln_det, det, extent, radius, and the
    trajectories' trajectory, t, x, y.
    """
    panels = list(table.groupby("panel", sort=False))
    width = style["double_column"]
    with applied(style):
        figure, axes = plt.subplots(1, len(panels), figsize=(width, width / len(panels) + 0.75))
        for axis, (_, rows) in zip(axes, panels, strict=True):
            first = rows.iloc[0]
            no_grid(axis)
            for _, path in rows.groupby("trajectory"):
                axis.plot(path["x"], path["y"], color=BLUE, lw=0.6)
                axis.plot(path["x"].iloc[0], path["y"].iloc[0], ".", color=BLUE, ms=2.5)
                _arrow(axis, path)
            angle = np.linspace(0, 2 * np.pi, 200)
            circle = first["radius"] * np.array([np.cos(angle), np.sin(angle)])
            axis.plot(*circle, "--", color=RED, lw=1.2)
            extent = first["extent"]
            axis.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal", xlabel="$x$")
            axis.set_title(_title(first), pad=10)
        axes[0].set_ylabel("$y$")
        panel_letters(axes)
    return figure


def _arrow(axis: plt.Axes, path: pd.DataFrame) -> None:
    """Show the direction of time in the middle of the first turn."""
    k = len(path) // 12
    tail, head = path.iloc[k], path.iloc[k + 1]
    axis.annotate(
        "",
        (head["x"], head["y"]),
        (tail["x"], tail["y"]),
        arrowprops={"arrowstyle": "->", "color": BLUE, "lw": 0.6, "mutation_scale": 6},
        annotation_clip=True,
    )


def _title(row: pd.Series) -> str:
    determinant = f"{row['det']:.4f}" if row["det"] > 0.1 else _scientific(row["det"])
    log_determinant = f"$\\ln\\det M = {row['ln_det']:.3g}$\n$\\det M = ${determinant}"
    if np.isnan(row["s"]):
        return f"exact flow\n\n{log_determinant}"
    delta = f"{row['delta']:.2g}" if row["delta"] > 1e-3 else _scientific(row["delta"])
    return f"$s = {row['s']:g}$\n$\\delta = ${delta}\n{log_determinant}"


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.1e}".split("e")
    return rf"${mantissa}\times 10^{{{int(exponent)}}}$"
