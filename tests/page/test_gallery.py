"""The gallery: every figure of a run, small on a contact sheet and larger on a page."""

import re
from pathlib import Path

import pytest

from neural_spectra.page.gallery import DOCS, figures_table, gallery
from neural_spectra.workflow.table_of_figures import PAPERS, read_figures

ROOT = Path(__file__).parents[2]
TEMPLATE = (ROOT / "workflow/page/gallery.html").read_text(encoding="utf-8")
FIGURES = read_figures()


def pictures(html):
    return re.findall(r'<img src="([^"]+)"', html)


def test_every_figure_is_shown_once_with_a_link_to_its_pdf():
    html = gallery(TEMPLATE, FIGURES)
    files = [f"{figure.study}/figures/{figure.name}" for figure in FIGURES.values()]
    assert pictures(html) == [f"{file}.png" for file in files]
    for file in files:
        assert f'<a href="{file}.pdf">' in html


def test_a_run_of_one_study_shows_its_figures_only():
    html = gallery(TEMPLATE, [name for name in FIGURES if name.startswith("rnn/")])
    assert {picture.split("/")[0] for picture in pictures(html)} == {"rnn"}
    assert [paper for paper in PAPERS.values() if paper in html] == [PAPERS["rnn"]]


def test_a_picture_that_cannot_be_seen_is_described():
    html = gallery(TEMPLATE, FIGURES)
    described = re.findall(r'alt="([^"]+)"', html)
    assert len(described) == len(FIGURES)


def test_a_figure_that_is_not_in_the_table_is_refused():
    with pytest.raises(KeyError):
        gallery(TEMPLATE, ["rnn/none"])


def test_the_page_of_the_docs_lists_the_figures_of_the_table():
    assert figures_table() in (ROOT / DOCS).read_text(encoding="utf-8")


def test_no_picture_in_the_docs_weighs_a_megabyte():
    for picture in (ROOT / "docs").glob("*.png"):
        assert picture.stat().st_size < 1_000_000, picture
