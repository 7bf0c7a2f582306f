"""Balls around fixed points of deep maps, against orbits and against what is known by hand."""

import numpy as np
import pytest
import torch

from neural_spectra.bounds.contracting_deep_maps import as_network, contracting_ball_of_deep_map
from neural_spectra.errors import InputError
from neural_spectra.maps.lipschitz_bounds_of_maps import norm_product
from neural_spectra.networks.deep_maps import deep_map

# Of spectral radius 0.9, but far from a contraction in the Euclidean norm.
SHEAR = np.array([[0.9, 5.0], [0.0, 0.5]])


@pytest.mark.parametrize("output_activation", [True, False])
def test_a_deep_map_and_its_network_are_the_same_map(output_activation):
    weights = [SHEAR, 0.3 * np.eye(2) + 0.1]
    biases = [np.array([0.2, -0.1]), np.array([0.5, 0.0])]
    f = deep_map("tanh", weights, biases, output_activation=output_activation)
    x = np.random.default_rng(0).standard_normal((7, 2))
    network = as_network(f)
    np.testing.assert_allclose(network(torch.tensor(x)).numpy(), f(x), rtol=1e-14)
    np.testing.assert_allclose(network.jacobian(torch.tensor(x)).numpy(), f.jacobian(x), rtol=1e-12)


def test_a_map_that_contracts_in_no_plain_norm_has_a_ball_of_its_own_norm():
    f = deep_map("tanh", [SHEAR])
    assert norm_product(f) > 1
    ball = contracting_ball_of_deep_map(f, np.zeros(2))
    assert ball.radius > 0
    assert ball.contraction < 1
    direction = np.random.default_rng(1).standard_normal((200, 2))
    y = ball.radius * direction / np.linalg.norm(direction, axis=-1, keepdims=True)
    inverse = np.linalg.inv(ball.transformation.numpy())
    x = y @ ball.transformation.numpy().T
    for _ in range(5):
        after = f(x)
        lengths = np.linalg.norm(np.stack([x, after]) @ inverse.T, axis=-1)
        assert (lengths[1] <= ball.contraction * lengths[0] * (1 + 1e-12)).all()
        x = after


def test_an_affine_map_and_an_unknown_activation_are_refused_in_one_sentence():
    with pytest.raises(InputError, match="the map is affine"):
        as_network(deep_map("tanh", [SHEAR], output_activation=False))
    with pytest.raises(InputError, match="activation"):
        as_network(deep_map("hardshrink", [SHEAR]))
