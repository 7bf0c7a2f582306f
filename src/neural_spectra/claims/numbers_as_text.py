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
# Numbers in between are written without a power of ten.
LEAST_PLAIN, MOST_PLAIN = 1e-3, 1e5
# Of the ledger.
Row = Mapping[Hashable, Any]


def readable(value: float, digits: int = 3) -> str:
    """Return a number as a person writes it: 0.85, 4.8 × 10⁻⁶, −4π; a dash for NaN.

    Parameters
    ----------
    digits
        So many at most, and one less before a power of ten.

    Examples
    --------
    >>> readable(3.4873e-06), readable(-12.566370614359172)
    ('3.5 × 10⁻⁶', '−4π')
    """
    if math.isnan(value):
        return "–"
    power = lambda exponent: f"10{exponent.translate(SUPERSCRIPTS)}"  # noqa: E731
    return _written(value, digits, power, " × ", "π", "∞")


def ours(row: Row, written: Callable[[float], str] = readable) -> str:
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


def asked(row: Row) -> str:
    """Return what ours has to be, of answers only which."""
    answers = row["cases"] > 0 and math.isnan(row["our_lowest"])
    return ("yes" if row["lowest"] > 0 else "no") if answers else str(row["tolerance"])


def share(row: Row) -> str:
    """Return the share of the cases that agree with a claim, and its interval if it has one."""
    if math.isnan(row["share"]):
        return "–"
    text = f"{readable(100 * row['share'])} %"
    if math.isnan(row["share_lowest"]):
        return text
    low, high = (readable(100 * row[name]) for name in ("share_lowest", "share_highest"))
    return f"{text} ({low} to {high} %)"


def verdict(row: Row) -> str:
    """Return a verdict in words, that of what was not found with how rare it has to be."""
    if row["verdict"] != "not found":
        return str(row["verdict"])
    rate = 100 * row["share_highest"]
    below = "" if math.isnan(rate) else f" (rate below {readable(rate)} %)"
    return f"not found in {row['cases']}{below}"


def macros(ledger: pd.DataFrame) -> str:
    r"""Return LaTeX macros for every number of the ledger.

    For a claim ``trace_bound``: ``\TraceBoundOurs`` (see `ours`), ``\TraceBoundPaper`` where the
    paper gives a number, ``\TraceBoundShare`` (see `share`) and ``\TraceBoundVerdict``; digits
    are spelled. For a paper ``Matzakos 2026`` and each verdict the count of its claims, as in
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
        paper, none = row["paper_value"], math.isnan(row["share"])
        texts |= {
            f"{row['id']} ours": ours(row, _in_latex),
            f"{row['id']} paper": "" if math.isnan(paper) else _in_latex(paper),
            f"{row['id']} share": "" if none else share(row).replace(" %", "\\,\\%"),
            f"{row['id']} verdict": verdict(row).replace(" %", "\\,\\%"),
        }
    theirs = ledger[ledger["origin"] == "paper"]
    counts = theirs.groupby(["paper", "verdict"], as_index=False).size()
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
    power = lambda exponent: f"10^{{{exponent}}}"  # noqa: E731
    number = _written(value, 3, power, r" \times ", r"\pi", r"\infty")
    return f"\\ensuremath{{{number.replace('−', '-')}}}"


def _written(
    value: float,
    digits: int,
    power_of_ten: Callable[[str], str],
    times: str,
    pi: str,
    infinity: str,
) -> str:
    sign, size = "−" if value < 0 else "", abs(value)
    multiple = round(size / math.pi) if size < MOST_PLAIN else 0
    if math.isinf(size):
        return f"{sign}{infinity}"
    if multiple and math.isclose(size, multiple * math.pi, rel_tol=1e-12):
        return f"{sign}{multiple if multiple > 1 else ''}{pi}"
    if size == 0 or LEAST_PLAIN <= size < MOST_PLAIN:
        return f"{sign}{float(f'{size:.{digits}g}'):.15g}"
    mantissa, _, exponent = f"{size:.{digits - 2}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = power_of_ten(str(int(exponent)))
    return f"{sign}{power if mantissa == '1' else f'{mantissa}{times}{power}'}"
