"""Residuals: what tells a reader how far to trust the numbers of a table. Large has to mean bad."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping


def merged(residuals: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the largest residual of each name; a NaN wins over any number, to stay visible."""
    largest: dict[str, float] = {}
    for part in residuals:
        for name, value in part.items():
            known = largest.get(name, -math.inf)
            largest[name] = float(known if known >= value or math.isnan(known) else value)
    return largest


def concerning(residuals: Mapping[str, float], refined_on: str | None = None) -> dict[str, float]:
    """Return the residuals of the scale sweep that concern a table which shows a part of it.

    Parameters
    ----------
    residuals
        Those of the tables selected from.
    refined_on
        The region over which the refined bound is shown; None if it is not shown at all.
    """
    if refined_on is None:
        return {name: value for name, value in residuals.items() if "refined" not in name}
    gap = f"refined_gap_{refined_on}"
    return {
        name: value
        for name, value in residuals.items()
        if name == gap or not name.startswith("refined_gap_")
    }
