"""What an expression of a claims file may be: quantities, reductions and conditions, checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from neural_spectra.claims.claim_expressions import (
    ALONG,
    OPERATIONS,
    PLAIN,
    RANGES,
    listed,
    operation,
)
from neural_spectra.config.size_limits import LARGEST
from neural_spectra.errors import did_you_mean


def _one_of(kind: str, word: Any, known: Mapping[str, Any]) -> None:
    if word not in known:
        hint = did_you_mean(str(word), known)
        raise ValueError(f"{word!r} is no {kind}; there are {', '.join(known)}{hint}")


def _is_number(value: Any) -> bool:
    """Say whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_cell(value: Any) -> bool:
    return isinstance(value, str | bool) or _is_number(value)


def _checked_quantity(quantity: Any) -> Any:
    if isinstance(quantity, str) or _is_number(quantity):
        return quantity
    if not isinstance(quantity, Mapping):
        raise ValueError(f"{quantity!r} should be a column, a finite number or an operation")
    name, parts = operation(quantity)
    if name == "is":
        if len(parts) < 2 or not isinstance(parts[0], str) or not all(map(_is_cell, parts)):
            raise ValueError("'is' takes a column and the values that it may have")
        return quantity
    _one_of("operation", name, {**OPERATIONS, "is": None})
    if len(parts) != (wanted := OPERATIONS[name][1].count("{}")):
        raise ValueError(f"'{name}' takes {wanted} quantities, not {len(parts)}")
    for part in parts:
        _checked_quantity(part)
    return quantity


def _checked_reduction(reduction: Any) -> Any:
    if isinstance(reduction, str):
        _one_of("reduction", reduction, PLAIN)
        return reduction
    if not isinstance(reduction, Mapping):
        raise ValueError(f"{reduction!r} should be a word or a word with the rows' order")
    name, parts = operation(reduction)
    _one_of("reduction", name, ALONG)
    if len(parts) != (wanted := 1 + (name == "first_below")):
        raise ValueError(f"'{name}' takes {wanted} values, not {len(parts)}")
    if name == "first_below" and not _is_number(parts[1]):
        raise ValueError(f"the level of 'first_below' is {parts[1]!r}, not a finite number")
    _checked_quantity(parts[0])
    return reduction


def _checked_condition(condition: Any) -> Any:
    if isinstance(condition, Mapping):
        return _checked_range(condition)
    values = listed(condition)
    if not values or not all(map(_is_cell, values)):
        raise ValueError(f"{condition!r} should be a value, a list of values or a range")
    return condition


def _checked_range(limits: Mapping[str, Any]) -> Mapping[str, Any]:
    for word, value in limits.items():
        _one_of("condition", word, RANGES)
        if not _is_number(value):
            raise ValueError(f"'{word}' takes a finite number, not {value!r}")
    low = max(limits.get(word, -math.inf) for word in ("at_least", "above"))
    high = min(limits.get(word, math.inf) for word in ("at_most", "below"))
    if not limits or low >= high:
        raise ValueError(f"{dict(limits)} is no range in which numbers lie")
    return limits


Quantity = Annotated[Any, AfterValidator(_checked_quantity)]
Reduction = Annotated[Any, AfterValidator(_checked_reduction)]
Condition = Annotated[Any, AfterValidator(_checked_condition)]
