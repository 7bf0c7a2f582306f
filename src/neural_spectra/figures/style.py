"""The one style of all figures: physical sizes, safe colours, embedded fonts, identical bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

mpl.use("agg")

# Paul Tol's "bright" scheme: distinguishable with every common colour blindness and in print.
BLUE, RED, GREEN, YELLOW, CYAN, PURPLE, GREY = (
    "#4477AA",
    "#EE6677",
    "#228833",
    "#CCBB44",
    "#66CCEE",
    "#AA3377",
    "#BBBBBB",
)
COLOURS = (BLUE, RED, GREEN, PURPLE, YELLOW, CYAN)
# The second cue beside the colour.
LINES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P")


@contextmanager
def applied(style: Mapping[str, float]) -> Iterator[None]:
    """Draw inside this context with the project's style; nothing global changes after it.

    Parameters
    ----------
    style
        ``font_size`` in points, ``dots_per_inch``, ``single_column`` and ``double_column`` in
        inches.
    """
    size = style["font_size"]
    with mpl.rc_context(
        {
            "font.family": "DejaVu Sans",
            "font.size": size,
            "axes.titlesize": size,
            "axes.labelsize": size,
            "legend.fontsize": size - 1,
            "xtick.labelsize": size - 1,
            "ytick.labelsize": size - 1,
            "mathtext.fontset": "dejavusans",
            "figure.dpi": style["dots_per_inch"],
            "savefig.dpi": style["dots_per_inch"],
            "pdf.fonttype": 42,
            "figure.constrained_layout.use": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.linewidth": 0.6,
            "axes.grid": True,
            "grid.linewidth": 0.3,
            "grid.color": "#DDDDDD",
            "lines.linewidth": 1.2,
            "lines.markersize": 3.5,
            "legend.frameon": False,
        }
    ):
        yield


def panel_letters(axes: Any) -> None:
    """Write a bold lowercase letter above the left corner of each axis."""
    for letter, axis in zip("abcdefghijkl", axes, strict=False):
        axis.set_title(letter, loc="left", fontweight="bold")


def save(figure: Figure, *paths: str | Path) -> None:
    """Save as PDF or PNG by the suffix, without a date, so that equal drawings are equal files."""
    for path in paths:
        figure.savefig(path, metadata={"CreationDate": None} if Path(path).suffix == ".pdf" else {})


def no_grid(axis: Axes) -> None:
    """Remove the grid of a panel whose own lines fill it."""
    axis.grid(visible=False)
