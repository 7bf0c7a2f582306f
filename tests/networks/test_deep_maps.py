"""Deep maps: values, Jacobians, batches, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from neural_spectra.activations.numpy_activations import ACTIVATIONS
from neural_spectra.errors import InputError
from neural_spectra.maps.pointwise_affine import linearise
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


@pytest.mark.parametrize("output_activation", [True, False])
def test_every_layer_can_have_an_activation_of_its_own(output_activation):
    names = ["relu", "gelu", "tanh"][: 2 + output_activation]
    network = random_map(output_activation=output_activation)
    mixed = replace(network, activation=tuple(ACTIVATIONS[name] for name in names))
    h = torch.from_numpy(POINTS)
    for weight, bias, name in zip(mixed.weights, mixed.biases, [*names, None], strict=False):
        h = torch.nn.functional.linear(h, torch.from_numpy(weight), torch.from_numpy(bias))
        h = getattr(torch.nn.functional, name)(h) if name else h
    np.testing.assert_allclose(mixed(POINTS), h, rtol=1e-13)
    affine = linearise(mixed, POINTS, "offset")
    represented = (affine.matrix @ POINTS[..., None])[..., 0] + affine.offset
    np.testing.assert_allclose(represented, h, rtol=1e-12, atol=1e-12)


def test_another_number_of_activations_than_activated_layers_is_refused():
    with pytest.raises(InputError, match="2 activations for 3 activated layers: give one for"):
        replace(random_map(), activation=(ACTIVATIONS["relu"],) * 2)


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


# One map, and weights as they come.


def test_a_map_without_batch_axes_is_the_same_for_every_member():
    single = random_map()
    assert single[np.array([4, 0])] is single[3] is single
    assert single.batch_shape == ()


def test_weights_that_a_batch_shares_are_the_same_for_every_member():
    batch = random_map(batch=(3,))
    shared = DeepMap(
        (*batch.weights[:-1], batch.weights[-1][0]),
        (batch.biases[0][0], *batch.biases[1:]),
        batch.activation,
    )
    assert shared.batch_shape == (3,)
    picked = shared[np.array([2, 0])]
    np.testing.assert_allclose(picked(POINTS), shared(POINTS)[[2, 0]], rtol=1e-14)
    np.testing.assert_allclose(shared[1](POINTS), shared(POINTS)[1], rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_shorter_weights_and_points_are_computed_in_float64(dtype):
    single = random_map()
    weights = tuple(weight.astype(dtype) for weight in single.weights)
    biases = tuple(bias.astype(dtype) for bias in single.biases)
    exact = DeepMap(
        tuple(weight.astype(float) for weight in weights),
        tuple(bias.astype(float) for bias in biases),
        single.activation,
    )
    short, x = DeepMap(weights, biases, single.activation), POINTS.astype(dtype)
    for name in ("__call__", "jacobian"):
        found = getattr(short, name)(x)
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, getattr(exact, name)(x.astype(float)))


@pytest.mark.many_steps  # Shapes are not checked before.
@pytest.mark.parametrize(
    ("weights", "biases", "message"),
    [
        ([(2,)], [(2,)], r"layer 0 has a weight matrix of shape \(2,\) .* lacks an axis"),
        ([(2, 2)], [()], r"a bias of shape \(\): one lacks an axis, they need \(…, out, in\)"),
        ([(3, 2, 2), (4, 2, 2)], [(2,), (2,)], r"batch axes \[\(3,\), \(4,\), \(\), \(\)\]"),
    ],
)
def test_an_axis_that_is_missing_is_named(weights, biases, message):
    with pytest.raises(InputError, match=message):
        DeepMap(tuple(map(np.zeros, weights)), tuple(map(np.zeros, biases)), ACTIVATIONS["tanh"])


@pytest.mark.many_steps  # Shapes are not checked before.
@pytest.mark.parametrize("shape", [(2,), (6, 3)])
@pytest.mark.parametrize("evaluate", ["__call__", "jacobian", "pre_activations"])
def test_points_that_do_not_fit_are_named_with_the_axes_they_need(shape, evaluate):
    with pytest.raises(InputError, match=r"need the axes \(…, points, 2\), one point the shape"):
        getattr(random_map(), evaluate)(np.zeros(shape))
