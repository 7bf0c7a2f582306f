"""How a run went, in the few lines that it ends with."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PAGE, LEDGER = Path("results/index.html"), Path("results/claims/claims.csv")
OWN = Path("results/own")


def what_came_out() -> list[str]:
    """Return a line for each paper with the verdicts on its claims, and where to read more.

    The verdicts are those of the ledger in the folder of this run; nothing where there is none.
    """
    if not (LEDGER.exists() and PAGE.exists()):
        return []
    with LEDGER.open(encoding="utf-8", newline="") as file:
        # Not a DataFrame, because Snakemake's process would need no pandas but for these lines.
        claims = list(csv.DictReader(file))
    theirs = [row for row in claims if row["origin"] == "paper"]
    lines = [_verdicts(paper, theirs) for paper in dict.fromkeys(row["paper"] for row in theirs)]
    surprising = sum(row["verdict"] != row["expected"] for row in claims)
    if surprising:
        lines.append(f"Not as expected: {surprising}; snakemake --cores 1 claims names them.")
    return [*lines, f"Look at {PAGE}: every figure, table and claim, on one page."]


def what_networks_do(names: Iterable[str]) -> list[str]:
    """Return what a person reads first about each network of the user's own, and where more is."""
    lines = []
    for folder in (OWN / name for name in names):
        answers = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        lines += [*answers["sentences"], f"Look at {folder / 'index.html'}."]
    return lines


def _verdicts(paper: str, claims: list[dict[str, str]]) -> str:
    counts = Counter(row["verdict"] for row in claims if row["paper"] == paper)
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    return f"{paper}: of {counts.total()} claims, {told}"


def what_failed(name: str, job: Mapping[str, Any]) -> str:
    """Return where the log of a failed job lies and then, last, what the job itself said there.

    Parameters
    ----------
    name
        The job's name for the user.
    job
        What Snakemake tells of it: ``rule_name``, the files ``log``, and perhaps ``rule_msg``, the
        reason that a cluster gives.
    """
    rule, logs = job["rule_name"], job["log"]
    # The rule's own; further ones are a cluster's.
    log = Path(logs[0])
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    said = re.search(rf"^{rule}: .*", text, re.MULTILINE | re.DOTALL)
    why = job["rule_msg"] or "it said nothing; it was stopped or killed, or ran out of memory"
    last = said[0].rstrip() if said else f"{rule}: {why}"
    return f"{name} failed, its log: {', '.join(logs)}\n{last}"
