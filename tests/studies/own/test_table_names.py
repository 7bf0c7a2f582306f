"""What the workflow plans is what the analyses make."""

import pytest

from neural_spectra.studies.own.flow import FLOW_FIGURES, FLOW_TABLES
from neural_spectra.studies.own.maps import MAP_FIGURES, MAP_TABLES
from neural_spectra.studies.own.skew_rnn import SKEW_RNN_FIGURES, SKEW_RNN_TABLES
from neural_spectra.studies.own.table_names import FIGURES, TABLES

MADE = {
    "flow": (FLOW_TABLES, FLOW_FIGURES),
    "map": (MAP_TABLES, MAP_FIGURES),
    "skew-rnn": (SKEW_RNN_TABLES, SKEW_RNN_FIGURES),
}


@pytest.mark.parametrize("kind", TABLES)
def test_the_tables_and_figures_of_a_kind_are_those_that_its_analysis_has(kind):
    tables, figures = MADE[kind]
    assert set(TABLES[kind]) == set(tables)
    assert set(FIGURES[kind]) == set(figures)
    assert len(TABLES[kind]) == len(set(TABLES[kind]))
