"""Verdicts: the claims of a paper against the tables of a run."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

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
from neural_spectra.claims.numbers_as_text import readable
from neural_spectra.claims.verdicts import in_words, other_outcome, share_of, verdict_on
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
    share_lowest, share_highest
        Its interval; see `verdicts.share_of`.
    cases
        The number of groups.
    otherwise
        What would have been judged otherwise.
    """

    verdict: Verdict
    evidence: str
    value: float = np.nan
    lowest: float = np.nan
    highest: float = np.nan
    share: float = np.nan
    share_lowest: float = np.nan
    share_highest: float = np.nan
    cases: int = 0
    otherwise: str = ""


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
    source, *others = claim.compared()
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
    (low, high), (lowest, highest) = claim.criterion.limits(), claim.possible()
    if highest < low or high < lowest:
        return Judgement("not testable", "the criterion lets no possible value agree")
    try:
        numbers, required = agreeing(claim, tables)
    except InputError as error:
        raise InputError(f"claim {claim.id}: {error}") from error
    except UndecidedError as reason:
        return Judgement("not testable", readable_message(str(reason)))
    meets = numbers.between(low, high)
    if (meets & np.isinf(numbers)).any():
        return Judgement("not testable", f"{claim.quantity()}: not so far in the rows of this run")
    answers = is_yes_or_no(claim.source.value, tables(claim.source.table))
    answers = bool(answers and numbers.isin([0, 1]).all())
    agrees = meets & required
    other = other_outcome(claim, agrees, answers)
    if other is None:
        return Judgement("not testable", "the criterion lets every possible value agree")
    # An infinite number against an infinite limit has no distance from it.
    with np.errstate(invalid="ignore"):
        excess = np.fmax(numbers.to_numpy() - high, low - numbers.to_numpy())
    if required.any() and claim.quantifier == "for some":
        excess = np.where(required, excess, np.inf)
    decisive = int(np.argmin(excess) if claim.quantifier == "for some" else np.argmax(excess))
    verdict, share = verdict_on(claim, agrees), share_of(claim, agrees)
    found = Judgement(
        verdict,
        _evidence(claim, numbers, agrees, decisive),
        share=share.value,
        share_lowest=share.lowest,
        share_highest=share.highest,
        cases=len(numbers),
        otherwise=in_words(claim, other, len(numbers), answers),
    )
    if answers:
        return found
    single = claim.quantifier in ("for all", "for some")
    value = float(numbers.iloc[decisive] if single else numbers.median())
    return replace(
        found,
        value=math.nan if verdict == "depends" else value,
        lowest=float(numbers.min()),
        highest=float(numbers.max()),
    )


def agreeing(claim: Claim, tables: ReadTable) -> tuple[pd.Series, pd.Series]:
    """Return the claim's number for each group, and whether what else it asks for is so there.

    Raises
    ------
    InputError
        If a table or a column is missing.
    UndecidedError
        If there is no number in a group, or no group at all.
    """
    numbers = compared(claim, tables)
    if claim.also is None:
        return numbers, pd.Series(True, index=numbers.index)
    others = measured(claim.also.source, tables)
    numbers, others = numbers.align(others, join="inner")
    if numbers.empty:
        raise UndecidedError("the two measures have no group in common")
    return numbers, others.between(*claim.also.criterion.limits())


def _evidence(claim: Claim, numbers: pd.Series, agrees: pd.Series, decisive: int) -> str:
    by = claim.source.by if claim.source is not None else []
    if not by:
        return readable(numbers.iloc[0])
    count = f"{agrees.sum()} of {len(numbers)} ({', '.join(by)})"
    text = f"{count}; {readable(numbers.min())} to {readable(numbers.max())}"
    existence = claim.quantifier == "for some"
    if agrees.all() or not (agrees.any() or existence or claim.quantifier == "for all"):
        return text
    word = "against it" if not existence else "example" if agrees.any() else "nearest"
    return (
        f"{text}; {word}: {readable(numbers.iloc[decisive])}{_place(by, numbers.index[decisive])}"
    )


def _place(by: list[str], group: tuple[object, ...]) -> str:
    parts = [f"{name} = {part}" for name, part in zip(by, group, strict=True)]
    return f" at {', '.join(parts)}" if parts else ""
