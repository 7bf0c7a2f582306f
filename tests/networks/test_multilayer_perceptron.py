"""The network's value and Jacobian against automatic differentiation, and its batch axes."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network


def random_network(sizes, activation="tanh", batch=(), seed=0):
    generator = torch.Generator().manual_seed(seed)
    draw = {"generator": generator, "dtype": torch.float64}
    pairs = list(pairwise(sizes))
    weights = tuple(torch.randn(*batch, outputs, inputs, **draw) for inputs, outputs in pairs)
    biases = tuple(torch.randn(*batch, outputs, **draw) for _, outputs in pairs)
    return Network(weights, biases, ACTIVATIONS[activation])


def random_points(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(7), dtype=torch.float64)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("sizes", [(2, 5, 2), (3, 4, 6, 3), (1, 4, 3, 5, 1), (4, 3, 3, 3, 3, 4)])
def test_the_product_formula_is_the_jacobian_of_automatic_differentiation(sizes, activation):
    network, x = random_network(sizes, activation), random_points(6, sizes[0])
    derivative = torch.func.vmap(torch.func.jacrev(lambda y: network(y.unsqueeze(0))[0]))(x)
    jacobian = network.jacobian(x)
    assert (jacobian - derivative).abs().max() <= 1e-12 * derivative.abs().max()


def test_a_network_is_the_composition_of_its_layers():
    network, x = random_network((2, 5, 4, 2)), random_points(6, 2)
    first, second, last = zip(network.weights, network.biases, strict=True)
    hidden = torch.tanh(torch.tanh(x @ first[0].mT + first[1]) @ second[0].mT + second[1])
    torch.testing.assert_close(network(x), hidden @ last[0].mT + last[1], rtol=0, atol=1e-14)


def test_every_hidden_layer_can_have_an_activation_of_its_own():
    network, x = random_network((2, 5, 4, 2)), random_points(6, 2)
    mixed = replace(network, activation=(ACTIVATIONS["relu"], ACTIVATIONS["silu"]))
    first, second, last = zip(network.weights, network.biases, strict=True)
    hidden = torch.relu(x @ first[0].mT + first[1]) @ second[0].mT + second[1]
    expected = torch.nn.functional.silu(hidden) @ last[0].mT + last[1]
    torch.testing.assert_close(mixed(x), expected, rtol=0, atol=1e-14)
    derivative = torch.func.vmap(torch.func.jacrev(lambda y: mixed(y.unsqueeze(0))[0]))(x)
    torch.testing.assert_close(mixed.jacobian(x), derivative, rtol=1e-12, atol=1e-12)
    assert mixed.activation_label == "relu, silu"
    by_name = replace(network, activation=("relu", "silu"))
    assert torch.equal(by_name(x), mixed(x))
    assert network.activation_label == "tanh"


def test_another_number_of_activations_than_hidden_layers_is_refused():
    with pytest.raises(InputError, match="1 activations for 2 hidden layers: give one for each"):
        replace(random_network((2, 5, 4, 2)), activation=(ACTIVATIONS["relu"],))


def test_value_and_jacobian_from_one_pass_are_those_of_two():
    network, x = random_network((2, 5, 4, 2)), random_points(6, 2)
    value, jacobian = network.value_and_jacobian(x)
    assert torch.equal(value, network(x))
    assert torch.equal(jacobian, network.jacobian(x))


def test_each_member_of_a_batch_is_a_network_of_its_own():
    network, x = random_network((2, 5, 4, 2), batch=(3, 2)), random_points(3, 2, 6, 2)
    torch.testing.assert_close(network(x)[2, 1], network[2, 1](x[2, 1]), rtol=1e-14, atol=1e-14)
    torch.testing.assert_close(
        network.jacobian(x)[2, 1], network[2, 1].jacobian(x[2, 1]), rtol=1e-14, atol=1e-14
    )


def test_scaling_multiplies_every_hidden_pre_activation_by_s():
    network, x = random_network((2, 5, 2), batch=(3,)), random_points(6, 2)
    scales = torch.tensor([0.5, 1.0, 4.0], dtype=torch.float64)
    (expected,) = network.pre_activations(x)
    (scaled,) = network.scaled(scales).pre_activations(x)
    assert scaled.shape == (3, 3, 6, 5)
    torch.testing.assert_close(scaled, expected.unsqueeze(1) * scales.reshape(-1, 1, 1))


def test_scaling_reaches_the_deeper_layers_through_the_scaled_first_one():
    network, x = random_network((2, 5, 4, 2)), random_points(6, 2)
    (w1, w2, w3), (b1, b2, b3) = network.weights, network.biases
    hidden = torch.tanh(3 * (torch.tanh(3 * (x @ w1.mT + b1)) @ w2.mT + b2))
    scaled = network.scaled(torch.tensor([3.0], dtype=torch.float64))
    torch.testing.assert_close(scaled(x)[0], hidden @ w3.mT + b3, rtol=0, atol=1e-13)


def test_flattening_keeps_the_order_of_the_members():
    network = random_network((2, 5, 2), batch=(3, 2))
    assert torch.equal(network.flattened().weights[0][3], network.weights[0][1, 1])


def test_a_layer_that_does_not_fit_the_one_before_is_named():
    weights = torch.ones(4, 2).double(), torch.ones(2, 5).double()
    biases = torch.ones(4).double(), torch.ones(2).double()
    with pytest.raises(InputError, match="layer 2 takes 5 inputs, but layer 1 gives 4 outputs"):
        Network(weights, biases, ACTIVATIONS["tanh"])


def test_a_bias_that_does_not_fit_its_weight_is_named():
    weights = torch.ones(4, 2).double(), torch.ones(2, 4).double()
    biases = torch.ones(3).double(), torch.ones(2).double()
    with pytest.raises(InputError, match=r"layer 1: .* needs a bias of shape \(4,\), not \(3,\)"):
        Network(weights, biases, ACTIVATIONS["tanh"])


def test_a_network_without_a_hidden_layer_is_refused():
    with pytest.raises(InputError, match="at least two layers"):
        Network((torch.ones(2, 2).double(),), (torch.ones(2).double(),), ACTIVATIONS["tanh"])


# One network, and weights as they come.


def test_a_network_without_batch_axes_is_the_same_for_every_member():
    network = random_network((2, 5, 4, 2))
    assert network[torch.tensor([4, 0])] is network[3] is network


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_shorter_weights_and_points_are_computed_in_float64(dtype):
    short = random_network((2, 5, 4, 2))
    weights = tuple(weight.to(dtype) for weight in short.weights)
    biases = tuple(bias.to(dtype) for bias in short.biases)
    network, x = Network(weights, biases, short.activation), random_points(6, 2).to(dtype)
    exact = Network(
        tuple(weight.to(torch.float64) for weight in weights),
        tuple(bias.to(torch.float64) for bias in biases),
        short.activation,
    )
    for found, expected in zip(
        network.value_and_jacobian(x), exact.value_and_jacobian(x.double()), strict=True
    ):
        assert torch.equal(found, expected)


def test_the_parameters_of_a_module_are_taken_as_they_are_and_not_trained_on():
    module = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
    layers = module[0], module[2]
    network = Network(
        tuple(layer.weight for layer in layers),
        tuple(layer.bias for layer in layers),
        ACTIVATIONS["tanh"],
    )
    x = random_points(6, 2)
    assert not network(x).requires_grad
    with torch.no_grad():
        torch.testing.assert_close(network(x), module.double()(x), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([(4,), (2, 4)], r"layer 1: a weight of shape \(4,\) lacks an axis; it needs \(…, outputs"),
        ([(3, 4, 2), (2, 4)], r"layer 2 has the batch axes \(\), but layer 1 has \(3,\)"),
        ([(3, 4, 2), (5, 2, 4)], r"layer 2 has the batch axes \(5,\), but layer 1 has \(3,\)"),
    ],
)
def test_an_axis_that_is_missing_is_named(weights, message):
    tensors = tuple(torch.zeros(shape, dtype=torch.float64) for shape in weights)
    biases = tuple(torch.zeros(shape[:-1], dtype=torch.float64) for shape in weights)
    with pytest.raises(InputError, match=message):
        Network(tensors, biases, ACTIVATIONS["tanh"])


@pytest.mark.many_steps  # Shapes are not checked before.
@pytest.mark.parametrize("shape", [(2,), (6, 3)])
@pytest.mark.parametrize("inputs", [2, 20])
def test_points_that_do_not_fit_are_named_with_the_axes_they_need(shape, inputs):
    network = random_network((inputs, 5, inputs))
    with pytest.raises(InputError, match=rf"need the axes \(…, points, {inputs}\)"):
        network.jacobian(random_points(*shape))
