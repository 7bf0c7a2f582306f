"""Deep maps: values, Jacobians, batches, and what is refused."""

import numpy as np
import pytest
import torch

from neural_spectra.activations.numpy_activations import ACTIVATIONS
from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap


def random_map(activation="tanh", widths=(2, 5, 3, 2), batch=(), seed=0, output_activation=True):
    generator = np.random.default_rng(seed)
    sizes = list(zip(widths[1:], widths[:-1], strict=True))
    return DeepMap(
        tuple(generator.normal(size=(*batch, *size)) for size in sizes),
        tuple(generator.normal(size=(*batch, rows)) for rows, _ in sizes),
        ACTIVATIONS[activation],
        output_activation,
    )


POINTS = np.random.default_rng(1).normal(size=(20, 2))


def test_values_are_those_of_torch_layers():
    network = random_map()
    h = torch.from_numpy(POINTS)
    for weight, bias in zip(network.weights, network.biases, strict=True):
        h = torch.tanh(
            torch.nn.functional.linear(h, torch.from_numpy(weight), torch.from_numpy(bias))
        )
    np.testing.assert_allclose(network(POINTS), h, rtol=1e-14)


def test_without_output_activation_the_last_layer_is_affine():
    network = random_map(output_activation=False)
    activated = random_map(output_activation=True)
    np.testing.assert_array_equal(np.tanh(network(POINTS)), activated(POINTS))


@pytest.mark.parametrize("output_activation", [True, False])
@pytest.mark.parametrize("activation", ["tanh", "gelu", "selu", "softplus", "relu"])
def test_the_jacobian_is_the_limit_of_difference_quotients(activation, output_activation):
    network = random_map(activation, (3, 6, 2), output_activation=output_activation)
    x = np.random.default_rng(2).normal(size=(20, 3))
    steps = 1e-6 * np.eye(3)
    columns = [(network(x + step) - network(x - step)) / 2e-6 for step in steps]
    np.testing.assert_allclose(network.jacobian(x), np.stack(columns, -1), rtol=1e-6, atol=1e-8)


def test_a_batch_of_maps_acts_like_each_map_alone():
    batch = random_map(batch=(3,))
    values, jacobians = batch(POINTS), batch.jacobian(POINTS)
    for k in range(3):
        alone = DeepMap(
            tuple(weight[k] for weight in batch.weights),
            tuple(bias[k] for bias in batch.biases),
            batch.activation,
        )
        np.testing.assert_allclose(values[k], alone(POINTS), rtol=1e-14)
        np.testing.assert_allclose(jacobians[k], alone.jacobian(POINTS), rtol=1e-13)


def test_a_linear_network_has_a_jacobian_at_every_point():
    network = random_map(widths=(2, 2), output_activation=False)
    assert network.jacobian(POINTS).shape == (20, 2, 2)
    np.testing.assert_array_equal(network.jacobian(POINTS)[7], network.weights[0])


def test_the_dimension_is_the_number_of_inputs():
    assert random_map(widths=(3, 5, 2)).dimension == 3


def test_a_map_without_layers_is_refused():
    with pytest.raises(InputError, match="needs at least one weight matrix: give a depth ≥ 1"):
        DeepMap((), (), ACTIVATIONS["tanh"])


@pytest.mark.parametrize(
    ("weights", "biases", "message"),
    [
        ([(2, 2)], [], "1 weight matrices with 0 biases"),
        ([(3, 2)], [2], "layer 0 has 3 rows but its bias 2 entries"),
        ([(3, 2), (2, 2)], [3, 2], "layer 0 has 3 outputs but layer 1 takes 2"),
    ],
)
def test_layers_that_do_not_fit_together_are_refused(weights, biases, message):
    with pytest.raises(InputError, match=message):
        DeepMap(
            tuple(np.zeros(size) for size in weights),
            tuple(np.zeros(size) for size in biases),
            ACTIVATIONS["tanh"],
        )
