"""How fast forward Euler leaves the level sets: step size × frequency, by activation."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import NullLocator

from neural_spectra.figures.rnn.paths_over_time import ACTIVATIONS, label
from neural_spectra.figures.style import EXACT, IN_ORDER, NOTHING, OPEN, Style, drawing, ticks_at

CHANGE = "relative change of $E$ in a turn\n(cells: measured, lines: the law)"

CORNER = 1.6  # a level this near to the law's ends would be a speck in a corner


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``drift_map.csv``: columns activation, omega, h, drift, predicted.

    The colours of the measured drift change at the levels of the predicted contour lines: where
    the law holds, a line runs along a change of colour. Cells without a number are grey.
    """
    panels = list(table.groupby("activation", sort=False))
    decades = _decades(table["drift"])
    levels = np.logspace(decades[0], decades[-1], 2 * len(decades) - 1)
    with drawing(style, "double_column", 2.6) as figure:
        axes = figure.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
        for axis, (activation, rows) in zip(axes, panels, strict=True):
            measured = rows.pivot(index="h", columns="omega", values="drift")
            predicted = rows.pivot(index="h", columns="omega", values="predicted")
            omega, step = measured.columns.to_numpy(), measured.index.to_numpy()
            norm = BoundaryNorm(levels, 256, extend="both")
            # First: labels leave gaps in the lines as wide as they are on these axes.
            axis.set(xscale="log", yscale="log", xlabel=r"frequency $\omega$ (rad/time)")
            edges = _edges(omega), _edges(step)
            cells = axis.pcolormesh(*edges, measured, norm=norm, cmap=IN_ORDER)
            low, high = rows["predicted"].min(), rows["predicted"].max()
            crossed = np.log10(levels[(CORNER * low < levels) & (levels < high / CORNER)])
            if len(crossed):
                law = omega, step, np.log10(predicted), crossed
                lines = axis.contour(*law, colors=OPEN, linewidths=1, linestyles="solid")
                size = style["font_size"] - 1
                middles = [path.vertices[len(path.vertices) // 2] for path in lines.get_paths()]
                names = axis.clabel(lines, fmt=_number, fontsize=size, manual=middles)
                for name in names:
                    name.set_rotation(0)
                # Light on dark is seen on every colour of the map.
                for artist in (lines, *names):
                    artist.set_path_effects([withStroke(linewidth=2, foreground=EXACT)])
            axis.set_title(label(ACTIVATIONS, str(activation)))
            axis.set_facecolor(NOTHING)
            axis.grid(visible=False)
        ticks_at(axes[0].xaxis, [1, 3, 10, 30, 100])
        ticks_at(axes[0].yaxis, [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1])
        axes[0].set_ylabel("step size $h$ (time)")
        bar = figure.colorbar(cells, ax=axes, label=CHANGE, pad=0.02)
        bar.set_ticks(levels[::2].tolist(), labels=[f"$10^{{{decade}}}$" for decade in decades])
        bar.ax.yaxis.set_minor_locator(NullLocator())
    return figure


def _number(exponent: float) -> str:
    rounded = float(f"{10**exponent:.1g}")
    return f"${rounded:g}$"


def _decades(values: pd.Series) -> np.ndarray:
    """Return the exponents of the powers of ten around all positive values."""
    exponents = np.log10(values[np.isfinite(values) & (values > 0)])
    return np.arange(np.floor(exponents.min()), np.ceil(exponents.max()) + 1).astype(int)


def _edges(centres: np.ndarray) -> np.ndarray:
    """Return the borders between values, halfway on a logarithmic axis."""
    middles = np.sqrt(centres[1:] * centres[:-1])
    return np.concatenate(
        [[centres[0] ** 2 / middles[0]], middles, [centres[-1] ** 2 / middles[-1]]]
    )
