"""Certified bounds of a network as a user hands it over: alone, in float32, or not at all."""

import pytest
import torch

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds.jacobian_bounds import certified_bounds
from neural_spectra.bounds.regions import Ball, Box
from neural_spectra.errors import InputError
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network


def network(dtype=torch.float64):
    drawn = initialise(2, [6, 5], [0], ACTIVATIONS["silu"])[0]
    tensors = [[tensor.to(dtype) for tensor in kind] for kind in (drawn.weights, drawn.biases)]
    return Network(*map(tuple, tensors), drawn.activation)


def ball(dtype=torch.float64):
    return Ball(torch.tensor([0.5, -0.25], dtype=dtype), 1.0)


def search(given, region):
    return certified_bounds(given, region, 0.05, coarsest_level=4, finest_level=7)


def test_a_network_without_batch_axes_has_the_bounds_of_a_batch_of_one():
    alone, batch = search(network(), ball()), search(network().flattened(), ball())
    for name in ("log_saturation", "log_bound", "refined_bound", "refined_bound_sampled", "cells"):
        assert torch.equal(getattr(alone, name), getattr(batch, name)[0])


def test_weights_and_regions_in_float32_are_bounded_in_float64():
    short = network(torch.float32)
    exact = Network(
        tuple(weight.to(torch.float32).double() for weight in network().weights),
        tuple(bias.to(torch.float32).double() for bias in network().biases),
        short.activation,
    )
    found, expected = search(short, ball(torch.float32)), search(exact, ball())
    assert found.refined_bound.dtype == torch.float64
    assert torch.equal(found.refined_bound, expected.refined_bound)
    ends = torch.tensor([-0.5, -1.0]), torch.tensor([0.5, 1.0])
    box = search(short, Box(*ends))
    assert torch.equal(box.log_bound, search(exact, Box(*map(torch.Tensor.double, ends))).log_bound)


@pytest.mark.many_steps  # Types are not checked before.
def test_a_module_is_told_what_to_wrap_its_weights_in():
    with pytest.raises(InputError, match=r"Linear does not tell .* wrap them as Network\(\(W_1, …"):
        search(torch.nn.Linear(2, 2), ball())
