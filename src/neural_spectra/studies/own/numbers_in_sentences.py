"""Numbers in sentences, as people write them, and in JSON, where there is no NaN."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context
from typing import SupportsFloat

_PLAIN_FROM, _PLAIN_TO, _MOST_DECIMALS = 1e-4, 1e7, 5
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def figures(value: float, digits: int = 3, rounding: str = ROUND_HALF_EVEN) -> str:
    """Return a number to so many significant digits: 6.63, 26,600, 1.2·10⁻⁷, −12.6."""
    if not math.isfinite(value):
        return "unknown" if math.isnan(value) else "−∞" if value < 0 else "∞"
    sign = "−" if value < 0 else ""
    rounded = abs(float(Context(digits, rounding).create_decimal(repr(float(value)))))
    if rounded == 0:
        return "0"
    if not _PLAIN_FROM <= rounded < _PLAIN_TO:
        mantissa, exponent = f"{rounded:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{sign}{mantissa}·10{str(int(exponent)).translate(_SUPERSCRIPTS)}"
    decimals = max(0, digits - 1 - math.floor(math.log10(rounded)))
    text = f"{rounded:,.{decimals}f}"
    return sign + (text.rstrip("0").rstrip(".") if "." in text else text)


def at_least(value: float, digits: int = 3) -> str:
    """Return a lower bound to so many digits, which is still one."""
    return figures(value, digits, ROUND_FLOOR)


def at_most(value: float, digits: int = 3) -> str:
    """Return an upper bound to so many digits, which is still one."""
    return figures(value, digits, ROUND_CEILING)


def with_error(value: float, error: float) -> str:
    """Return a number with its error, to the digits that the error leaves: 0.071 ± 0.002."""
    if not (math.isfinite(error) and error > 0 and math.isfinite(value)):
        return figures(value)
    decimals = max(0, -math.floor(math.log10(error)))
    if decimals > _MOST_DECIMALS:
        return f"{figures(value)} ± {figures(error, 1)}"
    shown = f"{abs(value):.{decimals}f}"
    return f"{'−' if value < 0 and float(shown) else ''}{shown} ± {figures(error, 1)}"


def point(x: Iterable[SupportsFloat], most: int = 4) -> str:
    """Return a point as (x₁, x₂, …), the last coordinates of many left out."""
    coordinates = [figures(float(value)) for value in x]
    left_out = ", …" if len(coordinates) > most else ""
    return f"({', '.join(coordinates[:most])}{left_out})"


def percent(share: float) -> str:
    """Return a share in per cent: 3 %, 0.4 %."""
    return f"{figures(100 * share, 2)} %"


def known(value: float) -> float | None:
    """Return a number for JSON, None where it is not known or not finite."""
    number = float(value)
    return number if math.isfinite(number) else None


def listed(words: list[str]) -> str:
    """Return words as "a, b and c"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
