"""All models of the grid at a glance: what attracts their orbits, and the largest ρ(A*) of each."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, StrMethodFormatter

from neural_spectra.figures.affine_maps.panels import LARGEST, NEUTRAL, plane_bar
from neural_spectra.figures.style import (
    AROUND_ONE,
    COLOURS,
    COMPUTED,
    EXACT,
    EXCEPTION,
    OPEN,
    Style,
    drawing,
    legend_above,
    pale,
)

# A colour and, as a second cue, a mark. The most frequent are pale, so that the rest stands out.
ATTRACTORS = {
    "single point": (pale(COMPUTED), "."),
    "multiple points": (COMPUTED, r"$\therefore$"),
    "line": (COLOURS[3], r"$/$"),
    "periodic": (COLOURS[1], "o"),
    "quasi-periodic": (COLOURS[2], "D"),
    "chaotic": (COLOURS[4], "*"),
    "diverging from some starts": (pale(EXCEPTION), "x"),
    "diverging": (EXCEPTION, "X"),
}
ACTIVATIONS = {
    "relu": "ReLU",
    "selu": "SELU",
    "gelu": "GELU",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "softplus": "softplus",
}
COLUMNS = ["activation", "depth", "bias"]
LAYERS = "layers; each number stands below a model without bias (left) and one with bias (right)"
RADIUS = (
    r"largest spectral radius $\rho(A^*)$ over the grid of states"
    "\n(dots: above 1, and yet all orbits converge to one point; "
    "crosses: certified to contract)"
)
ROW = 0.117  # inches


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``models_overview.csv``, which has two panels.

    "model": columns label (of a row of cells), depth, activation, bias, attractor, rho_max,
    certified; "class": attractor, count and, over seeds, mean, standard_deviation, smallest,
    largest.
    """
    models, classes = (table[table["panel"] == panel] for panel in ("model", "class"))
    matrix = ROW * models["label"].nunique()
    heights = [matrix, matrix, ROW * len(ATTRACTORS)]
    with drawing(style, "double_column", sum(heights) + 2.4) as figure:
        axes = figure.subplots(3, 1, height_ratios=heights)
        _draw_classes(axes[0], models)
        _draw_radii(figure, axes[1], models)
        _draw_counts(axes[2], classes)
        shapes: list[Any] = [
            (Patch(facecolor=colour), Line2D([], [], **_mark(marker)))
            for colour, marker in ATTRACTORS.values()
        ]
        figure.legend(shapes, list(ATTRACTORS), loc="outside upper center", ncols=4)
    return figure


def _mark(marker: str) -> dict[str, Any]:
    sizes = {".": 1, "x": 3, r"$\therefore$": 4, r"$/$": 4, "*": 4}
    look = {"color": EXACT, "mew": 0.5, "ls": "none"}
    return look | {"marker": marker, "ms": sizes.get(marker, 2.5)}


def _cells(models: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """Put one value of each model into the matrix; its order is that of the table, bias is last."""
    keys = [models["label"], *(models[name] for name in COLUMNS)]
    names = models["activation"].unique(), sorted(models["depth"].unique()), (False, True)
    matrix = values.set_axis(pd.MultiIndex.from_arrays(keys)).unstack(COLUMNS)
    return matrix.reindex(index=models["label"].unique(), columns=list(product(*names)))


def _draw_classes(axis: Axes, models: pd.DataFrame) -> None:
    cells = _cells(models, models["attractor"].map(list(ATTRACTORS).index))
    colours = ListedColormap([colour for colour, _ in ATTRACTORS.values()])
    axis.pcolormesh(cells, cmap=colours, vmin=-0.5, vmax=len(ATTRACTORS) - 0.5, ec=OPEN, lw=0.4)
    for k, (_, marker) in enumerate(ATTRACTORS.values()):
        row, column = np.nonzero(cells.to_numpy() == k)
        axis.plot(column + 0.5, row + 0.5, **_mark(marker))
    _name_cells(axis, models)


def _draw_radii(figure: Figure, axis: Axes, models: pd.DataFrame) -> None:
    """Draw the largest spectral radii, with marks where all orbits converge all the same."""
    radii = _cells(models, models["rho_max"]).clip(1 / LARGEST, LARGEST)
    norm = LogNorm(1 / LARGEST, LARGEST)
    mesh = axis.pcolormesh(radii, norm=norm, cmap=AROUND_ONE, ec=OPEN, lw=0.4)
    refuting = (models["rho_max"] > 1 + NEUTRAL) & (models["attractor"] == "single point")
    for marker, marked in (("o", refuting), ("+", models["certified"].astype(bool))):
        row, column = np.nonzero(_cells(models, marked).eq(True).to_numpy())
        axis.plot(column + 0.5, row + 0.5, **_mark(marker))
    _name_cells(axis, models)
    axis.set_xlabel(LAYERS)
    plane_bar(figure, [axis], mesh, RADIUS)


def _name_cells(axis: Axes, models: pd.DataFrame) -> None:
    rows, activations = models["label"].unique(), models["activation"].unique()
    depths = sorted(models["depth"].unique())
    width = 2 * len(depths)
    above = axis.get_xaxis_transform()
    for k, activation in enumerate(activations):
        name = ACTIVATIONS.get(activation, activation)
        axis.text((k + 0.5) * width, 1.02, name, ha="center", transform=above)
        axis.axvline(k * width, color=EXACT, lw=0.8)
    numbers = [f"{depth:g}" for depth in depths] * len(activations)
    axis.set_xticks(2 * np.arange(len(numbers)) + 1, numbers)
    axis.set_yticks(np.arange(len(rows)) + 0.5, rows)
    axis.tick_params(length=0)
    axis.invert_yaxis()
    axis.grid(visible=False)


def _draw_counts(axis: Axes, classes: pd.DataFrame) -> None:
    """Draw the counts of the models above, and their mean and spread over the seeds."""
    classes = classes.set_index("attractor").loc[list(ATTRACTORS)]
    rows = range(len(classes))
    mean, deviation = classes["mean"], classes["standard_deviation"]
    axis.hlines(
        rows, classes["smallest"], classes["largest"], color=COMPUTED, lw=1, label="all seeds"
    )
    wide: dict[str, Any] = {
        "color": COMPUTED,
        "alpha": 0.4,
        "lw": 5,
        "label": "± standard deviation",
    }
    axis.hlines(rows, (mean - deviation).clip(lower=0), mean + deviation, **wide)
    axis.plot(mean, rows, "o", color=COMPUTED, label="mean")
    shown: dict[str, Any] = {"marker": "D", "ms": 4.5, "mfc": "none", "color": EXACT, "ls": "none"}
    axis.plot(classes["count"], rows, **shown, label="the models above")
    # Logarithmic from 1 on; a class without a model needs a place for its 0.
    axis.set_xscale("symlog", linthresh=1, linscale=0.5)
    axis.xaxis.set_major_locator(FixedLocator([0, 1, 3, 10, 30, 100, 300, 1000]))
    axis.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_yticks(rows, list(ATTRACTORS))
    axis.set(xlim=(-0.2, 1000), ylim=(len(rows) - 0.5, -0.5), xlabel="number of models")
    legend_above(axis)
