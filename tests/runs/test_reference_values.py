"""The tiny configuration gives the same numbers on every machine, within a tolerance for each."""

import pandas as pd
import pytest
from reference_values import VALUES, found

ENTRIES = list(pd.read_csv(VALUES).itertuples(index=False))


@pytest.mark.parametrize(
    "entry", ENTRIES, ids=[f"{entry.table}: {entry.column}: {entry.rows}" for entry in ENTRIES]
)
def test_a_number_is_where_it_was(finished, entry):
    value = found(finished.results, entry)
    assert value == pytest.approx(entry.value, rel=entry.relative_tolerance, abs=1e-300)
