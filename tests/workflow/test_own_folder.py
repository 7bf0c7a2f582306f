"""What the analysis of a user's network leaves in its folder."""

import json
from pathlib import Path

import pandas as pd
import pytest

from neural_spectra.errors import InputError
from neural_spectra.studies.own.analysis import Analysis
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.own_folder import write_analysis
from neural_spectra.workflow.records import check_unchanged, checksum, read_record
from neural_spectra.workflow.run_summary import what_networks_do

FOLDER = Path("results/own/mine")
ANSWERS = {"network": {"name": "mine"}, "verified": None, "sentences": ["It rests.", "It is slow."]}
TABLES = {
    "orbits": pd.DataFrame({"period": [6.25], "status": ["orbit"]}),
    "equilibria": pd.DataFrame({"x_1": pd.Series([], dtype=float)}),
}


@pytest.fixture(autouse=True)
def written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    residuals = {"orbits": {"defect": 1e-9}, "equilibria": {"defect": 1e-12}}
    write_analysis(Analysis(ANSWERS, TABLES, residuals), FOLDER, {"rule": "r", "inputs": {}})


def test_tables_are_written_as_they_are_also_empty_ones():
    for name, table in TABLES.items():
        found = read_table(FOLDER / f"data/{name}.csv")
        pd.testing.assert_frame_equal(found, table, check_dtype=bool(len(table)))


def test_the_record_beside_a_table_has_its_residuals_and_what_made_it():
    record = read_record(FOLDER / "data/orbits.json")
    assert record["residuals"] == {"defect": 1e-9}
    assert record["rule"] == "r"
    file = f"{FOLDER}/data/orbits.csv"
    assert record["outputs"][file] == checksum(file)


def test_the_summary_holds_the_answers_and_the_largest_residuals():
    summary = read_record(FOLDER / "summary.json")
    assert {key: summary[key] for key in ANSWERS} == ANSWERS
    assert summary["residuals"] == {"defect": 1e-9}


@pytest.mark.parametrize("file", ["summary.json", "data/orbits.csv"])
def test_a_file_that_was_changed_is_noticed(file):
    path = FOLDER / file
    check_unchanged({str(path): checksum(path)})
    path.write_text(
        path.read_text(encoding="utf-8").replace("6.25", "7.25").replace("slow", "fast")
    )
    with pytest.raises(InputError, match=r"was changed after it was written"):
        check_unchanged({str(path): checksum(path)})


def test_a_run_ends_with_what_a_person_reads_first_and_where_more_is():
    assert what_networks_do(["mine"]) == [
        "It rests.",
        "It is slow.",
        "Look at results/own/mine/index.html.",
    ]


def test_the_summary_is_plain_json():
    json.loads((FOLDER / "summary.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
