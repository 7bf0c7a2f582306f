"""Numbers of the ledger as text: for readers, and as LaTeX macros."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import pandas as pd

from neural_spectra.errors import InputError

DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
    return text.replace("-", "−").replace("inf", "∞")


def macros(ledger: pd.DataFrame) -> str:
    r"""Return LaTeX macros for every number of the ledger.

    For a claim ``trace_bound``: ``\TraceBoundOurs`` (see `ours`), ``\TraceBoundPaper`` where the
    paper gives a number, ``\TraceBoundShare`` (percent) and ``\TraceBoundVerdict``; digits are
    spelled. For a paper ``Matzakos 2026`` and each verdict the count, as in
    ``\MatzakosTwoZeroTwoSixRefuted``.

    Raises
    ------
    InputError
        If two claims, or two papers, give their macros the same names.
    """
    _require_distinct(ledger["id"])
    _require_distinct(ledger["paper"].unique())
    texts: dict[str, str] = {}
    for row in ledger.to_dict("records"):
        paper, share = row["paper_value"], row["share"]
        texts |= {
            f"{row['id']} ours": ours(row, _in_latex),
            f"{row['id']} paper": "" if math.isnan(paper) else _in_latex(paper),
            f"{row['id']} share": "" if math.isnan(share) else f"{100 * share:.3g}\\,\\%",
            f"{row['id']} verdict": row["verdict"],
        }
    counts = ledger.groupby(["paper", "verdict"], as_index=False).size()
    for row in counts.to_dict("records"):
        texts[f"{row['paper']} {row['verdict']}"] = str(row["size"])
    lines = ["% Numbers of the ledger of claims; written by the workflow."]
    lines += [f"\\newcommand{{\\{_name(name)}}}{{{text}}}" for name, text in texts.items() if text]
    return "\n".join(lines) + "\n"


def _require_distinct(texts: Iterable[str]) -> None:
    first: dict[str, str] = {}
    for text in texts:
        if (twin := first.setdefault(_name(text), text)) != text:
            raise InputError(
                f"'{twin}' and '{text}' both give their LaTeX macros names that begin with "
                f"\\{_name(text)}; rename one"
            )


def _name(text: str) -> str:
    words = re.sub(r"\d", lambda digit: f" {DIGITS[int(digit.group())]} ", text)
    return "".join(word[0].upper() + word[1:] for word in re.findall(r"[A-Za-z]+", words))


def _in_latex(value: float) -> str:
    number = _power(value, lambda digits, power: f"{digits} \\times 10^{{{power}}}")
    number = number.replace("inf", r"\infty")
    return f"\\ensuremath{{{number}}}"


def _power(value: float, written: Callable[[str, str], str]) -> str:
    digits, _, power = f"{value:.3g}".partition("e")
    return written(digits, str(int(power))) if power else digits
