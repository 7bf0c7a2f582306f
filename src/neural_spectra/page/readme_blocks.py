"""What the README and docs show of claims and figures, from the ledger and from their table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from neural_spectra.claims.ledger import verdicts_by_origin, whose
from neural_spectra.claims.numbers_as_text import asked, ours, share, verdict
from neural_spectra.errors import in_one_sentence
from neural_spectra.workflow.csv_tables import read_table, write_table
from neural_spectra.workflow.table_of_figures import read_figures

README, SNAPSHOT = Path("README.md"), Path("docs/claims.csv")
FIGURES_PAGE, CLAIMS_PAGE = Path("docs/figures.md"), Path("docs/claims.md")
HEADLINES = ("claim", "agrees if", "ours", "share that agrees", "verdict")


def with_block(readme: str, block: str) -> str:
    """Return the README with a block replaced, which begins and ends in the same lines."""
    begin, *_, end = map(re.escape, block.splitlines())
    return re.sub(f"{begin}.*{end}", lambda _: block, readme, flags=re.DOTALL)


def figures_block() -> str:
    """Return the block of figures: whose each is, its name and what it shows."""
    figures = read_figures().values()
    rows = [[each.study, each.figure or "ours", f"`{each.name}`", each.shows] for each in figures]
    return _block("figures", _table(["study", "figure", "name", "what it shows"], "llll", rows))


def verdicts_block(ledger: pd.DataFrame) -> str:
    """Return how the README begins: how many claims were judged and fell, and three of them."""
    judged = ledger[(ledger["origin"] == "paper") & (ledger["verdict"] != "not testable")]
    fell = judged[judged["verdict"].isin(["refuted", "differs"])]
    groups, fallen = (len(each[["paper", "group"]].drop_duplicates()) for each in (judged, fell))
    surprising = ledger[ledger["headline"].between(1, 3)].sort_values("headline")
    return _block(
        "verdicts",
        f"Of {len(judged)} claims that papers make on the spectra of neural dynamics, judged here "
        f"by computation, {len(fell)} fell, in {fallen} of the {groups} theorems, figures and "
        "topics to which they belong. The most surprising verdicts:",
        "",
        *(
            f"- **{row['verdict']}**: {_plain(str(row['statement']))}"
            for row in surprising.to_dict("records")
        ),
        "",
    )


def ledger_block(ledger: pd.DataFrame) -> str:
    """Return the README's block of claims: verdicts by paper, then the most surprising ones."""
    counts = verdicts_by_origin(ledger)
    counts.insert(0, "in groups", ledger.groupby(whose(ledger))["group"].nunique())
    headlines = _judged(ledger[ledger["headline"] > 0].sort_values("headline"))
    return _block(
        "ledger",
        _table(["claims of", *counts], "l" + "r" * len(counts.columns), counts.itertuples()),
        "",
        _table(HEADLINES, "llrrl", headlines),
    )


def claims_block(ledger: pd.DataFrame) -> str:
    """Return the block of all claims, by whose they are."""
    lines = [""]
    for name in verdicts_by_origin(ledger).index:
        claims = _judged(ledger[whose(ledger) == name])
        lines += [f"## {name}", "", _table(HEADLINES, "llrrl", claims), ""]
    return _block("claims", *lines)


def _judged(claims: pd.DataFrame) -> list[list[str]]:
    """Return what a table of claims says of each."""
    return [
        [
            _plain(f"{row['statement']} ({row['paper']}, {row['place']})"),
            asked(row),
            ours(row) or "–",
            share(row),
            verdict(row),
        ]
        for row in claims.to_dict("records")
    ]


def _plain(text: str) -> str:
    """Return a text in which Markdown finds no marks of its own."""
    return re.sub(r"([|*_<])", r"\\\1", text)


def _block(name: str, *lines: str) -> str:
    begin, end = f"<!-- {name}: written by `make readme` -->", f"<!-- end of the {name} -->"
    return "\n".join([begin, *lines, end])


def _table(heads: Iterable[str], sides: str, rows: Iterable[Iterable[object]]) -> str:
    """Return a table in Markdown, whose columns stand at the left (l) or at the right (r)."""
    lines = [heads, ({"l": "---", "r": "---:"}[side] for side in sides), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


if __name__ == "__main__":
    with in_one_sentence():
        figures = with_block(FIGURES_PAGE.read_text(encoding="utf-8"), figures_block())
        FIGURES_PAGE.write_text(figures, encoding="utf-8")
        ledger = read_table("results/claims/claims.csv")
        write_table(SNAPSHOT, ledger)
        claims = with_block(CLAIMS_PAGE.read_text(encoding="utf-8"), claims_block(ledger))
        CLAIMS_PAGE.write_text(claims, encoding="utf-8")
        readme = README.read_text(encoding="utf-8")
        for block in (verdicts_block(ledger), ledger_block(ledger)):
            readme = with_block(readme, block)
        README.write_text(readme, encoding="utf-8")
