"""How steep the units of a network are at given points, and how many are saturated there."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.networks.multilayer_perceptron import Network

# A unit is saturated at a point where its slope, relative to the steepest, is less than this.
SATURATED = 0.1


def saturated_share(
    network: Network, points: Float[Tensor, "points dimension"]
) -> Float[Tensor, "*batch layers"]:
    """Return the share of units and points of each hidden layer at which the slope is small."""
    layers = zip(network.activations, network.pre_activations(points), strict=True)
    small = [sigma.slope(a).abs() < SATURATED * sigma.lipschitz for sigma, a in layers]
    return torch.stack([each.double().mean((-2, -1)) for each in small], -1)


def mean_slopes(
    network: Network, points: Float[Tensor, "... points dimension"]
) -> Float[Tensor, "*batch layers"]:
    """Return the mean of |σ'| over the units and points, of each hidden layer."""
    layers = zip(network.activations, network.pre_activations(points), strict=True)
    return torch.stack([sigma.slope(a).abs().mean((-2, -1)) for sigma, a in layers], dim=-1)
