"""The curated models of study 3 and their companions, on settings small enough for a unit test."""

import math

import numpy as np
import pandas as pd
import pytest

from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import deep_map
from neural_spectra.studies.affine_maps import portraits, regions, spectra
from neural_spectra.studies.affine_maps.activations import activation_tables
from neural_spectra.studies.affine_maps.curated_models import CuratedNetwork, curated_networks
from neural_spectra.studies.affine_maps.trainable_spectra import trainable_spectra

GRID = {"extent": 6.0, "grid_step": 1.0}
PORTRAIT = GRID | {
    "equilibrium_step": 2.0,
    "basin_step": 2.0,
    "circle_radius": 4.0,
    "trajectories": 3,
    "steps": 5,
    "attractor_states": 50,
}


def planar(weight, activation, bias=(0.0, 0.0), panel="a", attractor="single point"):
    network = deep_map(activation, [np.array(weight)], [np.array(bias)])
    return CuratedNetwork(panel, 1, "one layer", 0, attractor, 0.0, True, network)


def test_a_figure_without_models_is_named(tmp_path):
    seeds = pd.DataFrame({"figure": ["depth"]})
    with pytest.raises(InputError, match="'bias'"):
        curated_networks(seeds, tmp_path / "none.safetensors", "bias")


def test_the_portrait_of_a_half_turned_contraction_is_exact():
    model = planar([[-0.5, 0.0], [0.0, -0.5]], "softexponential", bias=(1.5, 0.0))
    computed = portraits.portraits([model], **PORTRAIT)
    by_kind = dict(tuple(computed.table.groupby("kind")))
    assert computed.residuals["equilibrium_defect"] <= 1e-13
    assert by_kind["equilibrium"][["x", "y", "value"]].to_numpy() == pytest.approx(
        np.array([[1.0, 0.0, 0.5]])
    )
    assert (by_kind["basin"]["value"] == 0).all()
    field = by_kind["field"]
    np.testing.assert_allclose(field["u"], 1.5 - 1.5 * field["x"])
    path = by_kind["trajectory"].query("trajectory == 0")
    np.testing.assert_allclose(path["x"], 1 + 3 * (-0.5) ** path["step"])


def test_the_smallest_modulus_of_an_equilibrium_tells_a_saddle_from_a_source():
    network = planar([[0.5, 0.0], [0.0, 0.25]], "softexponential")
    table = portraits.portraits([network], **PORTRAIT).table.query("kind == 'equilibrium'")
    # Both layers multiply by these numbers.
    moduli = np.array([0.5, 0.25]) ** len(network.network.weights)
    assert table[["value", "smallest"]].to_numpy() == pytest.approx(np.array([moduli]))


def test_regions_of_attraction_carry_the_numbers_of_their_equilibria():
    # tanh(2x) has the equilibria 0 (repelling) and ±0.9575 in each coordinate.
    table = portraits.portraits([planar(2 * np.eye(2), "tanh")], **PORTRAIT).table
    equilibria = table.query("kind == 'equilibrium'")[["x", "y"]].to_numpy()
    basins = table.query("kind == 'basin' and x != 0 and y != 0")
    ends = equilibria[basins["value"].astype(int)]
    np.testing.assert_array_equal(np.sign(ends), np.sign(basins[["x", "y"]]))


def test_a_diverging_orbit_belongs_to_no_attractor():
    model = planar(2 * np.eye(2), "relu", bias=(1.0, 1.0), attractor="diverging")
    table = portraits.portraits([model], **PORTRAIT).table
    assert (table.query("kind == 'basin'")["value"] == -1).all()


def test_the_states_of_a_cycle_are_on_it():
    # A quarter turn between two saturating layers: the four corners (±a, ±a), a = tanh(3a).
    table = portraits.portraits([planar([[0.0, -3.0], [3.0, 0.0]], "tanh")], **PORTRAIT).table
    cycles = table.query("kind == 'attractor'")
    corner = cycles[
        np.isclose(np.abs(cycles["x"]), np.abs(cycles["y"])) & (cycles["x"].abs() > 0.1)
    ]
    assert len(corner) >= 4
    np.testing.assert_allclose(np.tanh(3 * corner["x"].abs()), corner["x"].abs(), rtol=1e-9)


def test_spectra_and_radius_of_an_identity_network_are_those_of_its_matrix():
    turn = planar([[0.0, -0.7], [0.7, 0.0]], "softexponential")
    spectrum = spectra.spectra([turn], **GRID)
    np.testing.assert_allclose(spectrum.table["imag"].abs(), 0.7)
    np.testing.assert_allclose(spectrum.table["real"], 0.0, atol=1e-15)
    np.testing.assert_allclose(regions.radius_maps([turn], **GRID).table["spectral_radius"], 0.7)


def test_fig_2_has_the_eigenvalues_beside_the_portraits():
    models = [planar(0.5 * np.eye(2), "relu")]
    table = spectra.portraits_and_spectra(models, grid=GRID, **PORTRAIT).table
    assert set(table.query("kind == 'eigenvalue'")["x"]) == {0.0, 0.5}
    assert not table[["panel", "seed", "attractor"]].isna().any(axis=None)


def test_the_companion_of_fig_3_has_both_modes_where_they_differ():
    table = regions.regions_same_weights(
        [planar(0.5 * np.eye(2), "relu")], panel="a", activations=["relu", "sigmoid"], **GRID
    ).table
    assert list(table["label"].unique()) == ["ReLU", "Sigmoid, literal", "Sigmoid, offset"]
    largest = table.groupby("mode")["spectral_radius"].max()
    # The offset mode's quotients are at most σ'(0) = 1/4; the literal mode's have a pole.
    assert largest["offset"] == pytest.approx(0.125)
    assert largest["literal"] > 0.5


def test_the_companion_of_fig_3_names_a_panel_that_is_not_there():
    with pytest.raises(InputError, match="panel 'z'"):
        regions.regions_same_weights(
            [planar(np.eye(2), "relu")], panel="z", activations=["relu"], **GRID
        )


def test_one_relu_layer_has_four_linear_regions_and_the_norm_of_its_matrix():
    computed = regions.region_metrics([planar(0.5 * np.eye(2), "relu")], bins=4, **GRID)
    assert computed.residuals["representation_error"] < 1e-15
    values = computed.table.groupby("metric")["value"]
    assert values.max()["linear regions"] == 4
    assert values.max()["norm"] == pytest.approx(0.5)


def test_shared_weights_multiply_the_spectrum_with_each_layer():
    model = planar([[0.5, 0.0], [0.0, 0.25]], "softexponential")
    table = spectra.depth_shared([model], depths=[1, 3], **GRID).table
    repeated = table[table["layers"] == "repeated"].groupby("depth")["real"].max()
    assert repeated.to_dict() == pytest.approx({1: 0.5**2, 3: 0.5**4})


def test_networks_with_layers_of_their_own_stand_beside_the_repeated_ones():
    model = planar([[0.5, 0.0], [0.0, 0.25]], "softexponential")
    table = spectra.depth_shared([model], depths=[1, 3], **GRID).table
    own = table[table["layers"] == "own"]
    depth = len(model.network.weights) - 1
    assert set(own["depth"]) == {depth}
    np.testing.assert_array_equal(
        own[["real", "imag"]], spectra.spectra([model], **GRID).table[["real", "imag"]]
    )


def test_only_the_householder_map_keeps_its_range_in_training():
    computed = trainable_spectra(
        dimension=3,
        lambda_min=0.5,
        lambda_max=1.2,
        target_singular_values=[2.0, 1.0, 0.1],
        steps=60,
        learning_rate=0.1,
        penalties=[0.0],
        seed=0,
    )
    assert computed.residuals["householder_excess"] == 0
    largest = computed.table.groupby("factorisation")["singular_value"].max()
    assert largest["householder"] <= 1.2 < largest["regularised"]


def test_the_activation_table_names_where_the_paper_errs():
    table = activation_tables(extent=4.0, points=9)[1].table
    assert list(table.loc[~table["agree"], "name"]) == ["pelu", "hardswish"]


def test_the_activation_curves_keep_their_lipschitz_constants():
    computed, _ = activation_tables(extent=4.0, points=9)
    assert 0 <= computed.residuals["lipschitz_excess"] <= 1e-14
    assert 0 <= computed.residuals["quotient_excess"] <= 1e-14
    tanh = computed.table.query("name == 'tanh' and z == 1")
    assert tanh["sigma"].item() == pytest.approx(math.tanh(1.0))
