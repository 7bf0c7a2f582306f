"""Training that is looked at while it goes on: gradient descent at a constant learning rate.

Networks here have exactly one batch axis, the seeds, as in `training`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network

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
        The networks.
    losses
        Mean squared error of each over points and components.
    gradient_norms
        Norm of each loss's gradient with respect to all weights and biases.
    """

    step: int
    network: Network
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
) -> Iterator[Checkpoint]:
    """Train every layer of each seed's network on all points at once, and stop to look.

    Parameters
    ----------
    optimiser, learning_rate
        How; the learning rate stays the same.
    steps
        After how many steps the networks are handed out, rising.

    Raises
    ------
    InputError
        If a loss is not finite any more.
    """
    layers = [*network.weights, *network.biases]
    parameters = [tensor.detach().clone().requires_grad_() for tensor in layers]
    descent = OPTIMISERS[optimiser](parameters, lr=learning_rate)  # type: ignore[call-arg]
    count = len(network.weights)
    for step in range(max(steps) + 1):
        losses = _losses(network, parameters, points, targets)
        descent.zero_grad()
        torch.autograd.backward(losses.sum())
        if step in steps:
            if not losses.isfinite().all():
                raise InputError(
                    f"{optimiser} diverged at learning rate {learning_rate:g} before step {step}; "
                    f"choose a smaller learning rate"
                )
            now = [tensor.detach().clone() for tensor in parameters]
            yield Checkpoint(
                step,
                replace(network, weights=tuple(now[:count]), biases=tuple(now[count:])),
                losses.detach(),
                _norms(parameters),
            )
        descent.step()


def _losses(
    network: Network, parameters: Sequence[Tensor], points: Tensor, targets: Tensor
) -> Float[Tensor, " seeds"]:
    count = len(network.weights)
    h = points
    for k, (weight, bias) in enumerate(zip(parameters[:count], parameters[count:], strict=True)):
        if k > 0:
            h = network.activation.function(h)
        h = h @ weight.mT + bias.unsqueeze(-2)
    return (h - targets).square().mean((-2, -1))


def _norms(parameters: Sequence[Tensor]) -> Float[Tensor, " seeds"]:
    squares = [
        tensor.grad.square().flatten(1).sum(-1) for tensor in parameters if tensor.grad is not None
    ]
    return torch.stack(squares).sum(0).sqrt()
