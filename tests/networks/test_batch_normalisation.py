"""Batch normalisation, folded, against PyTorch's own modules in training and in use."""

import pytest
import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.networks.batch_normalisation import folded, followed_with_normalisation
from neural_spectra.networks.gradient_descent import OPTIMISERS
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network

START = initialise(2, [5, 4], [3, 4], activation_named("tanh"))
POINTS = torch.linspace(-1, 1, 24, dtype=torch.float64).reshape(12, 2) ** 3
TARGETS = POINTS.flip(-1) ** 2


def module_of(seed):
    """Return PyTorch's network of a seed, whose layers of normalisation start as new ones do."""
    layers = []
    for k, (weight, bias) in enumerate(zip(START.weights, START.biases, strict=True)):
        linear = torch.nn.Linear(*weight.shape[:0:-1], bias=k == 2, dtype=torch.float64)
        linear.load_state_dict({"weight": weight[seed]} | ({"bias": bias[seed]} if k == 2 else {}))
        normalisation = torch.nn.BatchNorm1d(weight.shape[-2], dtype=torch.float64)
        layers += [linear, normalisation, torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-2])


@pytest.mark.parametrize("optimiser", ["Adam", "SGD"])
def test_each_seed_is_trained_as_torch_trains_layers_of_batch_normalisation(optimiser):
    *_, last = followed_with_normalisation(
        START, POINTS, TARGETS, optimiser=optimiser, learning_rate=0.05, steps=[0, 7]
    )
    for seed in range(2):
        module = module_of(seed)
        descent = OPTIMISERS[optimiser](module.parameters(), lr=0.05)
        for _ in range(7):
            descent.zero_grad()
            loss = (module(POINTS) - TARGETS).square().mean()
            loss.backward()
            descent.step()
        torch.testing.assert_close(last.network[seed](POINTS), module(POINTS).detach())


def test_the_folded_network_is_the_one_in_use_also_where_no_data_were():
    generator = torch.Generator().manual_seed(1)
    scales = [torch.rand(2, width, generator=generator).double() + 0.5 for width in (5, 4)]
    network = folded(START, scales, POINTS)
    far = 30 * torch.randn(40, 2, generator=generator).double()
    for seed in range(2):
        module, h = module_of(seed), POINTS
        for k, layer in enumerate(module):
            if isinstance(layer, torch.nn.BatchNorm1d):
                state = {"weight": scales[k // 3][seed], "bias": START.biases[k // 3][seed]}
                state |= {"running_mean": h.mean(0), "running_var": h.var(0, correction=0)}
                layer.load_state_dict(layer.state_dict() | state)
                layer.eval()
            h = layer(h)
        for x in (POINTS, far):
            found, expected = network[seed](x), module(x).detach()
            torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)


def test_on_the_data_every_unit_has_the_mean_and_the_deviation_that_it_was_given():
    scales = [torch.full((2, width), 0.7).double() for width in (5, 4)]
    # Far from the variance ε, which would show.
    wide = Network(tuple(100 * w for w in START.weights), START.biases, START.activation)
    for k, a in enumerate(folded(wide, scales, POINTS).pre_activations(POINTS)):
        torch.testing.assert_close(a.mean(-2), START.biases[k])
        torch.testing.assert_close(a.std(-2, correction=0), scales[k], rtol=1e-3, atol=0)


def test_a_bias_before_the_normalisation_would_change_nothing():
    *_, first = followed_with_normalisation(
        START, POINTS, TARGETS, optimiser="SGD", learning_rate=0.1, steps=[0, 3]
    )
    moved = Network(
        START.weights, (*(b + 1 for b in START.biases[:-1]), START.biases[-1]), START.activation
    )
    *_, same = followed_with_normalisation(
        moved, POINTS, TARGETS, optimiser="SGD", learning_rate=0.1, steps=[0, 3]
    )
    assert torch.equal(first.losses, same.losses)
