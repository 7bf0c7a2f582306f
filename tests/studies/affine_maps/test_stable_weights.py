"""ρ(A*) of networks whose weights all have a spectral radius below 1."""

import numpy as np
import pytest

from neural_spectra.maps.pointwise_affine import linearise
from neural_spectra.networks.deep_maps import deep_map
from neural_spectra.studies.affine_maps import stable_weights as study

SETTINGS = {"activations": ["relu", "tanh"], "depth": 4, "extent": 6.0, "grid_step": 1.0}


@pytest.fixture(scope="module")
def found():
    return study.stable_weights(seeds=250, radius=0.95, **SETTINGS)


def test_every_weight_has_the_radius_that_was_asked_for(found):
    np.testing.assert_allclose(found.table["largest_layer_radius"], 0.95, rtol=1e-12)


def test_each_activation_meets_a_state_with_a_radius_above_one_in_some_networks(found):
    shares = (found.table["rho_max"] > 1).groupby(found.table["activation"]).mean()
    assert 0.01 < shares["relu"] < 0.1
    assert 0.2 < shares["tanh"] < 0.4
    assert found.residuals["linearisation"] < 1e-12


def test_the_state_that_is_told_has_the_radius_that_is_told(found):
    row = found.table.query("activation == 'relu'").nlargest(1, "rho_max").iloc[0]
    weights = study._weights([int(row["seed"])], SETTINGS["depth"], 0.95)[:, 0]
    matrix = linearise(deep_map("relu", list(weights)), row[["x", "y"]].to_numpy(float)[None])
    radius = np.abs(np.linalg.eigvals(matrix.matrix[0])).max()
    assert radius == pytest.approx(row["rho_max"], rel=1e-9)
    assert radius > 1


def test_the_draws_of_a_seed_do_not_depend_on_how_many_there_are(found):
    few = study.stable_weights(seeds=3, radius=0.95, **SETTINGS).table
    expected = found.table.query("seed < 3").reset_index(drop=True)
    np.testing.assert_allclose(few["rho_max"], expected["rho_max"], rtol=1e-9)


def test_tanh_reaches_at_least_the_radius_of_the_product_which_is_that_at_the_origin(found):
    weights = study._weights([0], SETTINGS["depth"], 0.95)[:, 0]
    product = np.linalg.multi_dot(weights[::-1])
    row = found.table.query("activation == 'tanh' and seed == 0").iloc[0]
    assert row["rho_max"] >= np.abs(np.linalg.eigvals(product)).max() * (1 - 1e-12)
