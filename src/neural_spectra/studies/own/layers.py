"""The hidden layers of a network, one by one."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.networks.multilayer_perceptron import Network


def relative_slopes(
    network: Network, x: Float[Tensor, "points dimension"]
) -> list[Float[Tensor, "points width"]]:
    """Return |σ'| of every unit at points, relative to the largest that its σ has anywhere."""
    layers = zip(network.activations, network.pre_activations(x), strict=True)
    return [sigma.slope(a).abs() / sigma.lipschitz for sigma, a in layers]


def in_units(network: Network, units: Float[Tensor, " dimension"]) -> Network:
    """Return the field of the coordinates y with x = units · y; exact for powers of two."""
    weights, biases = list(network.weights), list(network.biases)
    weights[0] = weights[0] * units
    weights[-1] = weights[-1] / units.unsqueeze(-1)
    biases[-1] = biases[-1] / units
    return replace(network, weights=tuple(weights), biases=tuple(biases))


def reversed_in_time(network: Network) -> Network:
    """Return the field −f, whose solutions are those of f run backwards."""
    *weights, weight = network.weights
    *biases, bias = network.biases
    return replace(network, weights=(*weights, -weight), biases=(*biases, -bias))


def powers_of_two_near(sizes: Float[Tensor, " dimension"]) -> Float[Tensor, " dimension"]:
    """Return units for coordinates of these sizes: 1, unless some differ much from others or 1."""
    if sizes.amax() < 8 * sizes.amin():
        if 2.0**-10 < sizes.amax() < 2.0**10:
            return torch.ones_like(sizes)
        sizes = sizes.amax().expand_as(sizes)
    return torch.exp2(sizes.log2().round())
