"""The paper's number against ours, drawn as a strip a line high."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from markupsafe import Markup, escape

from neural_spectra.claims.numbers_as_text import ours, readable

WIDTH, HEIGHT = 140, 22
# Numbers that differ by more are drawn by their logarithms.
_RATIO_OF_LOGARITHMIC = 30.0
_MARGIN = 0.12


def strip(claim: Mapping[Hashable, Any]) -> Markup:
    """Draw what is accepted, the paper's number and the range of ours; nothing where we have none.

    Parameters
    ----------
    claim
        A row of the ledger.
    """
    lowest, highest = claim["our_lowest"], claim["our_highest"]
    if not (math.isfinite(lowest) and math.isfinite(highest)):
        return Markup("")
    paper, value = claim["paper_value"], claim["our_value"]
    ends = claim["lowest"], claim["highest"]
    known = [x for x in (lowest, highest, value, paper, *ends) if math.isfinite(x)]
    place = _axis(known)
    low = place(ends[0]) if math.isfinite(ends[0]) else 0.0
    high = place(ends[1]) if math.isfinite(ends[1]) else float(WIDTH)
    first, last = place(lowest), place(highest)
    middle = HEIGHT / 2
    parts = [
        f'<rect class="accepted" x="{low:.1f}" y="3" width="{max(high - low, 1):.1f}" '
        f'height="{HEIGHT - 6}"/>',
        f'<line class="range" x1="{first:.1f}" x2="{max(last, first + 1):.1f}" y1="{middle:g}" '
        f'y2="{middle:g}"/>',
    ]
    if math.isfinite(value):
        parts.append(f'<circle class="value" cx="{place(value):.1f}" cy="{middle:g}" r="3.5"/>')
    if math.isfinite(paper):
        x = place(paper)
        parts.append(f'<path class="given" d="M{x:.1f} 1V{HEIGHT - 1}M{x - 3:.1f} 1h6"/>')
    return Markup(
        f'<svg class="strip" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(_in_words(claim))}">{"".join(parts)}</svg>'
    )


def _in_words(claim: Mapping[Hashable, Any]) -> str:
    """Say what a strip shows."""
    paper = claim["paper_value"]
    given = f"the paper: {readable(paper)}; " if math.isfinite(paper) else ""
    return f"{given}accepted: {claim['tolerance']}; ours: {ours(claim)}"


def _axis(values: list[float]) -> Callable[[float], float]:
    """Return the place along a strip of every value between the least and the largest."""
    least, largest = min(values), max(values)
    logarithmic = least > 0 and largest > _RATIO_OF_LOGARITHMIC * least
    scale = math.log if logarithmic else float
    low, high = scale(least), scale(largest)
    span = high - low or max(abs(high), 1.0)
    start = low - _MARGIN * span
    whole = high + _MARGIN * span - start
    return lambda value: WIDTH * (scale(value) - start) / whole
