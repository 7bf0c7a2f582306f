"""Fig. 5: the eigenvalues of A* over the plane as GELU networks get deeper."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from neural_spectra.figures.affine_maps.panels_over_plane import draw_spectra_by_row


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``depth.csv``: columns panel, row, label, real, imag."""
    return draw_spectra_by_row(table, style)
