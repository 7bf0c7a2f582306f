"""Statements of the paper put to the test: on how many models each fails, and single cases."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from neural_spectra.figures.style import BLUE, GREY, RED, drawing, number

HOLDS: dict[str, Any] = {"marker": "o", "color": BLUE, "ls": "none"}
HOLDS |= {"label": "the statement holds in this case"}
FAILS = HOLDS | {"marker": "X", "color": RED, "ms": 5, "label": "it fails in this case"}
STATEMENT, CASE, MEANING = 30, 64, 84  # characters in a line
LINE = 0.17  # inches


def draw(table: pd.DataFrame, style: Mapping[str, float]) -> Figure:
    """Draw ``counterexamples.csv``.

    Its columns: statement, case, holds, value, bound, fails_in, of, meaning. A bar for each
    statement, in how many of the models it fails; below the bar the verdict on each case.
    """
    blocks = list(table.groupby("statement", sort=False))
    labels = [textwrap.fill(str(statement), STATEMENT) for statement, _ in blocks]
    cases = [[_case(*row) for row in _columns(rows)] for _, rows in blocks]
    heights = [
        max(label.count("\n") + 1, 1 + sum(len(lines) for lines, _ in texts)) + 0.7
        for label, texts in zip(labels, cases, strict=True)
    ]
    with drawing(style, "double_column", LINE * sum(heights) + 0.8) as figure:
        axis = figure.subplots()
        top, centres = 0.0, []
        for (_, rows), texts, height in zip(blocks, cases, heights, strict=True):
            axis.axhline(top, color=GREY, lw=0.6)
            _draw_bar(axis, top + 0.85, rows["fails_in"].iloc[0], rows["of"].iloc[0])
            place = top + 1.9
            for lines, holds in texts:
                axis.plot(0.015, place, **(HOLDS if holds else FAILS))
                for line in lines:
                    axis.text(0.035, place, line, va="center")
                    place += 1
            centres.append(top + height / 2)
            top += height
        axis.set_yticks(centres, labels)
        axis.tick_params(axis="y", length=0)
        axis.grid(visible=False, axis="y")
        axis.set(
            xlim=(0, 1), ylim=(top, 0), xlabel="share of the models concerned in which it fails"
        )
        axis.xaxis.set_major_formatter(PercentFormatter(1))
        handles = [Line2D([], [], **look) for look in (HOLDS, FAILS)]
        figure.legend(handles=handles, loc="outside upper center", ncols=2)
    return figure


def _columns(rows: pd.DataFrame) -> zip[tuple[Any, ...]]:
    names = ("case", "holds", "value", "bound", "meaning")
    return zip(*(rows[name] for name in names), strict=True)


def _case(
    case: str, holds: bool, value: float, bound: float, meaning: str
) -> tuple[list[str], bool]:
    """Return a case in words and numbers, in lines that fit, and whether the statement holds."""
    numbers = {"value": value, "bound": bound}
    known = [f"{name} {number(x, 3)}" for name, x in numbers.items() if pd.notna(x)]
    *lines, last = textwrap.wrap(case, CASE)
    last = f"{last}: {', '.join(known)}" if known else last
    return [*lines, last, *textwrap.wrap(f"({meaning})", MEANING)], holds


def _draw_bar(axis: Axes, height: float, fails: float, of: float) -> None:
    """Draw in how many models a statement fails, unless it was not tried on any."""
    if pd.isna(fails):
        return
    share = fails / of
    axis.barh(height, share, height=0.8, color=RED, alpha=0.6, lw=0)
    text, aside = f"fails in {fails:g} of {of:g}", 0.01
    # A long bar has no place for the words behind it.
    if share > 0.75:
        axis.text(share - aside, height, text, ha="right", va="center")
    else:
        axis.text(share + aside, height, text, va="center")
