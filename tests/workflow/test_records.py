"""Tables and records on disk."""

import hashlib
import math

import numpy as np
import pandas as pd
import pytest

from neural_spectra.errors import InputError
from neural_spectra.studies.tables import Computed, joined
from neural_spectra.workflow.csv_tables import read_table, write_table
from neural_spectra.workflow.records import checksum, read_record, record_of, write_record


def test_a_table_reads_back_to_the_last_bit(tmp_path):
    values = np.random.default_rng(0).lognormal(0.0, 100.0, 200)
    table = pd.DataFrame({"name": "a", "value": values, "count": range(200)})
    table.loc[3, "value"] = np.nan
    write_table(tmp_path / "t.csv", table)
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.csv"), table, check_exact=True)


def test_an_empty_word_stays_a_word(tmp_path):
    table = pd.DataFrame({"status": ["orbit", "none", "NA"]})
    write_table(tmp_path / "t.csv", table)
    assert list(read_table(tmp_path / "t.csv")["status"]) == ["orbit", "none", "NA"]


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(InputError, match=r"t\.csv: no such table"):
        read_table(tmp_path / "t.csv")


def test_an_empty_file_is_named(tmp_path):
    (tmp_path / "t.csv").touch()
    with pytest.raises(InputError, match=r"t\.csv: not a readable table"):
        read_table(tmp_path / "t.csv")


def test_a_record_reads_back(tmp_path):
    record = {"residuals": {"defect": 1e-12}, "parameters": {"scales": [1.0, 4.0]}}
    write_record(tmp_path / "r.json", record)
    assert read_record(tmp_path / "r.json") == record


def test_a_record_reads_back_as_plain_json_has_it(tmp_path):
    record = {"scales": (1.0, 4.0), "by_size": {10: np.float64(0.5), 9: math.nan}}
    write_record(tmp_path / "r.json", record)
    read = read_record(tmp_path / "r.json")
    assert read["scales"] == [1.0, 4.0]
    assert read["by_size"]["10"] == 0.5
    assert math.isnan(read["by_size"]["9"])


def without_its_end(text):
    return text[: len(text) // 2]


def without_its_checksum(text):
    return "{}"


def with_another_digit(text):
    return text.replace("1e-12", "1e-13")


def emptied(text):
    return ""


def of_another_kind(text):
    return "[1]"


@pytest.mark.parametrize(
    "edit", [without_its_end, without_its_checksum, with_another_digit, emptied, of_another_kind]
)
def test_a_changed_record_is_refused(tmp_path, edit):
    path = tmp_path / "r.json"
    write_record(path, {"residuals": {"defect": 1e-12}})
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"r\.json was changed after it was written; delete it and"
    ):
        read_record(path)


def test_a_missing_record_is_named(tmp_path):
    with pytest.raises(InputError, match=r"r\.json: there is no such record; run again"):
        read_record(tmp_path / "r.json")


def test_a_folder_in_the_place_of_a_record_is_named(tmp_path):
    with pytest.raises(InputError, match="Is a directory; put the record back or run again"):
        read_record(tmp_path)


@pytest.mark.parametrize("result", ["a.csv", "a.pdf", "a.final.safetensors", "a.json"])
def test_the_record_of_a_result_lies_beside_it(tmp_path, result):
    assert record_of(tmp_path / "v1.5" / result) == tmp_path / "v1.5" / "a.json"


def test_the_checksum_of_a_file_is_its_sha_256(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"abc")
    assert checksum(tmp_path / "t.csv") == hashlib.sha256(b"abc").hexdigest()


def test_joined_parts_keep_all_rows_and_the_largest_residual():
    parts = [
        Computed(pd.DataFrame({"a": [1]}), {"defect": 1e-12, "gap": 0.1}),
        Computed(pd.DataFrame({"a": [2]}), {"defect": 1e-10}),
    ]
    whole = joined(parts)
    assert list(whole.table["a"]) == [1, 2]
    assert whole.residuals == {"defect": 1e-10, "gap": 0.1}


@pytest.mark.parametrize("order", [1, -1])
def test_a_residual_that_is_not_a_number_stays_visible(order):
    table = pd.DataFrame({"a": [1]})
    parts = [Computed(table, {"defect": math.nan}), Computed(table, {"defect": 1.0})][::order]
    assert math.isnan(joined(parts).residuals["defect"])
