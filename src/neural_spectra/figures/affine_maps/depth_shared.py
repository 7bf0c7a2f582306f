"""The eigenvalues of A* against the depth: layers of their own beside one layer, repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.depth import ROWS
from neural_spectra.figures.style import EXACT, Style, drawing, entries, line_of, mark_of

LAYERS = {"own": "layers of their own", "repeated": "one layer, repeated"}
ASIDE = 0.08  # between the two, of the distance between two depths
DECADES = 3  # below the smallest of the largest moduli; what is smaller is left out


def draw(table: pd.DataFrame, style: Style) -> Figure:
    """Draw ``depth_shared.csv``: columns row, layers, depth, real, imag.

    A panel for each row; a small dot for each eigenvalue, a large mark for the largest modulus.
    """
    rows = list(table.groupby("row", sort=False))
    with drawing(style, "double_column", 2.9) as figure:
        axes = figure.subplots(1, len(rows), sharex=True, squeeze=False)[0]
        for axis, (row, spectra) in zip(axes, rows, strict=True):
            depths = sorted(spectra["depth"].unique())
            for k, layers in enumerate(LAYERS):
                places = {depth: x + (2 * k - 1) * ASIDE for x, depth in enumerate(depths)}
                _draw_moduli(axis, spectra[spectra["layers"] == layers], places, k)
            axis.axhline(1, color=EXACT, lw=0.8, ls="--", label=r"$|\lambda| = 1$")
            axis.set_xticks(range(len(depths)), [f"{depth:g}" for depth in depths])
            axis.set(title=ROWS.get(row, str(row)), xlabel="layers")
            _scale(axis, spectra)
            axis.grid(visible=False, axis="x")
        axes[0].set_ylabel(r"modulus $|\lambda|$ of eigenvalues of $A^*$")
        figure.legend(**entries(axes[0]), loc="outside upper center", ncols=3)
    return figure


def _scale(axis: Axes, spectra: pd.DataFrame) -> None:
    """Make the axis logarithmic where the largest modulus changes by orders of magnitude."""
    largest = _moduli(spectra).groupby([spectra["layers"], spectra["depth"]]).max()
    if largest.max() > 10 * largest.min():
        axis.set(yscale="log", ylim=(largest.min() / 10**DECADES, None))
    else:
        axis.set_ylim(bottom=0)


def _moduli(spectra: pd.DataFrame) -> pd.Series:
    return pd.Series(np.hypot(spectra["real"], spectra["imag"]), spectra.index)


def _draw_moduli(axis: Axes, spectra: pd.DataFrame, places: Mapping[float, float], k: int) -> None:
    modulus = _moduli(spectra)
    dots: dict[str, Any] = {"ms": 2, "mew": 0, "alpha": 0.3, "rasterized": True}
    axis.plot(spectra["depth"].map(places), modulus, **mark_of(k) | {"marker": "o"} | dots)
    largest = modulus.groupby(spectra["depth"]).max()
    look = mark_of(k) | line_of(k) | {"label": f"{list(LAYERS.values())[k]}: largest on this grid"}
    axis.plot(largest.index.map(places), largest, ms=5, **look)
