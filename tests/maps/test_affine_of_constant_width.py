"""A* of deep networks with skip connections: it represents f, and is the paper's without them."""

import numpy as np
import pytest
import torch

from neural_spectra.maps.affine_of_constant_width import linearise_constant_width
from neural_spectra.maps.pointwise_affine import linearise
from neural_spectra.networks.constant_width import ConstantWidth, draw_constant_width
from neural_spectra.networks.deep_maps import deep_map

STATES = np.random.default_rng(0).normal(size=(7, 4))


def networks(activation, *, skip, depth=5):
    drawn = draw_constant_width(depth, 4, [0.5, 1.5], [0, 1], activation=activation, skip=skip)
    biases = torch.randn(drawn.biases.shape, generator=torch.Generator().manual_seed(2)).double()
    return ConstantWidth(drawn.weights, biases, activation, skip)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("skip", [False, True])
def test_the_affine_map_represents_the_network(activation, skip):
    given = networks(activation, skip=skip)
    affine = linearise_constant_width(given, STATES)
    values = given(torch.from_numpy(STATES)).numpy()
    np.testing.assert_allclose(affine(STATES), values, rtol=1e-10, atol=1e-10)
    assert affine.error.shape == (4, 7)
    assert affine.error.max() < 1e-12


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_without_skip_connections_it_is_that_of_the_deep_map(activation):
    given = networks(activation, skip=False)
    found = linearise_constant_width(given, STATES)
    for k in range(4):
        layers = list(given.weights[:, k].numpy()), list(given.biases[:, k].numpy())
        alone = linearise(deep_map(activation, *layers, output_activation=False), STATES)
        np.testing.assert_allclose(found.matrix[k], alone.matrix, rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(found.offset[k], alone.offset, rtol=1e-11, atol=1e-11)


def test_for_relu_the_matrix_is_the_jacobian():
    given = networks("relu", skip=True)
    found = linearise_constant_width(given, STATES).matrix
    for j, state in enumerate(torch.from_numpy(STATES)):
        jacobian = torch.func.jacrev(lambda x: given(x.unsqueeze(0))[:, 0])(state)
        np.testing.assert_allclose(found[:, j], jacobian.numpy(), rtol=1e-10, atol=1e-10)


def test_a_skip_connection_adds_the_identity_to_every_layer_but_the_last():
    weights = torch.diag_embed(torch.tensor([[[0.5, -3.0]], [[1.0, -3.0]], [[2.0, 5.0]]])).double()
    given = ConstantWidth(weights, torch.zeros(3, 1, 2).double(), "relu", skip=True)
    # Of the second component ReLU leaves nothing.
    matrix = linearise_constant_width(given, np.ones((1, 2))).matrix[0, 0]
    np.testing.assert_allclose(matrix, np.diag([2.0 * 2.0 * 1.5, 5.0]))
