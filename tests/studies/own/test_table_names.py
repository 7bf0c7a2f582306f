"""Names of tables; that the analyses make just these is tested with each."""

import pytest

from neural_spectra.studies.own.table_names import FIGURES, TABLES


@pytest.mark.parametrize("kind", TABLES)
def test_every_name_stands_once_and_every_figure_has_its_table(kind):
    assert len(TABLES[kind]) == len(set(TABLES[kind]))
    assert set(FIGURES[kind]) <= set(TABLES[kind])
