"""What several figures of this study share: names for readers, and paths coloured over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from neural_spectra.figures.style import COMPUTED, EXACT, IN_ORDER, OPEN

ACTIVATIONS = {
    "identity": "linear",
    "hardtanh": "hard-tanh",
    "relu": "ReLU",
    "leaky_relu_0.1": "leaky ReLU",
    "elu": "ELU",
    "shifted_softplus": r"softplus $-\ln 2$",
    "bump": r"$z\,e^{-z^2}$",
}
FORMS = {
    "sigma(A x)": r"$\dot{x} = \sigma(A x)$",
    "A sigma(x)": r"$\dot{x} = A\,\sigma(x)$",
}
SCALINGS = {
    "frobenius norm": r"$\|A\|_F$ fixed",
    "spectral radius": r"$\rho(A)$ fixed",
    "entries": r"$\mathrm{Var}\,A_{ij} \propto 1/n$",
}

WIDE, NARROW = 6.0, 0.8  # of a path at its start and its end, in points, where its laps coincide
START: dict[str, Any] = {"marker": "o", "ms": 4, "color": EXACT, "ls": "none", "label": "start"}
END: dict[str, Any] = {"marker": "*", "ms": 8, "color": COMPUTED, "mec": OPEN, "mew": 0.5}
END |= {"ls": "none", "label": "end"}


def label(names: Mapping[str, str], name: str) -> str:
    """Return a name of a table as a reader expects it, such as ``label(ACTIVATIONS, "relu")``."""
    return names.get(name, name.replace("_", " "))


def draw_path(
    axis: Axes,
    path: pd.DataFrame,
    duration: float,
    end: Mapping[str, Any] = END,
    *,
    coincide: bool = False,
) -> None:
    """Draw a trajectory from violet to yellow, with marks at its start and its end.

    Parameters
    ----------
    axis
        Where to draw.
    path
        Columns t, x, y.
    duration
        The time, in the unit of t, at which the colours end.
    end
        The look of the mark at the end.
    coincide
        Whether later laps lie on earlier ones: the line then gets narrower, so that all are seen.
    """
    points = path[["x", "y"]].to_numpy()
    segments = np.stack([points[:-1], points[1:]], axis=1)
    time = path["t"].to_numpy()[1:] / duration
    width = WIDE + (NARROW - WIDE) * time if coincide else mpl.rcParams["lines.linewidth"]
    line = LineCollection(
        list(segments),
        array=time,
        linewidths=width,
        cmap=IN_ORDER,
        norm=Normalize(0, 1),
        capstyle="round",
        rasterized=True,  # thousands of short strokes, each in a colour of its own
    )
    axis.add_collection(line)
    axis.plot(*points[0], zorder=3, **START)
    axis.plot(*points[-1], zorder=3, **end)
    axis.margins(0.08)
    axis.grid(visible=False)


def time_bar(figure: Figure, axes: np.ndarray, duration: float, name: str) -> None:
    """Put a bar with the colours of `draw_path` at the right of panels.

    Parameters
    ----------
    figure, axes
        The figure and its panels.
    duration
        The time at which the colours end.
    name
        What the bar is called, with the unit of time.
    """
    colours = ScalarMappable(Normalize(0, duration), IN_ORDER)
    bar = figure.colorbar(colours, ax=axes, label=name, fraction=0.03, pad=0.02)
    bar.outline.set_linewidth(0.6)
