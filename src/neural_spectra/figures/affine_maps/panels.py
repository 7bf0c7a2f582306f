"""What several figures of the curated models share: panels, their scales, planes and spectra."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from neural_spectra.figures.style import (
    AROUND_ONE,
    COMPUTED,
    EXACT,
    EXCEPTION,
    NOTHING,
    OPEN,
    few_ticks,
    number,
    panel_letters,
    ticks_at,
)

NEUTRAL = 1e-6  # |ρ − 1| of a fixed point that neither attracts nor repels
OUTLIERS = 3  # a pole of the literal linearisation would shrink all else to a point
LARGEST = 100.0  # the colours of ρ and of norms go from its reciprocal to this
WHERE_ONE: dict[str, Any] = {"colors": EXACT, "linewidths": 0.6}
DOTS: dict[str, Any] = {"ms": 2, "mew": 0, "alpha": 0.5, "rasterized": True, "ls": "none"}
SPECTRUM: dict[str, dict[str, Any]] = {
    r"$|\lambda| \leq 1$": DOTS | {"color": COMPUTED, "marker": "o"},
    r"$|\lambda| > 1$": DOTS | {"color": EXCEPTION, "marker": "D"},
    "unit circle": {"color": EXACT, "lw": 0.8, "ls": "--"},
}
EIGENVALUE = (r"$\mathrm{Re}\,\lambda$", r"$\mathrm{Im}\,\lambda$")


def panel_axes(figure: Figure, count: int, columns: int, labels: tuple[str, str]) -> list[Axes]:
    """Give a figure lettered panels, row by row.

    Parameters
    ----------
    count, columns
        Number of panels, and of those in a row.
    labels
        Of the horizontal axes, and of the vertical ones, where it stands at the left panels only.
    """
    figure.set_layout_engine("compressed")
    rows = -(-count // columns)
    axes = [figure.add_subplot(rows, columns, k + 1) for k in range(count)]
    for k, axis in enumerate(axes):
        axis.set(
            aspect="equal",
            xlabel=labels[0],
            ylabel=labels[1] if k % columns == 0 else "",
        )
        axis.grid(visible=False)
        few_ticks(axis.xaxis, axis.yaxis, most=4)
    panel_letters(axes)
    return axes


def titled(table: pd.DataFrame, columns: int) -> list[tuple[str, pd.DataFrame]]:
    """Return the label of each panel, broken to fit above one of so many columns, and its rows."""
    panels = [rows for _, rows in table.groupby("panel", sort=False)]
    return [(title(rows["label"].iloc[0], columns), rows) for rows in panels]


def title(label: str, columns: int) -> str:
    """Break a panel's label into lines that fit above one of so many columns."""
    return textwrap.fill(label, 68 // columns, break_long_words=False)


def draw_plane(axis: Axes, points: pd.DataFrame, name: str) -> QuadMesh:
    """Colour the plane by a column, with a line where it crosses 1; grey where there is no number.

    All planes have one logarithmic scale around 1; what is beyond has the colour of its ends.

    Parameters
    ----------
    points
        Columns x, y on a grid, and the one of that name.
    """
    cells = points.pivot(index="y", columns="x", values=name)
    x, y, values = cells.columns.to_numpy(), cells.index.to_numpy(), cells.to_numpy()
    norm = LogNorm(1 / LARGEST, LARGEST)
    shown = values.clip(1 / LARGEST, LARGEST)
    mesh = axis.pcolormesh(x, y, shown, norm=norm, cmap=AROUND_ONE, rasterized=True)
    largest = np.nanmax(values).item()
    if largest < 1 / LARGEST:
        look: dict[str, Any] = {"ha": "center", "va": "center", "transform": axis.transAxes}
        axis.text(0.5, 0.5, f"at most {number(largest)}\non this grid", color=OPEN, **look)
    axis.set_facecolor(NOTHING)
    axis.grid(visible=False)
    # Rounding is no crossing.
    if np.nanmin(values) < 1 - NEUTRAL and largest > 1 + NEUTRAL:
        axis.contour(x, y, values, [1], **WHERE_ONE)
    return mesh


def plane_bar(figure: Figure, axes: Sequence[Axes], mesh: QuadMesh, label: str) -> None:
    """Put one bar with the colours of `draw_plane` below all panels.

    Parameters
    ----------
    figure, axes
        The figure and those of its panels that have planes.
    mesh
        What `draw_plane` returned for one of them.
    label
        Stands below the bar.
    """
    look: dict[str, Any] = {"location": "bottom", "aspect": 50, "shrink": 0.7, "pad": 0.03}
    bar = figure.colorbar(mesh, ax=axes, label=label, extend="both", **look)
    ticks_at(bar.ax.xaxis, [0.01, 0.1, 1, 10, 100])
    bar.ax.axvline(1, color=EXACT, lw=WHERE_ONE["linewidths"])
    bar.outline.set_linewidth(0.6)


def spectrum_limit(spectrum: pd.DataFrame) -> float:
    """Return the limit of both axes that shows the unit circle and all eigenvalues."""
    return 1.2 * max(1.0, float(np.nanmax(np.hypot(*spectrum[["real", "imag"]].to_numpy().T))))


def has_outliers(spectrum: pd.DataFrame) -> bool:
    """Whether a few eigenvalues lie so far out that linear axes would show nothing of the rest."""
    modulus = np.hypot(*spectrum[["real", "imag"]].to_numpy().T)
    return float(np.nanmax(modulus)) > OUTLIERS * max(1.0, float(np.nanquantile(modulus, 0.95)))


def draw_spectrum(
    axis: Axes, spectrum: pd.DataFrame, label: str = "", limit: float | None = None
) -> None:
    """Draw eigenvalues and the unit circle.

    Axes are linear, or with outliers logarithmic in both directions from the circle on.

    Parameters
    ----------
    spectrum
        Columns real and imag.
    label
        Stands above, with the largest modulus.
    limit
        Of both axes; what `spectrum_limit` says of this spectrum if there is none.
    """
    limit = limit or spectrum_limit(spectrum)
    angle = np.linspace(0, 2 * np.pi, 201)
    within, beyond, circle = (look | {"label": name} for name, look in SPECTRUM.items())
    axis.plot(np.cos(angle), np.sin(angle), **circle)
    real, imag = spectrum[["real", "imag"]].to_numpy().T
    modulus = np.hypot(real, imag)
    for marked, look in ((modulus <= 1 + NEUTRAL, within), (modulus > 1 + NEUTRAL, beyond)):
        axis.plot(real[marked], imag[marked], **look)
    if has_outliers(spectrum):
        power = int(np.log10(limit))
        for direction, set_scale in ((axis.xaxis, axis.set_xscale), (axis.yaxis, axis.set_yscale)):
            set_scale("symlog", linthresh=1)
            ticks_at(direction, [-(10**power), -1, 0, 1, 10**power])
            direction.set_major_formatter(_signed_power)
    axis.set(xlim=(-limit, limit), ylim=(-limit, limit))
    largest = np.nanmax(modulus).item()
    written = f"${largest:.0f}$" if 100 <= largest < 1e5 else number(largest, 3)
    axis.set_title(f"{label}\n$\\max|\\lambda|$ = {written}".lstrip())


def _signed_power(value: float, _: float) -> str:
    """Write a power of ten as such, from 10 on."""
    power = round(np.log10(abs(value))) if value else 0
    sign = "-" if value < 0 else ""
    return rf"${sign}10^{{{power}}}$" if power else f"${value:g}$"


def spectrum_legend(figure: Figure) -> None:
    """Explain above all panels what `draw_spectrum` draws."""
    handles = [
        Line2D([], [], **look | {"alpha": 1}, label=label) for label, look in SPECTRUM.items()
    ]
    handles.append(Line2D([], [], ls="none", label=r"$\max|\lambda|$: on this grid of states"))
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
