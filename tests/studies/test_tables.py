"""How LaTeX shows tables."""

import math

import pandas as pd
import pytest

from neural_spectra.studies.saturation import paper_tables
from neural_spectra.studies.tables import Latex, in_latex

PLAIN = Latex("plain", "A table.", {})


def rows_of(latex):
    lines = latex.splitlines()
    return lines[lines.index(r"\midrule") + 1 : lines.index(r"\bottomrule")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b & 100 % #1", r"a\_b \& 100 \% \#1"),
        ("~^{}", r"\textasciitilde \textasciicircum \{\}"),
        (r"\immediate\write18{x}", r"\textbackslash immediate\textbackslash write18\{x\}"),
        ("5 $", r"5 \$"),
        ("$x_1$ & x_1", r"$x_1$ \& x\_1"),
        ("nan", "nan"),
    ],
)
def test_a_text_is_shown_as_it_is_but_for_mathematics(text, shown):
    table = pd.DataFrame({"label": [text], "seed": [0]})
    assert rows_of(in_latex(table, PLAIN)) == [rf"{shown} & 0 \\"]


def test_a_column_has_its_head_or_else_its_name():
    table = pd.DataFrame({"ln_modulus_1": [1], "ln_modulus_3": [2]})
    look = PLAIN._replace(heads={"ln_modulus_1": r"$\ln|\mu_1|$"})
    lines = in_latex(table, look).splitlines()
    head = lines[lines.index(r"\toprule") + 1]
    assert head == r"$\ln|\mu_1|$ & ln modulus 3 \\"


def test_numbers_that_are_missing_or_infinite_have_signs_of_their_own():
    table = pd.DataFrame({"s": [2.0, 3.0, 4.0], "det": [math.nan, -math.inf, 4.6e-11]})
    assert rows_of(paper_tables.to_latex("table_1", table)) == [
        r"$2$ & -- \\",
        r"$3$ & $-\infty$ \\",
        r"$4$ & $4.6 \cdot 10^{-11}$ \\",
    ]
