"""What the figures of a user's map share: names of axes and of quantities, marks of cycles."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from neural_spectra.figures.style import COMPUTED, EXACT, EXCEPTION, GUIDE, OPEN

OUTLIERS = 3  # a pole would shrink all else to a point
NEUTRAL = 1e-6  # |ρ − 1| of a cycle that neither attracts nor repels
_MARK: dict[str, Any] = {"ls": "none", "mec": EXACT, "mew": 0.8, "zorder": 4}
MARKS: dict[str, dict[str, Any]] = {
    "attracting fixed point": _MARK | {"marker": "o", "ms": 5, "mfc": EXACT},
    "neutral fixed point": _MARK | {"marker": "d", "ms": 4, "mfc": GUIDE},
    "unstable fixed point": _MARK | {"marker": "s", "ms": 4.5, "mfc": OPEN},
    "attracting cycle": _MARK | {"marker": "o", "ms": 4, "mfc": COMPUTED},
    "neutral cycle": _MARK | {"marker": "d", "ms": 3, "mfc": GUIDE},
    "unstable cycle": _MARK | {"marker": "^", "ms": 3.5, "mfc": EXCEPTION, "mew": 0.4},
}
_QUANTITIES = {
    "rho": r"$\rho(A^*)$",
    "norm": r"$\|A^*\|_2$",
    "rho of Df": r"$\rho(Df)$",
    "size of b": r"$|b^*|$",
}


def reach(values: np.ndarray) -> float:
    """Return how far an axis or a scale of colours goes: to the largest value, but to no pole."""
    usual = max(1.0, float(np.nanquantile(values, 0.95)))
    return min(float(np.nanmax(values)), OUTLIERS * usual)


def coordinate_label(name: str) -> str:
    """Return a coordinate's name for a reader: ``x_1`` with its index lowered."""
    return re.sub(r"^x_(\d+)$", r"$x_{\1}$", name)


def quantity_label(name: str) -> str:
    """Return the symbols of a quantity that a table names in words, such as ``A 1 2``."""
    entry = re.sub(r"^A (\d+) (\d+)$", r"$A^*_{\1\2}$", name)
    return _QUANTITIES.get(name, re.sub(r"^b (\d+)$", r"$b^*_{\1}$", entry))


def kind_of_cycle(points: int, rate: float) -> str:
    """Return the label of a cycle of so many points, by its rate |multiplier|^(1/p)."""
    what = "fixed point" if points == 1 else "cycle"
    if abs(rate - 1) <= NEUTRAL:
        return f"neutral {what}"
    return f"attracting {what}" if rate < 1 else f"unstable {what}"


def draw_cycles(axis: Axes, cycles: pd.DataFrame) -> None:
    """Mark the points of fixed points and cycles: columns number, x, y, value."""
    for _, points in cycles.groupby("number"):
        kind = kind_of_cycle(len(points), float(points["value"].iloc[0]))
        axis.plot(points["x"], points["y"], **MARKS[kind], label=kind)


def edges(places: np.ndarray) -> np.ndarray:
    """Return the borders of cells around equally spaced places."""
    half = (places[1] - places[0]) / 2
    return np.append(places - half, places[-1] + half)
