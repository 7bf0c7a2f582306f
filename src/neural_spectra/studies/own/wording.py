"""Counts in sentences, and answers as a JSON file can hold them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def counted(count: int, thing: str, things: str | None = None) -> str:
    """Return ``1 thing`` or ``2 things``; ``no things`` of none."""
    return f"{count or 'no'} {thing if count == 1 else things or f'{thing}s'}"


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
