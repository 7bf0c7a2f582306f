"""Balls that contract: known ones, and orbits that start in them."""

import math

import pytest
import torch

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds.contraction import contracting_ball_of_flow, contracting_ball_of_map
from neural_spectra.errors import InputError
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network


def network_of(first, second, activation="tanh", bias=None):
    weights = tuple(torch.tensor(w, dtype=torch.float64) for w in (first, second))
    biases = tuple(torch.zeros(len(weight), dtype=torch.float64) for weight in weights)
    return Network(weights, biases if bias is None else (bias, biases[1]), ACTIVATIONS[activation])


ORIGIN = torch.zeros(2, dtype=torch.float64)
EYE = [[1.0, 0.0], [0.0, 1.0]]


def test_a_linear_spiral_contracts_everywhere_at_nearly_its_rate():
    ball = contracting_ball_of_flow(
        network_of(EYE, [[-0.1, -5.0], [5.0, -0.1]], "identity"), ORIGIN
    )
    assert ball.radius == 64
    assert ball.contraction == pytest.approx(0.1, rel=1e-6)


def test_a_strongly_sheared_map_contracts_in_a_suitable_norm():
    shear = network_of(EYE, [[0.5, 100.0], [0.0, 0.5]], "identity")
    ball = contracting_ball_of_map(shear, ORIGIN)
    assert ball.radius == 64
    assert 0.5 <= ball.contraction < 1


def test_a_cubic_slope_limits_the_ball():
    # f(x) = −x + 3 (tanh 2x − 2 tanh x) has f' = −1 at 0, and f' = 0 where the derivative says.
    network = network_of([[2.0], [1.0]], [[-1.0, 1.0]])
    x = torch.linspace(0, 2, 200_001, dtype=torch.float64).unsqueeze(-1)
    turning = x[network.jacobian(x)[:, 0, 0] > 0][0].item()
    ball = contracting_ball_of_flow(network, torch.zeros(1, dtype=torch.float64))
    assert 0.8 * turning < ball.inner_radius < turning


@pytest.mark.parametrize("dimension", [1, 2, 3, 4])
@pytest.mark.parametrize("kind", ["flow", "map"])
def test_everything_in_the_ball_tends_to_one_point(dimension, kind):
    network = initialise(dimension, [12], [dimension], ACTIVATIONS["tanh"])[0]
    pull = [torch.cat([network.weights[1], -torch.eye(dimension).double()], 1)]
    if kind == "flow":
        first = torch.cat([network.weights[0], torch.eye(dimension).double()])
        bias = torch.cat([network.biases[0], torch.zeros(dimension).double()])
        network = Network((first, pull[0]), (bias, network.biases[1]), network.activation)
    x = torch.zeros(1, dimension, dtype=torch.float64)
    step = (lambda x: x + 0.2 * network(x)) if kind == "flow" else network
    for _ in range(400):
        x = step(x)
    find = contracting_ball_of_flow if kind == "flow" else contracting_ball_of_map
    ball = find(network, x[0])
    assert ball.radius > 0
    directions = torch.randn(50, dimension, generator=torch.Generator().manual_seed(0)).double()
    y = ball.radius * torch.nn.functional.normalize(directions, dim=-1)
    orbit = ball.centre + y @ ball.transformation.mT
    inverse = torch.linalg.inv(ball.transformation)
    for _ in range(5 if kind == "map" else 50):
        before = torch.linalg.vector_norm((orbit - x) @ inverse.mT, dim=-1)
        orbit = step(orbit) if kind == "map" else orbit + 0.001 * network(orbit)
        assert (torch.linalg.vector_norm((orbit - x) @ inverse.mT, dim=-1) <= before + 1e-12).all()


def test_a_guess_that_is_off_still_gives_a_ball_that_holds_the_equilibrium():
    network = network_of(EYE, [[-1.0, -1.0], [1.0, -1.0]])
    ball = contracting_ball_of_flow(network, ORIGIN + 0.01)
    assert ball.radius > 0.014


def test_what_does_not_attract_is_refused():
    with pytest.raises(InputError, match="the equilibrium does not attract"):
        contracting_ball_of_flow(network_of(EYE, EYE), ORIGIN)
    with pytest.raises(InputError, match="the fixed point does not attract"):
        contracting_ball_of_map(network_of(EYE, [[1.0, 0.0], [0.0, 1.0]]), ORIGIN)


def test_a_point_far_from_rest_gets_no_ball():
    network = network_of([[1.0]], [[-1.0]])
    ball = contracting_ball_of_flow(network, torch.full((1,), 50.0, dtype=torch.float64))
    assert ball.radius == 0
    assert math.isnan(ball.contraction)


def test_a_batch_is_refused():
    batch = initialise(2, [4], [0, 1], ACTIVATIONS["tanh"])
    with pytest.raises(InputError, match="index the batch"):
        contracting_ball_of_flow(batch, ORIGIN)
