"""Which residuals of the scale sweep concern a table that shows a part of it."""

from __future__ import annotations

from collections.abc import Mapping


def concerning(residuals: Mapping[str, float], refined_on: str | None = None) -> dict[str, float]:
    """Return the residuals of what is shown.

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
