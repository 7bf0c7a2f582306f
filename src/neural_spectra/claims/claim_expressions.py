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
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.errors import InputError, did_you_mean

Array = np.ndarray

# What is no number is seen in the result.
_QUIETLY = np.errstate(divide="ignore", invalid="ignore", over="ignore")


def _known(answers: Array, *parts: Array) -> Array:
    """Return answers as numbers, NaN where a part of the question is."""
    return np.where(np.isnan(parts).any(axis=0), np.nan, answers)


# Each with the way it is written, which has a place for every quantity that it takes.
OPERATIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "ratio": (np.divide, "{} / {}"),
    "difference": (np.subtract, "{} − {}"),
    "product": (np.multiply, "{} · {}"),
    "sum": (np.add, "{} + {}"),
    "modulus": (np.hypot, "|({}, {})|"),
    "at_most": (lambda low, high: _known(low <= high, low, high), "({} ≤ {})"),
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
# They return one of the values, or a number between two of them.
WITHIN = {"largest", "smallest", "mean", "median", "first", "last"}

RANGES: dict[str, Callable[[pd.Series, Any], pd.Series]] = {
    "at_least": pd.Series.ge,
    "above": pd.Series.gt,
    "at_most": pd.Series.le,
    "below": pd.Series.lt,
}


def operation(quantity: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return the word of an operation or reduction, and what it is applied to.

    Raises
    ------
    ValueError
        If it is more than one.
    """
    if len(quantity) != 1:
        raise ValueError(f"{quantity} should have one key, the operation")
    ((name, parts),) = quantity.items()
    return name, listed(parts)


def listed(values: Any) -> list[Any]:
    """Return a list as it is, and anything else as the only entry of one."""
    return values if isinstance(values, list) else [values]


def written(quantity: Any) -> str:
    """Return a quantity as a formula of columns."""
    if isinstance(quantity, str):
        return quantity
    if isinstance(quantity, int | float):
        return f"{quantity:g}"
    name, parts = operation(quantity)
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
    name, parts = operation(reduction)
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


def _among(table: pd.DataFrame, name: str, values: list[Any]) -> pd.Series:
    """Say of each row whether a column has one of some values, which must be of its kind."""
    column = column_of(table, name)
    is_text = pd.api.types.is_string_dtype(column)
    for value in values:
        if isinstance(value, str) != is_text:
            held = "text" if is_text else "no text"
            raise InputError(
                f"column '{name}' holds {held}, unlike {value!r}; quote text, and text only"
            )
    return column.isin(values)


@_QUIETLY
def evaluate(quantity: Any, table: pd.DataFrame) -> pd.Series:
    """Return a quantity in every row, as numbers; NaN where it has none, as in a division by 0.

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
    name, parts = operation(quantity)
    if name == "is":
        return _among(table, parts[0], parts[1:]).astype(float)
    known = [evaluate(part, table).to_numpy() for part in parts]
    values = OPERATIONS[name][0](*known)
    overflown = np.isinf(values) & np.isfinite(known).all(axis=0)
    return pd.Series(np.where(overflown, np.nan, values), index=table.index, dtype=float)


def columns_of(quantity: Any) -> list[str]:
    """Return the columns that a quantity is made from."""
    if isinstance(quantity, str):
        return [quantity]
    if not isinstance(quantity, Mapping):
        return []
    name, parts = operation(quantity)
    return [each for part in parts[: 1 if name == "is" else None] for each in columns_of(part)]


def is_yes_or_no(quantity: Any, table: pd.DataFrame) -> bool:
    """Say whether a quantity is an answer in every row, 1 for yes and 0 for no."""
    if isinstance(quantity, Mapping):
        return operation(quantity)[0] in ("is", "at_most")
    return isinstance(quantity, str) and pd.api.types.is_bool_dtype(table[quantity])


def select(table: pd.DataFrame, where: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows that meet every condition.

    Raises
    ------
    InputError
        If the table lacks a column that a condition is on, or it holds values of another kind.
    """
    for name, condition in where.items():
        if isinstance(condition, Mapping):
            if not pd.api.types.is_numeric_dtype(column_of(table, name)):
                raise InputError(f"column '{name}' holds text, which has no range; list its values")
            for word, value in condition.items():
                table = table[RANGES[word](table[name], value)]
        else:
            table = table[_among(table, name, listed(condition))]
    return table


def name_of(reduction: Any) -> str:
    """Return the word that a reduction has, with or without an order of the rows."""
    return reduction if isinstance(reduction, str) else operation(reduction)[0]


def order_of(reduction: Any, table: pd.DataFrame) -> Array:
    """Return the quantity along which a reduction orders the rows, their number if it does not.

    Raises
    ------
    InputError
        If the table lacks a column of it, or has text there.
    """
    if isinstance(reduction, str):
        return np.arange(len(table))
    return evaluate(operation(reduction)[1][0], table).to_numpy()


def is_long_enough(reduction: Any, along: Array) -> bool:
    """Say whether the rows of a group suffice for a reduction."""
    return name_of(reduction) not in COMPARING or len(set(along)) > 1


@_QUIETLY
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
    name, (_, *levels) = operation(reduction)
    order = np.argsort(along, kind="stable")
    return float(ALONG[name](values[order], along[order], *map(float, levels)))
