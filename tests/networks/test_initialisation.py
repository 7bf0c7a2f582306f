"""Sample points, untrained networks and bias shifts are what their formulas say."""

import math

import pytest
import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.networks.initialisation import (
    initialise,
    margin_for_saturation,
    sample_ball,
    shift_bias,
    with_first_bias,
)

TANH, SIGMOID = activation_named("tanh"), activation_named("sigmoid")


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_sample_points_fill_the_ball_uniformly(dimension):
    points = sample_ball(20_000, dimension, 1.5, generator())
    distance = torch.linalg.vector_norm(points, dim=-1)
    assert distance.max() <= 1.5
    assert (distance < 0.75).double().mean().item() == pytest.approx(0.5**dimension, abs=0.01)
    assert points.mean(0).abs().max() < 0.03


def test_a_sample_depends_on_its_generator_alone():
    torch.manual_seed(1)
    first = sample_ball(5, 2, 1.0, generator())
    torch.manual_seed(2)
    assert torch.equal(first, sample_ball(5, 2, 1.0, generator()))


@pytest.mark.parametrize(("count", "radius"), [(0, 1.0), (5, 0.0), (5, -1.0), (5, math.inf)])
def test_a_sample_of_nothing_is_refused(count, radius):
    with pytest.raises(InputError, match="at least one point and a positive, finite radius"):
        sample_ball(count, 2, radius, generator())


def test_a_seed_gives_the_numbers_of_torch_linear_layers():
    network = initialise(3, [7, 5], seeds=[4, 11], activation=TANH)
    for row, seed in enumerate([4, 11]):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            layers = [
                torch.nn.Linear(i, o, dtype=torch.float64) for i, o in [(3, 7), (7, 5), (5, 3)]
            ]
        for k, layer in enumerate(layers):
            torch.testing.assert_close(
                network.weights[k][row], layer.weight.data, rtol=1e-14, atol=0
            )
            torch.testing.assert_close(network.biases[k][row], layer.bias.data, rtol=1e-14, atol=0)


def test_a_seed_does_not_depend_on_the_others():
    together = initialise(2, [6], seeds=[5, 0, 2], activation=TANH)
    alone = initialise(2, [6], seeds=[2], activation=TANH)
    assert torch.equal(together.weights[1][2], alone.weights[1][0])


@pytest.mark.parametrize(
    ("dimension", "widths", "seeds"),
    [(2, [4], []), (2, [], [0]), (2, [4, 0], [0]), (0, [4], [0])],
)
def test_a_network_without_seeds_layers_or_units_is_refused(dimension, widths, seeds):
    with pytest.raises(InputError, match="at least one seed, one hidden layer and one unit"):
        initialise(dimension, widths, seeds, TANH)


@pytest.mark.parametrize("fraction", [1e-300, 1e-20, 1e-3, 0.53, 0.999999, 1.0])
@pytest.mark.parametrize("activation", [TANH, SIGMOID], ids=lambda activation: activation.name)
def test_the_slope_at_the_margin_is_delta(activation, fraction):
    delta = fraction * activation.lipschitz
    margin = margin_for_saturation(activation, delta)
    slope = activation.slope(torch.tensor(margin, dtype=torch.float64)).item()
    assert slope == pytest.approx(delta, rel=1e-12)


def test_the_margin_of_the_papers_delta_is_its_inverse_hyperbolic_tangent():
    assert margin_for_saturation(TANH, 0.53) == pytest.approx(
        math.atanh(math.sqrt(1 - 0.53)), rel=1e-15
    )


@pytest.mark.parametrize("name", ["silu", "relu", "softplus"])
def test_an_activation_that_does_not_saturate_has_no_margin(name):
    with pytest.raises(InputError, match=f"{name} does not saturate .* set the margin itself"):
        margin_for_saturation(activation_named(name), 0.1)


@pytest.mark.parametrize("delta", [0.0, -0.1, 0.26, math.nan])
def test_a_delta_that_is_no_slope_has_no_margin(delta):
    with pytest.raises(InputError, match="choose it above 0"):
        margin_for_saturation(SIGMOID, delta)


@pytest.mark.parametrize("activation", [TANH, SIGMOID], ids=lambda activation: activation.name)
def test_the_shifted_bias_makes_the_saturation_on_the_ball_exactly_delta(activation):
    network = initialise(3, [9], seeds=[0, 1], activation=activation)
    weight = network.weights[0]
    margin = margin_for_saturation(activation, 0.1)
    network = with_first_bias(network, shift_bias(weight, margin, 2.0))
    lowest = -2 * weight / torch.linalg.vector_norm(weight, dim=-1, keepdim=True)
    at_lowest = network.pre_activations(lowest)[0].diagonal(dim1=-2, dim2=-1)
    delta = activation.slope(at_lowest)
    torch.testing.assert_close(delta, torch.full_like(delta, 0.1), rtol=1e-13, atol=0)
    inside = network.pre_activations(sample_ball(1000, 3, 2.0, generator()))[0]
    assert activation.slope(inside).max() <= 0.1


def test_a_margin_can_shift_any_activation():
    network = initialise(2, [9], seeds=[0], activation=activation_named("silu"))
    shifted = with_first_bias(network, shift_bias(network.weights[0], 0.84, 1.0))
    pre_activations = shifted.pre_activations(sample_ball(1000, 2, 1.0, generator()))[0]
    assert 0.84 <= pre_activations.min() < 0.9


def test_only_the_first_bias_is_replaced():
    network = initialise(2, [3, 3], seeds=[0], activation=TANH)
    shifted = with_first_bias(network, torch.ones(1, 3, dtype=torch.float64))
    assert torch.equal(shifted.biases[0], torch.ones(1, 3, dtype=torch.float64))
    assert shifted.biases[1:] == network.biases[1:]
    assert shifted.weights == network.weights
