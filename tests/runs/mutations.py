"""Disturbances of the cells that a claim reads, each of which the ledger must notice."""

import numpy as np
import pandas as pd

from neural_spectra.claims.claim_expressions import evaluate, select
from neural_spectra.claims.judging import judge
from neural_spectra.errors import InputError

PUSHES = [
    *(lambda cells, f=factor: cells * f for factor in (0.5, 1.5, 3.0, 1e-3, 1e3, 1e-9, 1e9)),
    *(lambda cells, b=shift: cells + b for shift in (-1e-3, 1e-3, -1.0, 1.0, -10.0, 10.0, 1e3)),
    *(lambda cells, v=value: cells * 0 + v for value in (0.0, 0.5, 1.0)),
    lambda cells: cells.iloc[::-1].to_numpy(),
]


def aims(claim):
    """Return pushes that put all cells where a criterion asks for them."""
    criteria = [claim.criterion, *([] if claim.also is None else [claim.also.criterion])]
    ends = {end for criterion in criteria for end in criterion.limits() if np.isfinite(end)}
    middles = {criterion.near for criterion in criteria if criterion.near is not None}
    return [lambda cells, v=value: cells * 0 + v for value in sorted(ends | middles)]


def columns_of(quantity):
    """Return the columns that a quantity of a claim is made from."""
    if not isinstance(quantity, dict):
        return [quantity] if isinstance(quantity, str) else []
    ((name, parts),) = quantity.items()
    parts = parts if isinstance(parts, list) else [parts]
    return sorted(
        {each for part in parts[: 1 if name == "is" else None] for each in columns_of(part)}
    )


def told(judgement):
    """Return what a reader is told: where a verdict depends, also how often it holds."""
    return judgement.verdict, judgement.share if judgement.verdict == "depends" else None


def unnoticed(claim, tables):
    """Return the disturbances after which the claim is judged as before."""
    missed = []
    before = told(judge(claim, tables))

    def notices(name, change):
        try:
            after = judge(claim, lambda asked: change if asked == name else tables(asked))
        except InputError:
            return True
        return told(after) != before

    for measure in claim.measures():
        table = tables(measure.table)
        rows = select(table, measure.where).index
        if not notices(measure.table, table.drop(rows)):
            missed.append(f"{measure.table}: rows dropped")
        for column in columns_of(measure.value):
            if not notices(measure.table, table.drop(columns=column)):
                missed.append(f"{measure.table}: column {column} dropped")
            if not any(
                notices(measure.table, v) for v in _variants(table, rows, column, aims(claim))
            ):
                missed.append(f"{measure.table}: {column} past the tolerance")
            if _is_signed(table[column], rows):
                flipped = _replaced(table, rows, column, -table.loc[rows, column])
                if _differs(measure.value, table, flipped) and not notices(measure.table, flipped):
                    missed.append(f"{measure.table}: sign of {column}")
    return missed


def _differs(value, table, changed):
    """Whether a quantity does; that of an absolute value or a modulus has no sign to flip."""
    return not evaluate(value, table).equals(evaluate(value, changed))


def _is_number(column):
    return pd.api.types.is_numeric_dtype(column) and column.dtype != bool


def _is_signed(column, rows):
    return _is_number(column) and bool(np.nan_to_num(column.loc[rows]).any())


def _variants(table, rows, column, aims):
    """Return tables with other values in the cells: pushed numbers, or one word in all."""
    if _is_number(table[column]):
        cells = table.loc[rows, column].astype(float)
        return [_replaced(table, rows, column, push(cells)) for push in [*PUSHES, *aims]]
    words = [True, False] if table[column].dtype == bool else [*table[column].unique(), "other"]
    return [_replaced(table, rows, column, word) for word in words]


def _replaced(table, rows, column, values):
    changed = table.copy()
    if _is_number(changed[column]):
        changed[column] = changed[column].astype(float)
    changed.loc[rows, column] = values
    return changed
