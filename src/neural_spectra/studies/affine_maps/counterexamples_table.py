"""The paper's statements and the cases in which they fail, as a table for readers."""

from __future__ import annotations

import pandas as pd

from neural_spectra.studies.tables import Latex, in_latex

COLUMNS = {"in_words": "statement", "case": "case", "measured": "measured"}
LOOK = Latex(
    "affine-maps-counterexamples",
    "Statements of the paper, and beside them what does hold, put to the test: in a small case, "
    "what is measured, what is found and what the statement says of it; and in how many of the "
    "models that it speaks of it fails.",
    {"statement": "Statement", "case": "Small case", "measured": "Measured", "found": "Found"}
    | {"stated": "Stated", "fails_in": "Fails in", "counted": "Counted as failing"},
    wide=True,
    widths={"statement": 0.21, "case": 0.17, "measured": 0.12, "counted": 0.17},
)
# What LaTeX does not know outside of mathematics.
SIGNS = {
    "x̄": r"$\bar{x}$",
    "⁻¹": "$^{-1}$",
    "−": "$-$",
    "σ": r"$\sigma$",
    "A*": "$A^*$",
    "b*": "$b^*$",
}


def counterexamples_table(counterexamples: pd.DataFrame) -> pd.DataFrame:
    """Select and name what a reader needs of ``counterexamples``, a row for each statement."""
    texts = counterexamples[list(COLUMNS)].rename(columns=COLUMNS)
    counts = counterexamples["fails_in"].astype(str) + " of " + counterexamples["of"].astype(str)
    return texts.assign(
        found=counterexamples["value"],
        stated=counterexamples["bound"],
        fails_in=counts,
        counted=counterexamples["counted"],
    )


def to_latex(table: pd.DataFrame) -> str:
    """Write `counterexamples_table` for a LaTeX document that loads booktabs and array."""
    texts = table.select_dtypes(exclude="number")
    for sign, latex in SIGNS.items():
        texts = texts.map(lambda text: text.replace(sign, latex))  # noqa: B023
    return in_latex(table.assign(**texts), LOOK, _number)


def _number(value: float) -> str:
    mantissa, _, exponent = f"{value:.3g}".partition("e")
    return rf"${mantissa} \cdot 10^{{{int(exponent)}}}$" if exponent else f"${mantissa}$"
