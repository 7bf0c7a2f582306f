"""Tables and records on disk."""

import math

import numpy as np
import pandas as pd
import pytest

from neural_spectra.errors import InputError
from neural_spectra.records import (
    Computed,
    joined,
    read_record,
    read_table,
    write_record,
    write_table,
)


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
