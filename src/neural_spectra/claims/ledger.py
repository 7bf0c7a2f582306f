"""The ledger: all claims, judged, and what is said about it in a terminal."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.claims.claim_files import VERDICTS, Claim, read_claims
from neural_spectra.claims.judging import Judgement, ReadTable, judge
from neural_spectra.claims.numbers_as_text import ours, readable, share, verdict
from neural_spectra.errors import InputError, did_you_mean, readable_message
from neural_spectra.workflow.csv_tables import read_table

# Whose the checks are that no paper makes.
OURS = "our own checks"


def reader(files: Iterable[str | Path], others: Collection[str] = ()) -> ReadTable:
    """Return a function from ``study/table`` to that table, which reads each file once.

    It raises an :class:`InputError` for a table that is not among ``files``.

    Parameters
    ----------
    others
        Networks that the papers' claims are not about, whose rows are left out.
    """
    paths = {f"{Path(file).parts[-3]}/{Path(file).stem}": file for file in files}

    @cache
    def tables(name: str) -> pd.DataFrame:
        if name not in paths:
            raise InputError(f"this run makes no table {name}{did_you_mean(name, paths)}")
        table = read_table(paths[name])
        return table[~table["network"].isin(others)] if "network" in table else table

    return tables


def judge_all(
    files: Iterable[str | Path], tables: Iterable[str | Path], others: Collection[str] = ()
) -> pd.DataFrame:
    """Judge all claims of the given files against the given tables, a row each.

    Parameters
    ----------
    others
        Networks that the papers' claims are not about; see `reader`.

    Raises
    ------
    InputError
        If a file of claims has mistakes, none has a claim, or a table or column that a claim reads
        is missing.
    """
    read, files = reader(tables, others), list(files)
    papers = [read_claims(file) for file in files]
    rows = [
        _row(claim.paper or file.paper, claim, judge(claim, read))
        for file in papers
        for claim in file.claims
    ]
    if not rows:
        raise InputError(f"{', '.join(map(str, files))}: no claims; write one")
    twice = [name for name, count in Counter(str(row["id"]) for row in rows).items() if count > 1]
    if twice:
        raise InputError(f"two claims have the same id: {', '.join(twice)}; rename one")
    return pd.DataFrame(rows)


def require_expected(ledger: pd.DataFrame) -> None:
    """Make sure that every verdict is the expected one.

    Raises
    ------
    InputError
        Naming the claims whose verdict is another.
    """
    surprising = ledger.loc[ledger["verdict"] != ledger["expected"], "id"].tolist()
    if surprising:
        raise InputError(
            f"{len(surprising)} of {len(ledger)} verdicts are not the expected ones: "
            f"{', '.join(surprising)}; the ledger's evidence tells which numbers came out"
        )


def verdicts_by_origin(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return how many claims of each paper, and checks of our own, have each verdict (columns)."""
    owners = whose(ledger)
    rows = [*ledger["paper"].unique(), *[OURS] * bool((owners == OURS).any())]
    return pd.crosstab(owners, ledger["verdict"]).reindex(
        index=rows, columns=VERDICTS, fill_value=0
    )


def whose(ledger: pd.DataFrame) -> pd.Series:
    """Return the paper that makes each claim, or that it is a check of our own."""
    return ledger["paper"].where(ledger["origin"] == "paper", OURS)


def claims_of_figures(ledger: pd.DataFrame) -> dict[str, list[str]]:
    """Return the ids of the claims that each ``study/figure`` shows."""
    shown: dict[str, list[str]] = {}
    for name, figures in zip(ledger["id"], ledger["figures"], strict=True):
        for figure in figures.split():
            shown.setdefault(figure, []).append(name)
    return shown


def lines(ledger: pd.DataFrame) -> list[str]:
    """Return a line for each claim: expected, got, ratio, verdict."""
    width = int(ledger["id"].str.len().max())
    return [readable_message(_line(row, width)) for row in ledger.to_dict("records")]


def _line(row: Mapping[Hashable, Any], width: int) -> str:
    given = not math.isnan(row["paper_value"])
    expected = readable(row["paper_value"]) if given else row["tolerance"]
    limits = [row[name] for name in ("paper_value", "highest", "lowest")]
    reference = next((limit for limit in limits if math.isfinite(limit)), math.nan)
    got = ours(row) or share(row)
    ratio = row["our_value"] / reference if reference else math.nan
    # Of a claim that could not be judged, the evidence says why.
    reason = f"; {row['evidence']}" * (row["verdict"] == "not testable")
    surprise = f"  (expected: {row['expected']}{reason})" * (row["verdict"] != row["expected"])
    return (
        f"{row['id']:{width}}  expected {expected or '–':28}  got {got:22}  "
        f"ratio {readable(ratio):9}  {verdict(row)}{surprise}"
    )


def _row(paper: str, claim: Claim, found: Judgement) -> dict[str, object]:
    limits = (np.nan, np.nan) if claim.criterion is None else claim.criterion.limits()
    return {
        "id": claim.id,
        "paper": paper,
        "origin": claim.origin,
        "kind": claim.kind,
        "group": claim.group,
        "place": claim.place,
        "statement": claim.statement,
        "quantifier": claim.quantifier,
        "paper_value": np.nan if claim.paper_value is None else claim.paper_value,
        "our_value": found.value,
        "our_lowest": found.lowest,
        "our_highest": found.highest,
        "quantity": claim.quantity(),
        "tolerance": claim.tolerance(),
        "lowest": limits[0],
        "highest": limits[1],
        "tolerance_reason": claim.because or "",
        "cases": found.cases,
        "share": found.share,
        "share_lowest": found.share_lowest,
        "share_highest": found.share_highest,
        "verdict": found.verdict,
        "otherwise": found.otherwise,
        "expected": claim.expected,
        "expected_from": claim.expected_from,
        "why": claim.why or claim.uninformative or claim.proof_of_absence or "",
        "evidence": found.evidence,
        "headline": claim.headline or 0,
        "figures": " ".join(claim.figures),
        "tables": " ".join(dict.fromkeys(measure.table for measure in claim.measures())),
    }
