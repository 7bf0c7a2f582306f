"""Training that is looked at while it goes on: gradient descent at a constant learning rate.

Networks here have exactly one batch axis, the seeds, as in `training`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.training import mean_squared_error

OptimiserName = Literal["Adam", "SGD"]
OPTIMISERS: dict[str, type[torch.optim.Optimizer]] = {
    "Adam": torch.optim.Adam,
    "SGD": torch.optim.SGD,
}


@dataclass(frozen=True)
class Checkpoint:
    """Networks after some steps of training.

    Parameters
    ----------
    step
        How many steps were taken.
    network
        The networks, with the steepness multiplied into the hidden weights and biases.
    steepness
        β of every hidden layer.
    losses
        Mean squared error of each over points and components.
    gradient_norms
        Norm of each loss's gradient with respect to all that is trained.
    """

    step: int
    network: Network
    steepness: Float[Tensor, "seeds layers"]
    losses: Float[Tensor, " seeds"]
    gradient_norms: Float[Tensor, " seeds"]


def followed(
    network: Network,
    points: Float[Tensor, "points inputs"],
    targets: Float[Tensor, "points outputs"],
    *,
    optimiser: OptimiserName,
    learning_rate: float,
    steps: Sequence[int],
    steepness: float | None = None,
    projection: Callable[[Network], Network] | None = None,
) -> Iterator[Checkpoint]:
    """Train every layer of each seed's network on all points at once, and stop to look.

    Parameters
    ----------
    optimiser, learning_rate
        How; the learning rate stays the same.
    steps
        After how many steps the networks are handed out, rising.
    steepness
        Where the β of each hidden layer starts, whose activation is then σ(β a) and β trained as
        well; without it β is 1.
    projection
        Brings networks back to a set that training must not leave, before the first step and after
        each; it is given those without the steepness.

    Raises
    ------
    InputError
        If a loss is not finite any more.
    """
    layers = [*network.weights, *network.biases]
    parameters = [tensor.detach().clone().requires_grad_() for tensor in layers]
    beta = torch.full((len(layers[0]), network.hidden_layers), steepness or 1.0).double()
    if steepness is not None:
        parameters.append(beta.requires_grad_())
    descent = OPTIMISERS[optimiser](parameters, lr=learning_rate)  # type: ignore[call-arg]
    for step in range(max(steps) + 1):
        if projection is not None:
            _project(network, parameters, projection)
        steep = _steepened(network, parameters, beta)
        losses = mean_squared_error(steep, points, targets)
        descent.zero_grad()
        torch.autograd.backward(losses.sum())
        if step in steps:
            if not losses.isfinite().all():
                raise InputError(
                    f"{optimiser} diverged at learning rate {learning_rate:g} before step {step}; "
                    f"choose a smaller learning rate"
                )
            frozen = [tensor.detach().clone() for tensor in (*steep.weights, *steep.biases)]
            yield Checkpoint(
                step,
                _network_of(network, frozen),
                beta.detach().clone(),
                losses.detach(),
                _norms(parameters),
            )
        descent.step()


def _network_of(network: Network, layers: Sequence[Tensor]) -> Network:
    """Return the network with these weights and then biases, of all layers."""
    count = len(network.weights)
    return replace(network, weights=tuple(layers[:count]), biases=tuple(layers[count : 2 * count]))


def _project(
    network: Network, parameters: Sequence[Tensor], projection: Callable[[Network], Network]
) -> None:
    """Move the parameters, in place, to those of the projected networks."""
    with torch.no_grad():
        projected = projection(_network_of(network, parameters))
        layers = (*projected.weights, *projected.biases)
        for parameter, layer in zip(parameters, layers, strict=False):
            parameter.copy_(layer)


def _steepened(
    network: Network, parameters: Sequence[Tensor], beta: Float[Tensor, "seeds layers"]
) -> Network:
    """Multiply the weights and biases of each hidden layer by its β."""
    flat = _network_of(network, parameters)
    factors = [*beta.unbind(-1), torch.ones_like(beta[:, 0])]
    weights = [w * b[:, None, None] for w, b in zip(flat.weights, factors, strict=True)]
    biases = [bias * b[:, None] for bias, b in zip(flat.biases, factors, strict=True)]
    return replace(network, weights=tuple(weights), biases=tuple(biases))


def _norms(parameters: Sequence[Tensor]) -> Float[Tensor, " seeds"]:
    gradients = [tensor.grad for tensor in parameters if tensor.grad is not None]
    return torch.stack([grad.square().flatten(1).sum(-1) for grad in gradients]).sum(0).sqrt()
