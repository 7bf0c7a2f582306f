"""Verdicts: the claims of a paper against the tables of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from neural_spectra.claims.entries import Claim, Measure, Verdict
from neural_spectra.claims.quantities import column_of, evaluate, reduce, select
from neural_spectra.errors import InputError

ReadTable = Callable[[str], pd.DataFrame]


@dataclass(frozen=True)
class Judgement:
    """What came out for one claim.

    Parameters
    ----------
    verdict
        The verdict.
    value
        Our number: the median over the groups, or the one farthest from agreeing where a single
        exception counts, or the nearest where a single example does. NaN if nothing was judged.
    fraction
        Share of the groups that agree with the claim; NaN if nothing was judged.
    evidence
        How many groups agree, their range, and the group that decides.
    """

    verdict: Verdict
    value: float
    fraction: float
    evidence: str


def measured(measure: Measure, tables: ReadTable) -> pd.Series:
    """Return one number for each group, indexed by ``measure.by``; empty if no row is left.

    Raises
    ------
    InputError
        If the table or a column is missing, or a value is missing or impossible.
    """
    table = tables(measure.table)
    try:
        chosen = select(table, measure.where)
        values = evaluate(measure.value, chosen)
        for name in measure.by:
            column_of(chosen, name)
    except InputError as error:
        raise InputError(f"table {measure.table}: {error}") from error
    if measure.missing == "left out":
        values = values.dropna()
        chosen = chosen.loc[values.index]
    low, high = measure.possible
    impossible = values[~values.between(low, high)]
    if not impossible.empty:
        row = chosen.loc[impossible.index[0], [*measure.where, *measure.by]].to_dict()
        raise InputError(
            f"table {measure.table}: {measure.value} is {impossible.iloc[0]:g} at {row}, "
            f"which cannot be (possible: {low:g} to {high:g})"
        )
    groups = chosen.groupby(measure.by, sort=True) if measure.by else [("all", chosen)]
    numbers = {
        group: reduce(measure.reduce, values.loc[rows.index], rows)
        for group, rows in groups
        if len(rows)
    }
    index = pd.Index(list(numbers), tupleize_cols=False)
    return pd.Series(list(numbers.values()), index=index, dtype=float)


def compared(claim: Claim, tables: ReadTable) -> pd.Series:
    """Return the claim's number for each group, relative to its second measure if it has one."""
    source, *others = (measured(measure, tables) for measure in claim.measures())
    if not others or source.empty or others[0].empty:
        return source if not others else source.iloc[: 0 if others[0].empty else None]
    reference = others[0]
    if len(reference) == 1 and len(source) > 1:
        reference = pd.Series(reference.iloc[0], index=source.index)
    if list(source.index) != list(reference.index):
        raise InputError("the two measures have different groups")
    return source / reference if claim.divided_by is not None else source - reference


def judge(claim: Claim, tables: ReadTable) -> Judgement:
    """Judge a claim by the tables alone.

    Parameters
    ----------
    tables
        Returns the table of a name ``study/table``.

    Raises
    ------
    InputError
        Naming the claim, if a table or a column that it reads is missing or holds values that
        cannot be.
    """
    if claim.not_testable is not None or claim.criterion is None:
        return Judgement("not testable", np.nan, np.nan, claim.not_testable or "")
    try:
        numbers = compared(claim, tables)
    except InputError as error:
        raise InputError(f"claim {claim.id}: {error}") from error
    if numbers.empty:
        reads = "; ".join(f"{part.table} where {part.where}" for part in claim.measures())
        return Judgement("not testable", np.nan, np.nan, f"this run has no rows of {reads}")
    low, high = claim.criterion.limits()
    agrees = numbers.between(low, high)
    # An infinite number against an infinite limit has no distance from it.
    with np.errstate(invalid="ignore"):
        excess = np.fmax(numbers.to_numpy() - high, low - numbers.to_numpy())
    decisive = int(np.argmin(excess) if claim.holds == "for some" else np.argmax(excess))
    value = numbers.median() if claim.holds == "for each" else numbers.iloc[decisive]
    evidence = _evidence(claim, numbers, agrees, decisive)
    return Judgement(_verdict(claim, agrees), float(value), float(agrees.mean()), evidence)


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
    text = (
        f"{agrees.sum()} of {len(numbers)} ({', '.join(by)}); "
        f"{numbers.min():.4g} to {numbers.max():.4g}, median {numbers.median():.4g}"
    )
    if agrees.all() or not (agrees.any() or claim.holds == "for all"):
        return text
    place = ", ".join(
        f"{name} = {part}" for name, part in zip(by, numbers.index[decisive], strict=True)
    )
    word = "example" if claim.holds == "for some" else "against it"
    return f"{text}; {word}: {numbers.iloc[decisive]:.4g} at {place}"
