"""Saturation with frozen batch normalisation: what the columns mean."""

import numpy as np
import pytest

from neural_spectra.studies.open_questions.batch_normalisation import batch_normalisation

SETTINGS = {
    "hidden": [6, 5],
    "seeds": range(2),
    "radius": 1.7,
    "points": 40,
    "target": 0.3,
    "optimiser": "Adam",
    "learning_rate": 0.02,
    "steps": 300,
    "radii": [1.0, 100.0],
}


@pytest.fixture(scope="module")
def computed():
    return batch_normalisation(**SETTINGS)


@pytest.fixture(scope="module")
def table(computed):
    return computed.table


def test_there_is_a_row_for_each_way_seed_layer_and_radius(table):
    assert len(table) == 2 * 2 * 2 * 2
    assert not table.duplicated(["normalised", "seed", "layer", "radius"]).any()


def test_networks_stop_at_the_same_loss(computed, table):
    assert table["target_met"].all()
    assert computed.residuals == {"share_above_target": 0.0}
    assert table["loss"].between(0.2, 0.3).all()
    assert table["steps"].between(1, 300).all()


def test_a_network_that_does_not_get_there_says_so():
    found = batch_normalisation(**SETTINGS | {"target": 1e-9, "steps": 3, "radii": [1.0]})
    assert not found.table["target_met"].any()
    assert found.residuals == {"share_above_target": 1.0}
    assert (found.table["steps"] == 3).all()


def test_the_disc_holds_the_circle_and_the_smaller_disc(table):
    assert (table["minus_ln_delta_disc"] <= table["minus_ln_delta_arc"] + 1e-12).all()
    discs = table.pivot_table(
        index=["normalised", "seed", "layer"], columns="radius", values="minus_ln_delta_disc"
    )
    assert (discs[100.0] <= discs[1.0] + 1e-12).all()


def test_far_outside_the_first_layer_is_saturated_and_on_the_data_less_so(table):
    first = table[(table["layer"] == 1) & (table["radius"] == 100)]
    assert (first["saturated_share"] > 0.9).all()
    assert (first["saturated_on_data"] < first["saturated_share"]).all()
    near = table[(table["layer"] == 1) & (table["radius"] == 1)]
    assert (first["minus_ln_delta_arc"].to_numpy() > near["minus_ln_delta_arc"].to_numpy()).all()


def test_what_is_seen_on_the_data_does_not_depend_on_the_circle(table):
    groups = table.groupby(["normalised", "seed", "layer"])["saturated_on_data"]
    np.testing.assert_array_equal(groups.max(), groups.min())
