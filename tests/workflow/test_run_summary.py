"""The lines that a run of everything ends with."""

import pytest

from neural_spectra.workflow.run_summary import LEDGER, PAGE, what_came_out

COLUMNS = "id,origin,paper,verdict,expected"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write the page and a ledger of these rows."""
    monkeypatch.chdir(tmp_path)

    def write(*rows):
        LEDGER.parent.mkdir(parents=True)
        LEDGER.write_text("\n".join([COLUMNS, *rows, ""]), encoding="utf-8")
        PAGE.write_text("the page", encoding="utf-8")

    return write


def test_each_paper_has_its_verdicts_most_frequent_first(write):
    write(
        'a,paper,"Matzakos, 2026",refuted,refuted',
        "b,paper,Drgoňa et al. 2020,not testable,not testable",
        'c,paper,"Matzakos, 2026",reproduced,reproduced',
        'd,paper,"Matzakos, 2026",reproduced,reproduced',
        'e,ours,"Matzakos, 2026",reproduced,reproduced',
    )
    assert what_came_out() == [
        "Matzakos, 2026: of 3 claims, 2 reproduced, 1 refuted",
        "Drgoňa et al. 2020: of 1 claims, 1 not testable",
        "Look at results/index.html: every figure, table and claim, on one page.",
    ]


def test_verdicts_that_are_not_the_expected_ones_are_counted(write):
    write("a,paper,Paper,refuted,reproduced", "b,paper,Paper,reproduced,reproduced")
    assert what_came_out()[1] == "Not as expected: 1; snakemake --cores 1 claims names them."


def test_without_a_page_there_is_nothing_to_look_at(write):
    write("a,paper,Paper,reproduced,reproduced")
    PAGE.unlink()
    assert what_came_out() == []
