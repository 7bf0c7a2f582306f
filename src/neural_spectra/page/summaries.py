"""What a reader sees first of each study: how its paper's claims fared, and what surprises."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from neural_spectra.page.claim_rows import Source

# The more of a surprise first.
SURPRISING = ("refuted", "not found", "differs", "depends")
_MOST = 4
Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Summary:
    """Of one study.

    Parameters
    ----------
    paper
        The paper's name in the ledger.
    counts
        How many of the paper's claims have each verdict, none of them 0.
    surprises
        The claims that a reader should see first.
    """

    paper: str
    counts: dict[str, int]
    surprises: list[Row]


def summary(study: str, claims: Sequence[Row], origin: Mapping[str, Source]) -> Summary:
    """Sum up the claims that the paper of a study makes.

    Parameters
    ----------
    claims
        The rows of the ledger.
    origin
        Where each claim stands, by its id.
    """
    theirs = [
        claim
        for claim in claims
        if claim["id"] in origin
        and origin[claim["id"]].study == study
        and claim["origin"] == "paper"
    ]
    verdicts = [claim["verdict"] for claim in theirs]
    counts = {name: verdicts.count(name) for name in ("reproduced", *SURPRISING)}
    counts["not testable"] = verdicts.count("not testable")
    paper = str(theirs[0]["paper"]) if theirs else ""
    kept = {verdict: count for verdict, count in counts.items() if count}
    return Summary(paper, kept, sorted(theirs, key=_rank)[:_MOST])


def _rank(claim: Row) -> tuple[bool, float, int]:
    """Put headlines first, in their order, and then what fell."""
    headline = claim["headline"]
    verdict = claim["verdict"]
    place = SURPRISING.index(verdict) if verdict in SURPRISING else len(SURPRISING)
    return not headline > 0, headline, place
