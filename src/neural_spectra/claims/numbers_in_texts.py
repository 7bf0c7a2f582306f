"""Numbers for texts: LaTeX macros and the README's block, both written from the ledger."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from neural_spectra.errors import in_one_sentence
from neural_spectra.workflow.csv_tables import read_table, write_table

README, SNAPSHOT = Path("README.md"), Path("docs/claims.csv")
BEGIN, END = "<!-- ledger: written by `make readme` -->", "<!-- end of the ledger -->"
VERDICTS = ("reproduced", "depends", "differs", "refuted", "not testable")
DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def macros(ledger: pd.DataFrame) -> str:
    r"""Return LaTeX macros for every number of the ledger.

    For a claim ``trace_bound``: ``\TraceBoundOurs`` (see `ours`), ``\TraceBoundPaper`` where the
    paper gives a number, ``\TraceBoundShare`` (percent) and ``\TraceBoundVerdict``; digits are
    spelled. For a paper ``Matzakos 2026`` and each verdict the count, as in
    ``\MatzakosTwoZeroTwoSixRefuted``.
    """
    lines = ["% Numbers of the ledger of claims; written by the workflow."]
    for row in ledger.to_dict("records"):
        name = _macro_name(row["id"])
        texts = {
            "Ours": ours(row, _in_latex),
            "Paper": "" if math.isnan(row["paper_value"]) else _in_latex(row["paper_value"]),
            "Share": "" if math.isnan(row["share"]) else f"{100 * row['share']:.3g}\\,\\%",
            "Verdict": row["verdict"],
        }
        lines += [
            f"\\newcommand{{\\{name}{part}}}{{{text}}}" for part, text in texts.items() if text
        ]
    counts = ledger.groupby(["paper", "verdict"], as_index=False).size()
    for row in counts.to_dict("records"):
        name = _macro_name(f"{row['paper']} {row['verdict']}")
        lines.append(f"\\newcommand{{\\{name}}}{{{row['size']}}}")
    return "\n".join(lines) + "\n"


def ours(row: Mapping[Hashable, Any], written: Callable[[float], str]) -> str:
    """Return our number of a claim as a text, or its range over the groups if they differ too much.

    Empty where there is no number: nothing was judged, or the answers are yes and no.

    Parameters
    ----------
    row
        The claim's row of the ledger.
    written
        Writes a number.
    """
    if not math.isnan(row["our_value"]):
        return written(row["our_value"])
    ends = row["our_lowest"], row["our_highest"]
    return "" if math.isnan(ends[0]) else " to ".join(map(written, ends))


def readable(value: float) -> str:
    """Return a number with three digits, as running text writes it; a dash for NaN."""
    if math.isnan(value):
        return "–"
    text = _power(value, lambda digits, power: f"{digits} × 10{power.translate(SUPERSCRIPTS)}")
    return text.replace("-", "−")


def readme_block(ledger: pd.DataFrame) -> str:
    """Return the README's block: verdicts by paper, then the headline numbers."""
    counts = pd.crosstab(ledger["paper"], ledger["verdict"])
    counts = counts.reindex(index=ledger["paper"].unique(), columns=VERDICTS, fill_value=0)
    lines = [BEGIN, f"| claims of | {' | '.join(VERDICTS)} |", "| --- |" + " ---: |" * 5]
    lines += [f"| {paper} | {' | '.join(map(str, row))} |" for paper, *row in counts.itertuples()]
    lines += ["", "| claim | our number | agrees if | ours | share | verdict |"]
    lines += ["| --- | --- | --- | ---: | ---: | --- |"]
    for row in ledger[ledger["headline"]].to_dict("records"):
        lines.append(
            f"| {row['statement']} ({row['paper']}, {row['place']}) "
            f"| `{row['quantity']}` | {row['tolerance']} | {ours(row, readable) or '–'} "
            f"| {readable(100 * row['share'])} % | {row['verdict']} |"
        )
    return "\n".join([*lines, END])


def with_block(readme: str, block: str) -> str:
    """Return the README with a block replaced, which begins and ends in the same lines."""
    begin, *_, end = map(re.escape, block.splitlines())
    return re.sub(f"{begin}.*{end}", lambda _: block, readme, flags=re.DOTALL)


def _macro_name(text: str) -> str:
    words = re.sub(r"\d", lambda digit: f" {DIGITS[int(digit.group())]} ", text)
    return "".join(word[0].upper() + word[1:] for word in re.findall(r"[A-Za-z]+", words))


def _in_latex(value: float) -> str:
    number = _power(value, lambda digits, power: f"{digits} \\times 10^{{{power}}}")
    return f"\\ensuremath{{{number}}}"


def _power(value: float, written: Callable[[str, str], str]) -> str:
    digits, _, power = f"{value:.3g}".partition("e")
    return written(digits, str(int(power))) if power else digits


if __name__ == "__main__":
    with in_one_sentence():
        ledger = read_table("results/claims/claims.csv")
        write_table(SNAPSHOT, ledger)
        README.write_text(
            with_block(README.read_text(encoding="utf-8"), readme_block(ledger)), encoding="utf-8"
        )
