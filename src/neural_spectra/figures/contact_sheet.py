"""A contact sheet: all figures on one picture, small."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.image import imread

from neural_spectra.figures.style import Style, applied

COLUMNS = 7
CELL = 0.95  # of a picture with its name, inches high


def draw(pictures: Sequence[Path], style: Style) -> Figure:
    """Draw pictures in rows, each below its name.

    Parameters
    ----------
    pictures
        Their PNG files, which have their names.
    """
    rows = -(-len(pictures) // COLUMNS)
    with applied(style):
        figure = Figure(figsize=(style["double_column"], CELL * rows))
        grid = figure.subplots(rows, COLUMNS, squeeze=False)
        for axis in grid.flat:
            axis.axis("off")
        for axis, picture in zip(grid.flat, pictures, strict=False):
            axis.imshow(imread(picture))
            axis.set_title(picture.stem, fontsize=style["font_size"] - 3, pad=2)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
    return figure
