"""Counts in sentences, and answers as a JSON file can hold them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def counted(count: int, thing: str, things: str | None = None) -> str:
    """Return ``1 thing`` or ``2 things``; ``no things`` of none."""
    return f"{count or 'no'} {thing if count == 1 else things or f'{thing}s'}"


def in_words(number: int, one: str, many: str = "") -> str:
    """Return ``one thing`` or ``two things``; numbers beyond four stay digits."""
    words = {1: "one", 2: "two", 3: "three", 4: "four"}
    return f"{words.get(number, number)} {one if number == 1 else many or one + 's'}"


def judged(certificate: Mapping[str, Any]) -> str:
    """Return a statement with its verdict and the reason."""
    words = {"proved": "Proved", "refused": "Not so", "undecided": "Undecided"}
    verdict = words[certificate["verdict"]]
    return f"{verdict}: {certificate['statement']} ({certificate['reason']})."


def plain(value: Any) -> Any:
    """Return what JSON can hold: lists, dictionaries, plain numbers; None for NaN and ∞."""
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(part) for part in value]
    if hasattr(value, "tolist"):  # a number of NumPy, or a tensor
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
