"""What a table holds after it was written and read: what it held before."""

import csv

import numpy as np
import pandas as pd
import pytest

from neural_spectra.errors import InputError
from neural_spectra.workflow.csv_tables import read_table, write_table

LOOKALIKES = [
    *("nan", "NaN", "NA", "N/A", "#N/A", "<NA>", "null", "None", "none", "NULL", ""),
    *("inf", "-inf", "Infinity", "true", "True", "FALSE", "yes", "1.0", "1", "007", "1e5", "-1"),
    *("+1", "0x10", "1_000", "1,5", "2024-01-01", "=1+1", "@x", " nan", "nan ", "a b", 'q"q', "'"),
    *("x,y", "a\nb", "a\r\nb", "a\rb", "\ta", "ς ≥ µ", "\\n", "#"),
]


def written_and_read(table, folder):
    write_table(folder / "table.csv", table)
    return read_table(folder / "table.csv")


@pytest.mark.parametrize("text", LOOKALIKES, ids=ascii)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_text_alone_in_its_column_reads_back_as_it_was(text, rows, tmp_path):
    table = pd.DataFrame({"name": [text] * rows, "value": 0.1, "missing": np.nan})
    pd.testing.assert_frame_equal(written_and_read(table, tmp_path), table, check_exact=True)


def test_texts_among_others_read_back_as_they_were(tmp_path):
    table = pd.DataFrame({"name": LOOKALIKES, "value": range(len(LOOKALIKES))})
    pd.testing.assert_frame_equal(written_and_read(table, tmp_path), table)
    assert list(written_and_read(table[::-1], tmp_path)["name"]) == LOOKALIKES[::-1]


def test_numbers_and_answers_stay_numbers_and_answers(tmp_path):
    table = pd.DataFrame(
        {
            "whole": [1, 2, 3],
            "real": [0.1, np.nan, -np.inf],
            "unknown": [np.nan] * 3,
            "answer": [True, False, True],
        }
    )
    pd.testing.assert_frame_equal(written_and_read(table, tmp_path), table, check_exact=True)


def test_a_text_that_is_missing_is_an_empty_one(tmp_path):
    table = pd.DataFrame({"name": ["nan", None, "a"]})
    assert list(written_and_read(table, tmp_path)["name"]) == ["nan", "", "a"]


def test_other_readers_of_csv_find_the_same_names_and_texts(tmp_path):
    # Some of them take a carriage return for the end of a row; no name holds one.
    names = [text for text in LOOKALIKES if "\r" not in text]
    table = pd.DataFrame({"name": names, "value": 1.0})
    write_table(tmp_path / "table.csv", table)
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == names
    assert list(rows[0]) == ["name", "value"]
    assert list(pd.read_csv(tmp_path / "table.csv")) == ["name", "value"]


def test_of_a_table_from_elsewhere_a_word_among_words_is_a_word(tmp_path):
    (tmp_path / "table.csv").write_text("name,value\nnan,nan\nmine,1.0\n", encoding="utf-8")
    table = read_table(tmp_path / "table.csv")
    assert list(table["name"]) == ["nan", "mine"]
    assert np.isnan(table["value"][0])


@pytest.mark.parametrize("content", [b"", b"\x80\x02}q\x00.", b'a,b\n1,2,3\n"'])
def test_what_is_no_table_is_refused_with_its_name(content, tmp_path):
    (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(
        InputError, match=r"table\.csv: not a readable table .*; delete it and rerun"
    ):
        read_table(tmp_path / "table.csv")
