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
from neural_spectra.claims.numbers_as_text import ours
from neural_spectra.errors import InputError, did_you_mean, readable_message
from neural_spectra.workflow.csv_tables import read_table


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
        _row(paper.paper, claim, judge(claim, read)) for paper in papers for claim in paper.claims
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


def verdicts_by_paper(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return how many claims of each paper (rows) have each verdict (columns)."""
    counts = pd.crosstab(ledger["paper"], ledger["verdict"])
    return counts.reindex(index=ledger["paper"].unique(), columns=VERDICTS, fill_value=0)


def lines(ledger: pd.DataFrame) -> list[str]:
    """Return a line for each claim: expected, got, ratio, verdict."""
    width = int(ledger["id"].str.len().max())
    return [readable_message(_line(row, width)) for row in ledger.to_dict("records")]


def _line(row: Mapping[Hashable, Any], width: int) -> str:
    given = not math.isnan(row["paper_value"])
    expected = f"{row['paper_value']:g}" if given else row["tolerance"]
    limits = [row[name] for name in ("paper_value", "highest", "lowest")]
    reference = next((limit for limit in limits if math.isfinite(limit)), math.nan)
    share = "–" if math.isnan(row["share"]) else f"{100 * row['share']:.3g} %"
    got = ours(row, lambda value: f"{value:.4g}") or share
    ratio = row["our_value"] / reference if reference else math.nan
    told = "–" if math.isnan(ratio) else f"{ratio:.4g}"
    # Of a claim that could not be judged, the evidence says why.
    reason = f"; {row['evidence']}" * (row["verdict"] == "not testable")
    surprise = f"  (expected: {row['expected']}{reason})" * (row["verdict"] != row["expected"])
    return (
        f"{row['id']:{width}}  expected {expected or '–':28}  got {got:22}  "
        f"ratio {told:9}  {row['verdict']}{surprise}"
    )


def _row(paper: str, claim: Claim, found: Judgement) -> dict[str, object]:
    limits = (np.nan, np.nan) if claim.criterion is None else claim.criterion.limits()
    return {
        "id": claim.id,
        "paper": paper,
        "place": claim.place,
        "statement": claim.statement,
        "paper_value": np.nan if claim.paper_value is None else claim.paper_value,
        "our_value": found.value,
        "our_lowest": found.lowest,
        "our_highest": found.highest,
        "quantity": claim.quantity(),
        "tolerance": "" if claim.criterion is None else str(claim.criterion),
        "lowest": limits[0],
        "highest": limits[1],
        "tolerance_reason": claim.because or "",
        "holds": claim.holds,
        "share": found.share,
        "verdict": found.verdict,
        "expected": claim.expected,
        "expected_from": claim.expected_from,
        "why": claim.why or "",
        "evidence": found.evidence,
        "headline": claim.headline,
        "figure": claim.figure or "",
        "tables": " ".join(dict.fromkeys(measure.table for measure in claim.measures())),
    }
