"""Verdicts: the claims of a paper against the tables of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from neural_spectra.claims.claim_expressions import (
    column_of,
    columns_of,
    evaluate,
    is_long_enough,
    is_yes_or_no,
    name_of,
    order_of,
    reduce,
    select,
    written,
    written_reduction,
)
from neural_spectra.claims.claim_files import Claim, Measure, Verdict
from neural_spectra.errors import InputError, readable_message

ReadTable = Callable[[str], pd.DataFrame]


class UndecidedError(Exception):
    """Why the rows of this run cannot decide a claim."""


@dataclass(frozen=True)
class Judgement:
    """What came out for one claim.

    Parameters
    ----------
    verdict
        The verdict.
    evidence
        How many groups agree, their range, and the group that decides; or why nothing was judged.
    value
        Our number: the median over the groups, or the one farthest from agreeing where a single
        exception counts, or the nearest where a single example does. NaN where no single number
        stands for the groups: if the verdict depends on them, or if they hold answers, yes or no.
    lowest, highest
        The range over the groups; NaN if they hold answers.
    share
        Of the groups, those that agree with the claim.
    """

    verdict: Verdict
    evidence: str
    value: float = np.nan
    lowest: float = np.nan
    highest: float = np.nan
    share: float = np.nan


def measured(measure: Measure, tables: ReadTable) -> pd.Series:
    """Return one number for each group, indexed by ``measure.by``.

    Groups that are too short for the reduction are left out.

    Raises
    ------
    InputError
        If the table or a column is missing.
    UndecidedError
        If no group is left, or a value is missing or impossible.
    """
    chosen, values, along = _rows(measure, tables(measure.table))
    reduction, cells = measure.reduce, values.to_numpy()
    # Rows without a value to group by are a group of their own.
    groups = chosen.groupby(measure.by, dropna=False).indices if measure.by else {(): slice(None)}
    numbers = {
        group if isinstance(group, tuple) else (group,): reduce(reduction, cells[rows], along[rows])
        for group, rows in groups.items()
        if is_long_enough(reduction, along[rows])
    }
    if not numbers:
        raise UndecidedError(
            f"table {measure.table}: no group has two rows for the {written_reduction(reduction)}"
        )
    index = pd.Index(list(numbers), tupleize_cols=False)
    return pd.Series(list(numbers.values()), index=index, dtype=float)


def _rows(measure: Measure, table: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    """Return the rows that are measured, the quantity in each, and what they are ordered by."""
    try:
        chosen, columns = select(table, measure.where), columns_of(measure.value)
        for name in (*columns, *measure.by):
            column_of(chosen, name)
        if measure.missing == "left out":
            chosen = chosen[chosen[columns].notna().all(axis=1)]
        values, along = evaluate(measure.value, chosen), order_of(measure.reduce, chosen)
    except InputError as error:
        raise InputError(f"table {measure.table}: {error}") from error
    if chosen.empty:
        raise UndecidedError(f"this run has no rows of {measure.table} where {measure.where}")
    low, high = measure.possible
    impossible = ~values.between(low, high) | ~np.isfinite(values)
    if impossible.any():
        value = values[impossible].iloc[0]
        row = chosen.loc[impossible, [*measure.where, *measure.by]].iloc[0].to_dict()
        reason = "missing, infinite, or divided by 0"
        if np.isfinite(value):
            reason = f"possible: {low:g} to {high:g}"
        raise UndecidedError(
            f"table {measure.table}: {written(measure.value)} is {value:g} at {row}, "
            f"which cannot be ({reason})"
        )
    if not np.isfinite(along).all():
        raise UndecidedError(
            f"table {measure.table}: rows have no place in the {written_reduction(measure.reduce)}"
        )
    return chosen, values, along


def compared(claim: Claim, tables: ReadTable) -> pd.Series:
    """Return the claim's number for each group, relative to its second measure if it has one.

    Groups that only one of the two has are left out.

    Raises
    ------
    InputError
        If a table or a column is missing.
    UndecidedError
        If there is no number in a group, or no group at all.
    """
    source, *others = claim.measures()
    numbers = measured(source, tables)
    for other in others:
        reference = measured(other, tables)
        if not other.by:
            reference = pd.Series(reference.iloc[0], index=numbers.index)
        numbers, reference = numbers.align(reference, join="inner")
        if numbers.empty:
            raise UndecidedError("the two measures have no group in common")
        numbers = numbers / reference if claim.divided_by is not None else numbers - reference
    # That something never happens in these rows is no number, but an answer.
    never = numbers.eq(np.inf) & (not others and name_of(source.reduce) == "first_below")
    unknown = ~np.isfinite(numbers) & ~never
    if unknown.any():
        place = _place(source.by, numbers.index[unknown][0])
        raise UndecidedError(f"{claim.quantity()} is no number{place}")
    return numbers


def judge(claim: Claim, tables: ReadTable) -> Judgement:
    """Judge a claim by the tables alone.

    Parameters
    ----------
    tables
        Returns the table of a name ``study/table``.

    Raises
    ------
    InputError
        Naming the claim, if a table or a column that it reads is missing.
    """
    if claim.source is None or claim.criterion is None:
        return Judgement("not testable", claim.not_testable or "")
    if not claim.may_agree():
        return Judgement("not testable", "the criterion lets no possible value agree")
    try:
        numbers = compared(claim, tables)
    except InputError as error:
        raise InputError(f"claim {claim.id}: {error}") from error
    except UndecidedError as reason:
        return Judgement("not testable", readable_message(str(reason)))
    low, high = claim.criterion.limits()
    agrees = numbers.between(low, high)
    if (agrees & np.isinf(numbers)).any():
        return Judgement("not testable", f"{claim.quantity()}: not so far in the rows of this run")
    # An infinite number against an infinite limit has no distance from it.
    with np.errstate(invalid="ignore"):
        excess = np.fmax(numbers.to_numpy() - high, low - numbers.to_numpy())
    decisive = int(np.argmin(excess) if claim.holds == "for some" else np.argmax(excess))
    verdict, evidence = _verdict(claim, agrees), _evidence(claim, numbers, agrees, decisive)
    share = float(agrees.mean())
    answers = is_yes_or_no(claim.source.value, tables(claim.source.table))
    if answers and numbers.isin([0, 1]).all():
        return Judgement(verdict, evidence, share=share)
    value = numbers.median() if claim.holds == "for each" else numbers.iloc[decisive]
    value = np.nan if verdict == "depends" else value
    lowest, highest = float(numbers.min()), float(numbers.max())
    return Judgement(verdict, evidence, float(value), lowest, highest, share)


def _verdict(claim: Claim, agrees: pd.Series) -> Verdict:
    if agrees.all() or (claim.holds == "for some" and agrees.any()):
        return "reproduced"
    if agrees.any() and claim.holds == "for each":
        return "depends"
    numeric = claim.criterion is not None and claim.criterion.near is not None
    return "differs" if numeric else "refuted"


def _evidence(claim: Claim, numbers: pd.Series, agrees: pd.Series, decisive: int) -> str:
    by = claim.source.by if claim.source is not None else []
    if not by:
        return f"{numbers.iloc[0]:.4g}"
    count = f"{agrees.sum()} of {len(numbers)} ({', '.join(by)})"
    text = f"{count}; {numbers.min():.4g} to {numbers.max():.4g}"
    if agrees.all() or not (agrees.any() or claim.holds == "for all"):
        return text
    place = _place(by, numbers.index[decisive])
    word = "example" if claim.holds == "for some" else "against it"
    return f"{text}; {word}: {numbers.iloc[decisive]:.4g}{place}"


def _place(by: list[str], group: tuple[object, ...]) -> str:
    parts = [f"{name} = {part}" for name, part in zip(by, group, strict=True)]
    return f" at {', '.join(parts)}" if parts else ""
