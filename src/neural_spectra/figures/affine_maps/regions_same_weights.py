"""The spectral radius of A* over the plane under all activations with the same weights."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels_over_plane import draw_radius_maps


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``regions_same_weights.csv``: columns panel, label, x, y, spectral_radius."""
    return draw_radius_maps(table, style, columns=4)
