"""The one style of all figures: physical sizes, safe colours, embedded fonts, identical bytes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from string import ascii_lowercase
from typing import Any, Literal

import matplotlib as mpl
import matplotlib.style
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullLocator, StrMethodFormatter

# What each colour is for, in every figure; modules write none of their own. Paul Tol's "bright" and
# "muted" schemes: distinguishable with every common colour blindness and in print.
PALETTE = {
    "paper": ("#EE6677", "what the paper states, and what agrees with it; nothing else is red"),
    "computed": ("#4477AA", "what is computed: values, orbits, and where all is well"),
    "exception": ("#DDAA33", "where a value is above 1, an orbit escapes, or a statement fails"),
    "proved": ("#228833", "what is proved here: certified bounds, windows, verdicts"),
    "bound": ("#AA3377", "bounds by the paper's formulas, computed here"),
    "exact": ("#000000", "what is exact: closed forms, thresholds, the unit circle, fixed points"),
    "guide": ("#777777", "guides to the eye: directions, medians, searches without a result"),
    "range": ("#E5E5E5", "ranges: what a theorem allows or rules out, what cannot be told from 0"),
    "nothing": ("#D0D0D0", "where there is no number, or no attractor"),
    "open": ("#FFFFFF", "the inside of open marks; what is undecided"),
}
PAPER, COMPUTED, EXCEPTION, PROVED, BOUND, EXACT, GUIDE, RANGE, NOTHING, OPEN = (
    colour for colour, _ in PALETTE.values()
)
# Things of one kind side by side, such as networks, activations or scalings: the legend says which.
COLOURS = ("#332288", "#44AA99", "#999933", "#88CCEE", "#882255", "#661100")
# What has an order: time, levels, powers.
IN_ORDER = "viridis"
# A ratio on a logarithmic scale: below 1, at 1, above 1.
AROUND_ONE = LinearSegmentedColormap.from_list(
    "around one", ["#16314F", COMPUTED, "#F4F4F4", EXCEPTION, "#6B4A00"]
)
# The second cue beside the colour.
LINES: tuple[Any, ...] = ("-", "--", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 3)), (0, (1, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")
# Of all figures, as the config gives it: see `applied`.
Style = Mapping[str, float]

NETWORKS = {
    "shifted_32": "shifted tanh, 32 units",
    "shifted_256": "shifted tanh, 256 units",
    "free_32": "free tanh, 32 units",
    "free_256": "free tanh, 256 units",
    "silu_256": "free SiLU, 256 units",
    "silu_shifted_256": "shifted SiLU, 256 units",
}
SCALE = "pre-activation scale $s$"


@contextmanager
def applied(style: Style) -> Iterator[None]:
    """Draw inside this context with the project's style; nothing global changes after it.

    Parameters
    ----------
    style
        ``font_size`` in points, ``dots_per_inch``, ``single_column`` and ``double_column`` in
        inches.
    """
    size = style["font_size"]
    settings = {
        "font.family": "DejaVu Sans",
        "font.size": size,
        "axes.titlesize": size,
        "axes.labelsize": size,
        "legend.fontsize": size - 1,
        "xtick.labelsize": size - 1,
        "ytick.labelsize": size - 1,
        "mathtext.fontset": "dejavusans",
        "figure.dpi": style["dots_per_inch"],
        "figure.constrained_layout.use": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "axes.axisbelow": True,
        "axes.grid": True,
        "grid.linewidth": 0.3,
        "grid.color": RANGE,
        "lines.linewidth": 1.2,
        "lines.markersize": 3.5,
        "legend.frameon": False,
    }
    # From matplotlib's defaults, so that a reader's own matplotlibrc changes no figure.
    with matplotlib.style.context(["default", settings]):
        yield


@contextmanager
def drawing(
    style: Style, width: Literal["single_column", "double_column"], height: float
) -> Iterator[Figure]:
    """Give an empty figure to draw on, as wide as a column and ``height`` inches high.

    Its panels get their letters, where there are several, when all is drawn.
    """
    with applied(style):
        figure = Figure(figsize=(style[width], height))
        yield figure
        panels = [axis for axis in figure.axes if axis.get_label() != "<colorbar>"]
        if len(panels) > 1:
            panel_letters(panels)
        # Ticks are made when they are first drawn, in the style that holds at that moment. A layout
        # around panels of a fixed shape needs two drawings to settle; then every file has the same.
        figure.draw_without_rendering()
        if any(axis.get_aspect() != "auto" for axis in figure.axes):
            figure.draw_without_rendering()
        figure.set_layout_engine("none")


def saying(style: Style, sentence: str) -> Figure:
    """Return a figure that tells in a sentence why there is nothing to draw."""
    with drawing(style, "single_column", 0.6) as figure:
        figure.text(0.5, 0.5, sentence, ha="center", va="center")
    return figure


def save(figure: Figure, *paths: str | Path) -> None:
    """Save as PDF or PNG by the suffix, without a date, so that equal drawings are equal files."""
    with matplotlib.style.context(["default", {"pdf.fonttype": 42}]):
        for path in paths:
            dateless = {"CreationDate": None} if Path(path).suffix == ".pdf" else {}
            figure.savefig(path, metadata=dateless)


def in_order(k: int, count: int) -> dict[str, Any]:
    """Return the look of the k-th line of so many that have an order, from 0 on."""
    place = 0.8 * k / max(1, count - 1)  # the end of the scale is too light for a line
    return {"color": to_hex(mpl.colormaps[IN_ORDER](place)), "ls": LINES[k % len(LINES)]}


def pale(colour: str) -> str:
    """Return a colour for an area behind what is drawn in full colours."""
    red, green, blue = (0.22 * part + 0.78 for part in to_rgb(colour))
    return to_hex((red, green, blue))


def network_places(names: Sequence[str]) -> dict[str, int]:
    """Say which colour, line and mark each network has, so that it has them in every figure.

    The networks of the study have their own, and any others what these leave.
    """
    known = {name: k for k, name in enumerate(NETWORKS) if name in names}
    free = [k for k in range(len(COLOURS)) if k not in known.values()]
    others = [name for name in names if name not in known]
    return known | dict(zip(others, free, strict=False))


def line_of(k: int) -> dict[str, Any]:
    """Return the look of the k-th line of a panel, from 0 on."""
    return {"color": COLOURS[k], "ls": LINES[k]}


def mark_of(k: int) -> dict[str, Any]:
    """Return the look of the k-th kind of marks of a panel, without a line through them."""
    return {"color": COLOURS[k], "marker": MARKERS[k], "ls": "none"}


def panel_letters(axes: Iterable[Axes]) -> None:
    """Write a bold lowercase letter above the left corner of each axis."""
    for letter, axis in zip(ascii_lowercase, axes, strict=False):
        axis.set_title(letter, loc="left", fontweight="bold")


def logarithmic_scale(axis: Axes) -> None:
    """Put the pre-activation scale on a logarithmic horizontal axis with plain numbers."""
    axis.set(xscale="log", xlabel=SCALE)
    ticks_at(axis.xaxis, [0.1, 0.3, 1, 3, 10, 30, 100])


def ticks_at(axis: Axis, places: Sequence[int | float]) -> None:
    """Put ticks at these places only, each with its number written out."""
    axis.set_major_locator(FixedLocator(places))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_locator(NullLocator())


def between(axis: Axes, count: int, along: Literal["x", "y"] = "x") -> None:
    """Part the places 0, 1, … of so many categories by lines, so that marks aside belong to one.

    They run from left to right, or from the top downwards.
    """
    axis.grid(visible=False, axis=along)
    if along == "x":
        axis.set_xlim(-0.5, count - 0.5)
    else:
        axis.set_ylim(count - 0.5, -0.5)
    line = axis.axvline if along == "x" else axis.axhline
    for place in range(1, count):
        line(place - 0.5, color=RANGE, lw=0.8, zorder=0)


def few_ticks(*axes: Axis, most: int = 5) -> None:
    """Put ticks at round numbers, with at most so many steps between them."""
    for axis in axes:
        axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))


def plain_numbers(axis: Axis) -> None:
    """Write small numbers out at each tick: a factor in the corner is easily overlooked.

    On a logarithmic axis of one or two decades, ticks stand at 1 and 3 times powers of ten.
    """
    low, high = axis.get_view_interval()
    if axis.get_scale() == "log":
        if high < 100 * low:
            axis.set_major_locator(LogLocator(subs=(1, 3)))
            axis.set_major_formatter(lambda value, _: number(value, 1))
            axis.set_minor_locator(NullLocator())
    elif max(abs(low), abs(high)) < 1e-3:
        axis.set_major_formatter(lambda value, _: number(value))


def entries(*axes: Axes) -> dict[str, list[Any]]:
    """Return what a legend of axes takes: each label once, with the first line that has it."""
    found = [pair for axis in axes for pair in zip(*axis.get_legend_handles_labels(), strict=True)]
    handles, labels = [handle for handle, _ in found], [label for _, label in found]
    first = dict(zip(reversed(labels), reversed(handles), strict=True))
    ordered = list(dict.fromkeys(labels))
    return {"handles": [first[label] for label in ordered], "labels": ordered}


def legend_above(axis: Axes) -> None:
    """Put an axis' legend, if any line has a label, in one line above its right corner."""
    found = entries(axis)
    if found["labels"]:
        axis.legend(
            **found,
            loc="lower right",
            bbox_to_anchor=(1, 1),
            ncols=len(found["labels"]),
            borderpad=0,
            columnspacing=1,
            handletextpad=0.4,
        )


def network_label(name: str) -> str:
    """Return a network's name for a reader: what it is, if it is one of the paper's."""
    return NETWORKS.get(name, name.replace("_", " "))


def quantity_label(name: str) -> str:
    """Return the symbols of a quantity that a table names in words, such as ``det at s = 1``."""
    symbols = {"det ": r"$\det M$ ", "improvement ": r"$C/\widetilde{C}$ "}
    for word, symbol in symbols.items():
        name = name.replace(word, symbol)
    return re.sub(r"s = (\S+)", r"$s = \1$", name)


def multiple_of_pi(value: float) -> str:
    """Return a number as mathtext: in multiples of π where it is a simple one."""
    factor = value / math.pi
    if abs(factor - round(factor)) < 1e-9:
        return rf"${round(factor)}\pi$"
    return number(value)


def number(value: float, digits: int = 2) -> str:
    """Return a number as mathtext, as a power of ten where zeros would fill the page."""
    if not math.isfinite(value):
        return rf"${'-' * (value < 0)}\infty$" if abs(value) == math.inf else "unknown"
    plain = f"{value:.{digits}g}"
    if value == 0 or (abs(value) >= 1e-3 and "e" not in plain):
        return f"${plain}$"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return rf"${mantissa}\times 10^{{{int(exponent)}}}$"
