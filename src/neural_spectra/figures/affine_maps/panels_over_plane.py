"""What several figures of this study share: portraits, spectra and maps of the spectral radius."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from neural_spectra.figures.style import (
    BLUE,
    COLOURS,
    GREY,
    PURPLE,
    RED,
    YELLOW,
    drawing,
    number,
    panel_letters,
)

DIVERGING = "#777777"
ARROWS = 13  # along each side of a portrait; more are no longer told apart
NEUTRAL = 1e-6  # |ρ − 1| of a fixed point that neither attracts nor repels
OUTLIERS = 3  # a pole of the literal linearisation would shrink all else to a point
ROWS: dict[Any, str] = {
    1: "stable",
    2: "edge of stability",
    3: "unstable",
}  # as the paper calls them
RADIUS = r"$\rho(A^*)$"

PATH: dict[str, Any] = {"color": BLUE, "lw": 0.6, "marker": "o", "ms": 1.1, "label": "orbit"}
START: dict[str, Any] = {"ls": "none", "marker": "o", "ms": 2.8, "mfc": "white", "color": BLUE}
DOTS: dict[str, Any] = {"ms": 2, "mew": 0, "alpha": 0.5, "rasterized": True}
FIXED: dict[str, Any] = {"ls": "none", "mec": "black", "mew": 0.9, "zorder": 4}
FIXED_POINTS: dict[str, dict[str, Any]] = {
    "attracting fixed point": FIXED | {"marker": "o", "ms": 4.5, "mfc": "black"},
    "neutral fixed point": FIXED | {"marker": "d", "ms": 3, "mfc": YELLOW, "mew": 0.4},
    "repelling fixed point": FIXED | {"marker": "s", "ms": 4, "mfc": "white"},
}

STATE: dict[str, Any] = {"ls": "none", "marker": "o", "ms": 2, "mew": 0, "color": PURPLE}
STATE |= {"label": "attractor", "rasterized": True}
BASIN, NO_BASIN = "region of attraction", "to infinity"
EXPLAINED = ["start", "orbit", "attractor", BASIN, NO_BASIN, *FIXED_POINTS]  # in this order


def panel_axes(figure: Figure, count: int, columns: int, labels: tuple[str, str]) -> list[Axes]:
    """Give a figure ``count`` lettered panels, row by row, the outer ones labelled x and y."""
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


def title(label: str, columns: int) -> str:
    """Break a panel's label into lines that fit above one of so many columns."""
    return textwrap.fill(label, 68 // columns, break_long_words=False)


def reach(values: np.ndarray) -> float:
    """Return how far an axis or a scale of colours goes: to the largest value, but to no pole."""
    usual = max(1.0, float(np.nanquantile(values, 0.95)))
    return min(float(np.nanmax(values)), OUTLIERS * usual)


def draw_portrait(axis: Axes, rows: pd.DataFrame) -> None:
    """Draw the phase portrait of a map f of the plane.

    Parameters
    ----------
    rows
        Columns kind, trajectory, step, x, y, u, v, value. Of kind "field": (u, v), of which the
        direction is drawn, from (x, y) to f(x, y); "trajectory": an orbit, step by step;
        "equilibrium": a fixed point and ρ(Df) there; "attractor": a state on an attractor that is
        no point; "basin": the number of the attractor that is
        reached from (x, y), −1 for none, on a grid. The field sets the extent.
    """
    kinds = dict(list(rows.groupby("kind")))
    extent = float(kinds["field"]["x"].max())
    axis.set(xlim=(-extent, extent), ylim=(-extent, extent))
    if "basin" in kinds:
        _draw_basins(axis, kinds["basin"])
    _draw_directions(axis, kinds["field"])
    if "trajectory" in kinds:
        for _, path in kinds["trajectory"].groupby("trajectory"):
            # What escapes soon has coordinates that no drawing can hold.
            seen = path[path[["x", "y"]].abs().max(axis=1) <= 10 * extent]
            axis.plot(seen["x"], seen["y"], **PATH)
            axis.plot(path["x"].head(1), path["y"].head(1), **START, label="start")
    if "attractor" in kinds:
        states = kinds["attractor"]
        axis.plot(states["x"], states["y"], **STATE)
        _enlarge(axis, states, extent)
    if "equilibrium" in kinds:
        fixed = kinds["equilibrium"]
        fixed = fixed[fixed[["x", "y"]].abs().max(axis=1) <= extent]
        names = np.select(
            [fixed["value"] < 1 - NEUTRAL, fixed["value"] <= 1 + NEUTRAL],
            list(FIXED_POINTS)[:2],
            list(FIXED_POINTS)[2],
        )
        for name, look in FIXED_POINTS.items():
            if (names == name).any():
                axis.plot(fixed["x"][names == name], fixed["y"][names == name], **look, label=name)


def _enlarge(axis: Axes, states: pd.DataFrame, extent: float) -> None:
    """Show an attractor that is small in its panel once more, in a corner, enlarged."""
    low, high = states[["x", "y"]].min(), states[["x", "y"]].max()
    half = 0.6 * float((high - low).max())
    if half > extent / 4:
        return
    x, y = (low + high) / 2
    inset = axis.inset_axes((0.6, 0.02, 0.38, 0.38), xticks=[], yticks=[], aspect="equal")
    inset.set(xlim=(x - half, x + half), ylim=(y - half, y + half))
    inset.plot(states["x"], states["y"], **STATE | {"ms": 1})
    inset.spines[:].set(visible=True, linewidth=0.5)
    inset.grid(visible=False)
    axis.indicate_inset_zoom(inset, edgecolor="black", alpha=1, linewidth=0.5)


def _draw_directions(axis: Axes, field: pd.DataFrame) -> None:
    """Draw arrows of one length, thinned out to about `ARROWS` along each side."""
    grid = np.unique(field["x"])
    chosen = grid[:: max(1, round((len(grid) - 1) / (ARROWS - 1)))]
    shown = field[field["x"].isin(chosen) & field["y"].isin(chosen)]
    x, y, u, v = shown[["x", "y", "u", "v"]].to_numpy().T
    length = np.hypot(u, v)
    moves = (length > 0) & np.isfinite(length)
    u, v = u[moves] / length[moves], v[moves] / length[moves]
    look: dict[str, Any] = {"color": "#888888", "pivot": "mid", "width": 0.004, "headwidth": 4}
    axis.quiver(x[moves], y[moves], u, v, scale=1.5 * ARROWS, **look)


def _draw_basins(axis: Axes, basin: pd.DataFrame) -> None:
    """Colour the plane by the attractor that is reached, in a darker grey where there is none."""
    cells = basin.pivot(index="y", columns="x", values="value")
    numbers = cells.to_numpy()
    count = int(numbers.max()) + 1
    colours = [_pale(COLOURS[k % len(COLOURS)]) for k in range(count)]
    axis.pcolormesh(
        cells.columns.to_numpy(),
        cells.index.to_numpy(),
        numbers,
        cmap=ListedColormap([_pale(DIVERGING), *colours]),
        norm=BoundaryNorm(np.arange(-1, count + 1) - 0.5, count + 1),
        rasterized=True,
        zorder=0,
    )
    square: dict[str, Any] = {"ls": "none", "marker": "s", "ms": 6}
    if count:
        axis.plot([], [], **square, color=colours[0], label=BASIN)
    if (numbers == -1).any():
        axis.plot([], [], **square, color=_pale(DIVERGING), label=NO_BASIN)


def _pale(colour: str) -> tuple[float, ...]:
    return tuple(0.3 * part + 0.7 for part in to_rgb(colour))


def portrait_legend(figure: Figure, axes: Sequence[Axes]) -> None:
    """Explain above all panels what any of them shows."""
    found: dict[str, Any] = {}
    for axis in axes:
        handles, labels = axis.get_legend_handles_labels()
        found |= dict(zip(labels, handles, strict=True))
    labels = [label for label in EXPLAINED if label in found]
    handles = [found[label] for label in labels]
    figure.legend(handles, labels, loc="outside upper center", ncols=4)


def spectrum_limit(spectrum: pd.DataFrame) -> float:
    """Return the limit of both axes that shows the unit circle and the eigenvalues."""
    return 1.2 * max(1.0, reach(np.hypot(*spectrum[["real", "imag"]].to_numpy().T)))


def draw_spectrum(axis: Axes, spectrum: pd.DataFrame, limit: float, label: str) -> None:
    """Draw eigenvalues, columns real and imag, and the unit circle; those beyond it are red.

    Above stand ``label``, the largest modulus, and how many eigenvalues the limits leave out.
    """
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


def draw_spectra_by_row(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw spectra, columns panel, row, label, real, imag, in rows that share their limits."""
    rows = list(table.groupby("row", sort=False))
    panels = [list(spectra.groupby("panel", sort=False)) for _, spectra in rows]
    columns = max(map(len, panels))
    with drawing(style, "double_column", 0.3 * style["double_column"] * len(rows) + 0.3) as figure:
        labels = r"$\mathrm{Re}\,\lambda$", r"$\mathrm{Im}\,\lambda$"
        axes = panel_axes(figure, len(rows) * columns, columns, labels)
        for k, (row, spectra) in enumerate(rows):
            limit = spectrum_limit(spectra)
            for axis, (_, spectrum) in zip(axes[k * columns :], panels[k], strict=False):
                draw_spectrum(axis, spectrum, limit, title(spectrum["label"].iloc[0], columns))
            axes[k * columns].set_ylabel(f"{ROWS.get(row, str(row))}\n{labels[1]}")
    return figure


def draw_radius_maps(table: pd.DataFrame, style: Mapping[str, float], columns: int) -> Figure:
    """Draw maps of ρ(A*), columns panel, label, x, y, spectral_radius, each on its own colours."""
    panels = list(table.groupby("panel", sort=False))
    rows = -(-len(panels) // columns)
    height = rows * (style["double_column"] / columns + 0.75)
    with drawing(style, "double_column", height) as figure:
        axes = panel_axes(figure, len(panels), columns, ("$x$", "$y$"))
        for axis, (_, cells) in zip(axes, panels, strict=True):
            axis.set_title(title(cells["label"].iloc[0], columns))
            _draw_radius_map(figure, axis, cells)
    return figure


def _draw_radius_map(figure: Figure, axis: Axes, cells: pd.DataFrame) -> None:
    """Colour the plane by ρ(A*), with a line where it crosses 1; grey where there is no number."""
    radius = cells.pivot(index="y", columns="x", values="spectral_radius")
    x, y, values = radius.columns.to_numpy(), radius.index.to_numpy(), radius.to_numpy()
    low, high = np.nanmin(values).item(), reach(values)
    # Rounding is not shown as a pattern: a constant map has one colour.
    constant = high - low <= NEUTRAL * high
    mesh = axis.pcolormesh(x, y, values, cmap="viridis", rasterized=True)
    mesh.set_clim(low, low + 1 if constant else high)
    axis.set_facecolor(GREY)
    look: dict[str, Any] = {"location": "bottom", "aspect": 14, "shrink": 0.9, "pad": 0.04}
    extend = "max" if np.nanmax(values) > high else "neither"
    bar = figure.colorbar(mesh, ax=axis, label=RADIUS, extend=extend, **look)
    bar.set_ticks([low] if constant else [low, high])
    bar.ax.xaxis.set_major_formatter(lambda value, _: number(value, 3))
    bar.ax.minorticks_off()
    ticks = bar.ax.get_xticklabels()
    ticks[0].set_horizontalalignment("left")
    ticks[-1].set_horizontalalignment("left" if constant else "right")
    bar.outline.set_linewidth(0.6)
    if low < 1 - NEUTRAL and np.nanmax(values) > 1 + NEUTRAL:
        # White on black is seen on every colour of the map.
        for colour, width in (("black", 1.6), ("white", 0.8)):
            axis.contour(x, y, values, [1], colors=colour, linewidths=width)
            bar.ax.axvline(1, color=colour, lw=width)
