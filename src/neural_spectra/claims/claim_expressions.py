"""What a claim looks at: a small language of columns, rows and reductions, free of code.

A quantity is a column, a number, or one operation on quantities::

    jacobian_norm
    {ratio: [jacobian_norm, bound]}
    {log: {absolute: det}}
    {is: [attractor, quasi-periodic]}      # 1 where the text is one of those, else 0

A condition on a column is a value, a list of values, or a range::

    s: 1.0        network: [free_32, free_256]        s: {at_least: 1.0, below: 4.0}

A reduction turns the rows of a group into one number: a word of ``PLAIN``, or one of ``ALONG``
with the quantity along which the rows are ordered::

    largest        {slope: {log: s}}       {largest_rise: s}       {first_below: [s, 0.01]}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import AfterValidator

from neural_spectra.errors import InputError, did_you_mean

Array = np.ndarray

# Each with the way it is written, which has a place for every quantity that it takes.
OPERATIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "ratio": (np.divide, "{} / {}"),
    "difference": (np.subtract, "{} − {}"),
    "product": (np.multiply, "{} · {}"),
    "sum": (np.add, "{} + {}"),
    "modulus": (np.hypot, "|({}, {})|"),
    "at_most": (np.less_equal, "({} ≤ {})"),
    "absolute": (np.abs, "|{}|"),
    "log": (np.log, "ln {}"),
    "exp": (np.exp, "exp {}"),
}

PLAIN: dict[str, Callable[[Array], float]] = {
    "largest": np.max,
    "smallest": np.min,
    "mean": np.mean,
    "median": np.median,
    "total": np.sum,
    "spread": np.ptp,
    "distinct": lambda values: np.unique(values).size,
}


# Of the values in order, and of what they are ordered by; the last takes a level as well.
ALONG: dict[str, Callable[..., float]] = {
    "slope": lambda values, along: np.polyfit(along, values, 1)[0],
    "largest_rise": lambda values, along: np.max(np.diff(values)),
    "largest_drop": lambda values, along: -np.min(np.diff(values)),
    "first": lambda values, along: values[0],
    "last": lambda values, along: values[-1],
    "change": lambda values, along: values[-1] - values[0],
    "first_below": lambda values, along, level: np.min(along, where=values < level, initial=np.inf),
}

# They compare values along the order: of a single value they say nothing.
COMPARING = {"slope", "largest_rise", "largest_drop", "change"}

RANGES: dict[str, Callable[[pd.Series, Any], pd.Series]] = {
    "at_least": pd.Series.ge,
    "above": pd.Series.gt,
    "at_most": pd.Series.le,
    "below": pd.Series.lt,
}


def _one_of(kind: str, word: Any, known: Mapping[str, Any]) -> None:
    if word not in known:
        hint = did_you_mean(str(word), known)
        raise ValueError(f"{word!r} is no {kind}; there are {', '.join(known)}{hint}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _operation(quantity: Mapping[str, Any]) -> tuple[str, list[Any]]:
    if len(quantity) != 1:
        raise ValueError(f"{quantity} should have one key, the operation")
    ((name, parts),) = quantity.items()
    return name, parts if isinstance(parts, list) else [parts]


def _checked_quantity(quantity: Any) -> Any:
    if isinstance(quantity, str) or _is_number(quantity):
        return quantity
    if not isinstance(quantity, Mapping):
        raise ValueError(f"{quantity!r} should be a column, a number or an operation")
    name, parts = _operation(quantity)
    if name == "is":
        if len(parts) < 2 or not isinstance(parts[0], str):
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
    name, parts = _operation(reduction)
    _one_of("reduction", name, ALONG)
    if len(parts) != (wanted := 1 + (name == "first_below")):
        raise ValueError(f"'{name}' takes {wanted} values, not {len(parts)}")
    if name == "first_below" and not _is_number(parts[1]):
        raise ValueError(f"the level of 'first_below' is {parts[1]!r}, not a number")
    _checked_quantity(parts[0])
    return reduction


def _checked_condition(condition: Any) -> Any:
    for word, value in condition.items() if isinstance(condition, Mapping) else ():
        _one_of("condition", word, RANGES)
        if not _is_number(value):
            raise ValueError(f"'{word}' takes a number, not {value!r}")
    return condition


Quantity = Annotated[Any, AfterValidator(_checked_quantity)]
Reduction = Annotated[Any, AfterValidator(_checked_reduction)]
Condition = Annotated[Any, AfterValidator(_checked_condition)]


def written(quantity: Any) -> str:
    """Return a quantity as a formula of columns."""
    if isinstance(quantity, str):
        return quantity
    if isinstance(quantity, int | float):
        return f"{quantity:g}"
    name, parts = _operation(quantity)
    if name == "is":
        return f"({parts[0]} is {' or '.join(map(str, parts[1:]))})"
    inner = [
        f"({written(part)})" if isinstance(part, Mapping) and "is" not in part else written(part)
        for part in parts
    ]
    return OPERATIONS[name][1].format(*inner)


def written_reduction(reduction: Any) -> str:
    """Return a reduction in words."""
    if isinstance(reduction, str):
        return reduction
    name, parts = _operation(reduction)
    limit = f" {parts[1]:g}" if len(parts) > 1 else ""
    return f"{name.replace('_', ' ')}{limit} along {written(parts[0])}"


def column_of(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a column.

    Raises
    ------
    InputError
        If the table has none of that name.
    """
    if name not in table:
        raise InputError(f"it has no column '{name}'{did_you_mean(name, table.columns)}")
    return table[name]


def evaluate(quantity: Any, table: pd.DataFrame) -> pd.Series:
    """Return a quantity in every row, as numbers; NaN or ±∞ where it has none.

    Raises
    ------
    InputError
        If the table lacks a column of it, or has text there.
    """
    if isinstance(quantity, str):
        column = column_of(table, quantity)
        if not pd.api.types.is_numeric_dtype(column):
            raise InputError(f"column '{quantity}' holds text; compare it with {{is: [...]}}")
        return column.astype(float)
    if isinstance(quantity, int | float):
        return pd.Series(float(quantity), index=table.index)
    name, parts = _operation(quantity)
    if name == "is":
        return column_of(table, parts[0]).isin(parts[1:]).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = OPERATIONS[name][0](*(evaluate(part, table) for part in parts))
    return pd.Series(values, index=table.index).astype(float)


def is_yes_or_no(quantity: Any, table: pd.DataFrame) -> bool:
    """Say whether a quantity is an answer in every row, 1 for yes and 0 for no."""
    if isinstance(quantity, Mapping):
        return _operation(quantity)[0] in ("is", "at_most")
    return isinstance(quantity, str) and pd.api.types.is_bool_dtype(table[quantity])


def select(table: pd.DataFrame, where: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows that meet every condition.

    Raises
    ------
    InputError
        If the table lacks a column that a condition is on.
    """
    for name, condition in where.items():
        column = column_of(table, name)
        if isinstance(condition, Mapping):
            for word, value in condition.items():
                table = table[RANGES[word](table[name], value)]
        else:
            values = condition if isinstance(condition, list) else [condition]
            table = table[column.isin(values)]
    return table


def order_of(reduction: Any, table: pd.DataFrame) -> Array:
    """Return the quantity along which a reduction orders the rows, their number if it does not.

    Raises
    ------
    InputError
        If the table lacks a column of it, or has text there.
    """
    if isinstance(reduction, str):
        return np.arange(len(table))
    return evaluate(_operation(reduction)[1][0], table).to_numpy()


def is_long_enough(reduction: Any, along: Array) -> bool:
    """Say whether the rows of a group suffice for a reduction."""
    name = reduction if isinstance(reduction, str) else _operation(reduction)[0]
    return name not in COMPARING or len(set(along)) > 1


def reduce(reduction: Any, values: Array, along: Array) -> float:
    """Return the one number that stands for the rows of a group.

    Parameters
    ----------
    values
        The quantity in each row.
    along
        What the rows are ordered by; see `order_of`.
    """
    if isinstance(reduction, str):
        return float(PLAIN[reduction](values))
    name, (_, *levels) = _operation(reduction)
    order = np.argsort(along, kind="stable")
    return float(ALONG[name](values[order], along[order], *map(float, levels)))
