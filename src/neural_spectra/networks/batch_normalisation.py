"""Training with batch normalisation before every activation, folded into weights and biases.

A hidden layer then is σ(γ (a − mean a)/√(var a + ε) + b), where a = W h and mean and variance go
over a batch (Ioffe and Szegedy, arXiv:1502.03167). With all points in every batch they are those of
the data, in training as in use, and the network with frozen statistics is an ordinary one, with the
weights γ W/√(var a + ε) and the biases b − γ mean a/√(var a + ε).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.networks.gradient_descent import Checkpoint, OptimiserName, follow
from neural_spectra.networks.multilayer_perceptron import Network

EPSILON = 1e-5  # PyTorch's default


def folded(
    network: Network,
    scales: Sequence[Float[Tensor, "seeds _"]],
    points: Float[Tensor, "points inputs"],
) -> Network:
    """Return the networks that batch normalisation makes of others, with frozen statistics.

    Parameters
    ----------
    network
        Weights, and for each hidden layer the shifts b as its biases: a bias before the
        normalisation would go with the mean.
    scales
        γ of each hidden layer.
    points
        Over which mean and variance are taken, the latter without Bessel's correction.
    """
    weights, biases = list(network.weights), list(network.biases)
    h = points
    for k, scale in enumerate(scales):
        a = h @ weights[k].mT
        factor = scale / (a.var(-2, correction=0) + EPSILON).sqrt()
        weights[k] = factor.unsqueeze(-1) * weights[k]
        biases[k] = biases[k] - factor * a.mean(-2)
        h = network.activations[k].function(h @ weights[k].mT + biases[k].unsqueeze(-2))
    return replace(network, weights=tuple(weights), biases=tuple(biases))


def followed_with_normalisation(
    network: Network,
    points: Float[Tensor, "points inputs"],
    targets: Float[Tensor, "points outputs"],
    *,
    optimiser: OptimiserName,
    learning_rate: float,
    steps: Sequence[int],
) -> Iterator[Checkpoint]:
    """Train as `gradient_descent.followed` does, with batch normalisation in each hidden layer.

    Parameters
    ----------
    network
        Where the weights and the last bias start; the scales start at 1 and the shifts at 0.

    Returns
    -------
    Iterator of Checkpoint
        With the networks folded.

    Raises
    ------
    InputError
        If a loss is not finite any more.
    """
    hidden = [torch.zeros_like(bias) for bias in network.biases[:-1]]
    layers = [*network.weights, *hidden, network.biases[-1]]
    scales = [torch.ones_like(bias) for bias in hidden]
    parameters = [tensor.detach().clone().requires_grad_() for tensor in (*layers, *scales)]
    count = len(network.weights)

    def normalised() -> Network:
        weights, biases = tuple(parameters[:count]), tuple(parameters[count : 2 * count])
        plain = replace(network, weights=weights, biases=biases)
        return folded(plain, parameters[2 * count :], points)

    yield from follow(
        normalised,
        parameters,
        points,
        targets,
        optimiser=optimiser,
        learning_rate=learning_rate,
        steps=steps,
    )
