"""The tables for LaTeX: captions, labels, and that they fit into the columns of a paper."""

import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from matplotlib.textpath import TextPath

from neural_spectra.studies.affine_maps import counterexamples_table, table_1
from neural_spectra.studies.saturation import paper_tables
from neural_spectra.studies.tables import Latex, in_latex

# Of a two-column page of 6.75 inches with columns of 3.25 inches, in points of 1/72.27 inches.
COLUMN, PAGE = 3.25 * 72.27, 6.75 * 72.27
FOOTNOTE, GAP = 8, 3  # points: \footnotesize, and \tabcolsep on each side of a column
DOCUMENT = r"""\documentclass[twocolumn]{article}
\usepackage[textwidth=6.75in,columnsep=0.25in]{geometry}
\usepackage{booktabs,array}
\begin{document}
%s
\end{document}
"""

SCALES = [1.0, 2.0, 4.0, 8.0, 15.0, 30.0]


def numbers(count):
    """Return numbers as wide as those of the tables, with and without a power of ten."""
    return np.resize([-12.2707977, 8.588e-12, -1.7414504e-9, 3353.28], count)


def saturation(name):
    columns = {
        "table_1": ["jacobian_norm", "delta", "weight_factor", "uniform_bound"],
        "table_2": ["delta", "ln_det", "det", "ln_modulus_1", "ln_modulus_2", "error_estimate"],
        "table_3": [
            *("jacobian_norm", "refined_bound", "bound"),
            *("refined_gap", "improvement", "ln_flow_gain"),
        ],
    }[name]
    wide = {column: numbers(len(SCALES)) for column in columns}
    if name == "table_1":
        wide["weight_factor"] = np.array([111.77, 223.55, 447.09, 894.18, 1676.6, 3353.2])
    if name == "table_3":
        wide = {column: np.linspace(2.376, 3510.7, len(SCALES)) for column in columns}
    return paper_tables.to_latex(name, pd.DataFrame({"s": SCALES} | wide))


def curated():
    rows = [("Figs. 6, 7, 8", "e", "Gershgorin, Complex", "Softplus", 8, "(-1.50, -1.10)")] * 20
    columns = ["figure", "panel", "factorisation", "activation", "layers", "eigenvalue_range"]
    table = pd.DataFrame(rows, columns=columns)
    return table_1.to_latex(table.assign(bias="Y", seed=408, caption_holds="N"))


def statements():
    words = "If every orbit settles on one point, A* has radii of at most 1 (with σ(0) in b*). "
    row = {
        "in_words": words + "The equilibrium x̄ is (I − A*(x̄))⁻¹ b*(x̄).",
        "case": "f(x) = −1.5 relu(x), which takes every x to 0 in two steps",
        "measured": "factor by which (0, 1) grows in each step",
        "value": 9.03e-16,
        "bound": 0.0,
        "fails_in": 292,
        "of": 528,
        "counted": "models that settle on a single point although A* has a larger one somewhere",
    }
    table = counterexamples_table.counterexamples_table(pd.DataFrame([row] * 3))
    return counterexamples_table.to_latex(table)


TABLES = {
    "saturation, table 1": saturation("table_1"),
    "saturation, table 2": saturation("table_2"),
    "saturation, table 3": saturation("table_3"),
    "affine maps, table 1": curated(),
    "affine maps, counterexamples": statements(),
}
every_table = pytest.mark.parametrize("name", TABLES)


def room(text):
    return PAGE if r"\begin{table*}" in text else COLUMN


def width_of(cell):
    """Return how wide a cell is in Computer Modern, as Matplotlib sets it."""
    known = {r"\widetilde": r"\tilde", r"\|": "‖"}
    plain = cell.replace(r"\_", "_").replace(r"\&", "&").replace("~", " ")
    for latex, mathtext in known.items():
        plain = plain.replace(latex, mathtext)
    return TextPath((0, 0), plain, FOOTNOTE, prop="cmr10").get_extents().width if plain else 0.0


def width(text):
    """Return how wide a table is, with its paragraphs and the gaps between its columns."""
    (sides,) = re.findall(r"\\begin\{tabular\}\{(.*)\}\n", text)
    columns = re.findall(r">\{[^}]*\}p\{([\d.]+)\\textwidth\}|([lr])", sides)
    rows = [line.removesuffix(r" \\").split(" & ") for line in text.splitlines() if " & " in line]
    total = 2.0 * GAP * len(columns)
    for k, (share, _) in enumerate(columns):
        total += float(share) * PAGE if share else max(width_of(row[k]) for row in rows)
    return total


@every_table
def test_it_has_a_caption_and_a_label_of_its_own(name):
    (caption,) = re.findall(r"\\caption\{(.*)\}", TABLES[name])
    assert caption.endswith(".")
    labels = [re.findall(r"\\label\{tab:(.*)\}", text) for text in TABLES.values()]
    assert all(len(each) == 1 for each in labels)
    assert len({label for (label,) in labels}) == len(labels)


@every_table
def test_it_fits_into_its_columns_by_the_width_of_its_texts(name):
    assert width(TABLES[name]) <= room(TABLES[name])


def test_a_table_that_is_too_wide_would_be_seen():
    wide = pd.DataFrame({column: ["a text of some length"] for column in "abcd"})
    text = in_latex(wide, Latex("wide", "Wide.", {}))
    assert width(text) > room(text)


@every_table
def test_latex_knows_every_sign_of_it(name):
    assert TABLES[name].isascii()


def test_columns_with_texts_are_broken_and_numbers_stand_at_the_right():
    look = Latex("label", "A caption.", {"a": "$a$"}, wide=True, widths={"b": 0.3})
    text = in_latex(pd.DataFrame({"a": [1.5], "b": ["x_1 & y"], "c": ["c"]}), look)
    assert r"\begin{tabular}{r>{\raggedright\arraybackslash}p{0.3\textwidth}l}" in text
    assert r"1.500000 & x\_1 \& y & c" in text or r"1.5 & x\_1 \& y & c" in text
    assert r"\begin{table*}" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
@every_table
def test_it_compiles_and_no_box_is_too_full(name, tmp_path):
    (tmp_path / "paper.tex").write_text(DOCUMENT % TABLES[name], encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert r"Overfull \hbox" not in run.stdout
