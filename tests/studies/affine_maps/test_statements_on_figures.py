"""The statements on depth, bias and smoothness, against values known by hand."""

import numpy as np
import pandas as pd
import pytest

from neural_spectra.studies.affine_maps.statements_on_figures import figure_statements


def value_of(table, statement, case):
    rows = table[(table["statement"] == statement) & (table["case"] == case)]
    return rows["value"].to_numpy()


@pytest.fixture(scope="module")
def statements():
    return figure_statements(5)


def test_shared_layers_can_expand_although_their_radius_is_below_one(statements):
    assert np.abs(np.linalg.eigvals([[1.5, 1.0], [-2.5, -1.5]])).max() == pytest.approx(0.5)
    found = value_of(
        statements, "factor of stable layers that share a weight", "[[1.5, 1.0], [-2.5, -1.5]]"
    )
    # relu([[1.5, 1], [−2.5, −1.5]] (1, 0)) = (1.5, 0)
    assert list(found) == pytest.approx([1.5])


def test_shared_layers_can_vanish_although_their_radius_is_above_one(statements):
    found = value_of(
        statements, "factor of unstable layers that share a weight", "[[-1.5, 0.0], [0.0, -1.5]]"
    )
    assert list(found) == [0.0]


def test_the_equilibrium_of_a_bias_depends_on_the_weight(statements):
    rows = statements[statements["statement"] == "equilibrium of bias 1"]
    assert list(rows["value"]) == pytest.approx([1.0, 2.0, 5.0])


def test_tanh_is_continuous_where_a_unit_changes_sign_and_sigmoid_as_printed_is_not(statements):
    rows = statements[statements["statement"] == "jump of ρ(A*) where z = 0"]
    jumps = pd.pivot_table(rows, index="case", values="value", aggfunc=["min", "max"])
    assert jumps.loc["Tanh"].max() < 1e-3
    assert jumps.loc["Sigmoid, σ(0) in b*"].max() < 1e-3
    assert jumps.loc["Sigmoid"].min() > 100
    assert jumps.loc["ReLU"].max() > 0.1
