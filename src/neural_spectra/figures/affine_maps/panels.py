"""What several figures of the curated models share: panels, their scales, planes and spectra."""

from __future__ import annotations

import textwrap
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.style import BLUE, GREY, RED, number, panel_letters

NEUTRAL = 1e-6  # |ρ − 1| of a fixed point that neither attracts nor repels
OUTLIERS = 3  # a pole of the literal linearisation would shrink all else to a point
WHERE_ONE = (("black", 1.6), ("white", 0.8))  # white on black is seen on every colour of a map
DOTS: dict[str, Any] = {"ms": 2, "mew": 0, "alpha": 0.5, "rasterized": True}
EIGENVALUE = (r"$\mathrm{Re}\,\lambda$", r"$\mathrm{Im}\,\lambda$")


def panel_axes(figure: Figure, count: int, columns: int, labels: tuple[str, str]) -> list[Axes]:
    """Give a figure lettered panels, row by row.

    Parameters
    ----------
    count, columns
        Number of panels, and of those in a row.
    labels
        Of the horizontal and the vertical axes; they stand at the outer panels only.
    """
    figure.set_layout_engine("compressed")
    rows = -(-count // columns)
    axes = [figure.add_subplot(rows, columns, k + 1) for k in range(count)]
    for k, axis in enumerate(axes):
        axis.set(
            aspect="equal",
            xlabel=labels[0] if k + columns >= count else "",
            ylabel=labels[1] if k % columns == 0 else "",
        )
        axis.grid(visible=False)
        axis.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        axis.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    panel_letters(axes)
    return axes


def titled(table: pd.DataFrame, columns: int) -> list[tuple[str, pd.DataFrame]]:
    """Return the label of each panel, broken to fit above one of so many columns, and its rows."""
    panels = [rows for _, rows in table.groupby("panel", sort=False)]
    return [(title(rows["label"].iloc[0], columns), rows) for rows in panels]


def title(label: str, columns: int) -> str:
    """Break a panel's label into lines that fit above one of so many columns."""
    return textwrap.fill(label, 68 // columns, break_long_words=False)


def reach(values: np.ndarray) -> float:
    """Return how far an axis or a scale of colours goes: to the largest value, but to no pole."""
    usual = max(1.0, float(np.nanquantile(values, 0.95)))
    return min(float(np.nanmax(values)), OUTLIERS * usual)


class Plane(NamedTuple):
    """What the bar of colours of a plane needs: the colours, ticks, and whether 1 is crossed."""

    mesh: QuadMesh
    ticks: list[float]
    extend: str
    crosses: bool


def draw_plane(axis: Axes, points: pd.DataFrame, name: str) -> Plane:
    """Colour the plane by a column, with a line where it crosses 1; grey where there is no number.

    Parameters
    ----------
    points
        Columns x, y on a grid, and the one of that name.
    """
    cells = points.pivot(index="y", columns="x", values=name)
    x, y, values = cells.columns.to_numpy(), cells.index.to_numpy(), cells.to_numpy()
    low, high, largest = np.nanmin(values).item(), reach(values), np.nanmax(values)
    # Rounding is not shown as a pattern: a constant map has one colour.
    constant = high - low <= NEUTRAL * high
    mesh = axis.pcolormesh(x, y, values, cmap="viridis", rasterized=True)
    mesh.set_clim(low, low + 1 if constant else high)
    axis.set_facecolor(GREY)
    crosses = bool(low < 1 - NEUTRAL and largest > 1 + NEUTRAL)
    for colour, width in WHERE_ONE if crosses else ():
        axis.contour(x, y, values, [1], colors=colour, linewidths=width)
    extend = "max" if largest > high else "neither"
    return Plane(mesh, [low] if constant else [low, high], extend, crosses)


def spectrum_limit(spectrum: pd.DataFrame) -> float:
    """Return the limit of both axes that shows the unit circle and the eigenvalues."""
    return 1.2 * max(1.0, reach(np.hypot(*spectrum[["real", "imag"]].to_numpy().T)))


def draw_spectrum(
    axis: Axes, spectrum: pd.DataFrame, label: str = "", limit: float | None = None
) -> None:
    """Draw eigenvalues and the unit circle; those beyond it are red.

    Parameters
    ----------
    spectrum
        Columns real and imag.
    label
        Stands above, with the largest modulus, and how many eigenvalues the limits leave out.
    limit
        Of both axes; what `spectrum_limit` says of this spectrum if there is none.
    """
    limit = limit or spectrum_limit(spectrum)
    angle = np.linspace(0, 2 * np.pi, 201)
    axis.plot(np.cos(angle), np.sin(angle), color="black", lw=0.8, ls="--")
    real, imag = spectrum[["real", "imag"]].to_numpy().T
    modulus = np.hypot(real, imag)
    inside, beyond = modulus <= 1 + NEUTRAL, modulus > 1 + NEUTRAL
    axis.plot(real[inside], imag[inside], "o", color=BLUE, **DOTS)
    axis.plot(real[beyond], imag[beyond], "D", color=RED, **DOTS)
    axis.set(xlim=(-limit, limit), ylim=(-limit, limit))
    lines = [label, rf"$\max|\lambda|$ = {number(np.nanmax(modulus).item(), 3)}"]
    outside = np.maximum(np.abs(real), np.abs(imag)) > limit
    if outside.any():
        lines.append(f"{outside.sum()} outside")
    axis.set_title("\n".join(lines).lstrip())
