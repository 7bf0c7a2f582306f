"""Numbers and points as people write them, and as a JSON file can hold them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SHOWN_COORDINATES = 4


def written(value: float | None, digits: int = 3) -> str:
    """Return a number with so many digits, as a power of ten where zeros would fill the line."""
    if value is None or math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    plain = f"{float(f'{value:.{digits}g}'):.{max(digits, 5)}g}"
    if value == 0 or (abs(value) >= 1e-3 and "e" not in plain):
        return plain.replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    power = f"10{str(int(exponent)).translate(_RAISED)}"
    return {"1": power, "-1": f"−{power}"}.get(mantissa, f"{mantissa.replace('-', '−')}·{power}")


def written_point(point: Iterable[float]) -> str:
    """Return a point as ``(x, y)``, the first coordinates of a long one, or a single number."""
    numbers = [written(value) for value in point]
    if len(numbers) == 1:
        return numbers[0]
    more = [f"… {len(numbers)} coordinates"] if len(numbers) > _SHOWN_COORDINATES else []
    return f"({', '.join(numbers[:_SHOWN_COORDINATES] + more)})"


def written_error(value: float, error: float) -> str:
    """Return ``value ± error``, the value to the digit that the error leaves sure."""
    if not (math.isfinite(value) and math.isfinite(error) and error > 0):
        return written(value)
    decimals = max(0, 1 - math.floor(math.log10(error)))
    if decimals > 6:
        return written(value, 6)
    return f"{value:.{decimals}f} ± {error:.{decimals}f}".replace("-", "−")


def counted(count: int, thing: str, things: str | None = None) -> str:
    """Return ``1 thing`` or ``2 things``; ``no things`` of none."""
    return f"{count or 'no'} {thing if count == 1 else things or f'{thing}s'}"


def listed(parts: Iterable[str]) -> str:
    """Return ``a, b and c``."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


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
