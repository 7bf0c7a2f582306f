"""The spectral radius of A* and what deep networks learn: what the columns mean."""

import math

import numpy as np
import pytest
import torch

from neural_spectra.networks.constant_width import draw_constant_width
from neural_spectra.studies.open_questions.learning_and_radius import (
    affine_loss,
    learning_and_radius,
    task,
)

SETTINGS = {
    "depths": [1, 3],
    "widths": [3],
    "activations": ["tanh", "relu"],
    "gains": [0.5, 1.0],
    "seeds": range(2),
    "frequency": 1.5,
    "points": 12,
    "states": 5,
    "target": 0.7,
    "learning_rates": [0.02, 0.005],
    "steps": 40,
}


@pytest.fixture(scope="module")
def computed():
    return learning_and_radius(**SETTINGS)


@pytest.fixture(scope="module")
def table(computed):
    return computed.table


def test_there_is_a_row_for_each_network(table):
    names = ["depth", "width", "activation", "connections", "gain", "seed"]
    assert len(table) == 2 * 2 * 2 * 2 * 2
    assert not table.duplicated(names).any()


def test_the_radius_without_biases_and_with_relu_is_that_of_the_masked_weights(table):
    x, _ = task(3, 12, 1.5)
    networks = draw_constant_width(3, 3, [1.0], [1], activation="relu", skip=False)
    radii = []
    for h in x[:5]:
        product = torch.eye(3).double()
        for weight in networks.weights[:-1, 0]:
            h = weight @ h
            product = torch.diag((h > 0).double()) @ weight @ product
            h = h.relu()
        product = networks.weights[-1, 0] @ product
        radii.append(torch.linalg.eigvals(product).abs().max().item())
    row = table[(table["depth"] == 3) & (table["activation"] == "relu")]
    row = row[(row["connections"] == "plain") & (row["gain"] == 1) & (row["seed"] == 1)].iloc[0]
    assert row["radius"] == pytest.approx(np.median(radii), rel=1e-9)
    assert row["radius_lowest"] == pytest.approx(min(radii), rel=1e-9)
    assert row["radius_highest"] == pytest.approx(max(radii), rel=1e-9)


def test_relu_networks_without_biases_scale_with_the_gain_of_every_matrix(table):
    plain = table[(table["activation"] == "relu") & (table["connections"] == "plain")]
    halved, whole = (plain[plain["gain"] == gain]["radius"].to_numpy() for gain in (0.5, 1.0))
    layers = plain[plain["gain"] == 1.0]["depth"].to_numpy() + 1
    np.testing.assert_allclose(halved, whole / 2.0**layers, rtol=1e-9)


def test_the_answers_follow_from_the_numbers(table):
    assert (table["target_met"] == (table["loss"] <= 0.7)).all()
    assert table["target_met"].any()
    np.testing.assert_allclose(table["from_one"], (table["radius"] - 1).abs())
    assert (table["near_one"] == (table["from_one"] < 0.2)).all()
    assert table["steps"].between(0, 40).all()
    assert table["learning_rate"].isin([0.02, 0.005]).all()


def test_the_affine_maps_represent_the_networks(computed):
    assert computed.residuals["representation_error"] < 1e-12


def test_the_task_is_a_sine_of_the_next_component_of_unit_size():
    x, y = task(4, 50, 1.5)
    assert y.square().mean().item() == pytest.approx(1)
    ratio = y / torch.sin(1.5 * x[:, [1, 2, 3, 0]])
    torch.testing.assert_close(ratio, torch.full_like(ratio, ratio[0, 0].item()))


def test_an_affine_map_is_no_worse_than_zero_and_exact_on_few_points():
    x, y = task(4, 50, 1.5)
    assert 0.1 < affine_loss(x, y) < 1
    assert affine_loss(x, 2 * x.flip(-1) - 1) < 1e-25
    assert affine_loss(x[:5], y[:5]) < 1e-25


def test_with_many_points_the_affine_loss_is_that_of_the_projection_on_x():
    x, y = task(1, 200_000, 1.0)
    # For normal x, E x sin x = e^{−1/2} and E sin² x = (1 − e^{−2})/2.
    expected = 1 - math.exp(-1) / ((1 - math.exp(-2)) / 2)
    assert affine_loss(x, y) == pytest.approx(expected, abs=0.01)
