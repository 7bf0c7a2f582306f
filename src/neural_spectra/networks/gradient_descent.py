"""Training that is looked at while it goes on: gradient descent at a constant learning rate.

Networks here have exactly one batch axis, the seeds, as in `training`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
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


@dataclass(frozen=True)
class AtTarget:
    """Networks of which each stopped training at a loss.

    Parameters
    ----------
    network
        Each seed's network when its loss was first seen at the target, or at the end.
    losses
        Theirs.
    steps
        How many steps each took.
    """

    network: Network
    losses: Float[Tensor, " seeds"]
    steps: Int[Tensor, " seeds"]


def stopped_at(training: Iterable[Checkpoint], target: float) -> AtTarget:
    """Stop each seed at the first checkpoint at which its loss is at most the target.

    Parameters
    ----------
    training
        Checkpoints as `followed` gives them; no more are taken once all seeds have stopped.
    target
        The loss; see ``losses`` for whether a seed got there.

    Raises
    ------
    InputError
        If there is no checkpoint.
    """
    found: AtTarget | None = None
    for checkpoint in training:
        steps = torch.full_like(checkpoint.losses, checkpoint.step, dtype=torch.int64)
        latest = AtTarget(checkpoint.network, checkpoint.losses, steps)
        found = latest if found is None else _replaced(found, latest, found.losses > target)
        if (found.losses <= target).all():
            break
    if found is None:
        raise InputError("training without a checkpoint stops nowhere; give it steps to look at")
    return found


def _replaced(old: AtTarget, new: AtTarget, where: Bool[Tensor, " seeds"]) -> AtTarget:
    """Take some of the seeds from the new networks, the others from the old ones."""

    def chosen(after: Tensor, before: Tensor) -> Tensor:
        return torch.where(where.reshape(-1, *[1] * (after.ndim - 1)), after, before)

    pairs = zip(new.network.tensors, old.network.tensors, strict=True)
    network = new.network.with_tensors([chosen(*pair) for pair in pairs])
    return AtTarget(network, chosen(new.losses, old.losses), chosen(new.steps, old.steps))


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

    def steepened() -> Network:
        if projection is not None:
            _project(network, parameters, projection)
        return _steepened(network, parameters, beta)

    trained = follow(
        steepened,
        parameters,
        points,
        targets,
        optimiser=optimiser,
        learning_rate=learning_rate,
        steps=steps,
    )
    for checkpoint in trained:
        yield replace(checkpoint, steepness=beta.detach().clone())


def follow(
    network_of: Callable[[], Network],
    parameters: Sequence[Tensor],
    points: Float[Tensor, "points inputs"],
    targets: Float[Tensor, "points outputs"],
    *,
    optimiser: OptimiserName,
    learning_rate: float,
    steps: Sequence[int],
) -> Iterator[Checkpoint]:
    """Train parameters that networks are made from, in whatever way; see `followed`.

    Parameters
    ----------
    network_of
        Makes the networks from the parameters as they are, once before each step.
    parameters
        What is trained, in place; the first axis of each is the seeds.

    Raises
    ------
    InputError
        If a loss is not finite any more.
    """

    def losses() -> Tensor:
        return mean_squared_error(network_of(), points, targets)

    for step, found in descend(
        parameters, losses, optimiser=optimiser, learning_rate=learning_rate, steps=steps
    ):
        if not found.isfinite().all():
            raise InputError(
                f"{optimiser} diverged at learning rate {learning_rate:g} before step {step}; "
                f"choose a smaller learning rate"
            )
        network = network_of()
        frozen = network.with_tensors([tensor.detach().clone() for tensor in network.tensors])
        steepness = torch.ones(len(found), network.hidden_layers, dtype=torch.float64)
        yield Checkpoint(step, frozen, steepness, found, _norms(parameters))


def descend(
    parameters: Sequence[Tensor],
    losses: Callable[[], Float[Tensor, " seeds"]],
    *,
    optimiser: OptimiserName,
    learning_rate: float,
    steps: Sequence[int],
    largest_gradient: float = math.inf,
) -> Iterator[tuple[int, Float[Tensor, " seeds"]]]:
    """Go down the gradient of each seed's loss, and stop to look, with the gradients at hand.

    Parameters
    ----------
    parameters
        What is trained, in place; the first axis of each is the seeds.
    losses
        Gives the loss of each seed from the parameters as they are.
    optimiser, learning_rate, steps
        See `followed`.
    largest_gradient
        To which norm each seed's gradient is shortened. If there is such a limit, a gradient that
        is not finite counts as zero.

    Yields
    ------
    int, Tensor
        How many steps were taken, and the losses.
    """
    descent = OPTIMISERS[optimiser](parameters, lr=learning_rate)  # type: ignore[call-arg]
    for step in range(max(steps) + 1):
        now = losses()
        descent.zero_grad()
        torch.autograd.backward(now.sum())
        if step in steps:
            yield step, now.detach()
        if largest_gradient < math.inf:
            _shorten_gradients(parameters, largest_gradient)
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


def _shorten_gradients(parameters: Sequence[Tensor], largest: float) -> None:
    norms = _norms(parameters)
    factor = (largest / norms).clamp(max=1.0)
    for tensor in parameters:
        if tensor.grad is not None:
            shaped = factor.reshape(-1, *[1] * (tensor.ndim - 1))
            known = norms.isfinite().reshape(shaped.shape)
            tensor.grad.mul_(shaped).masked_fill_(~known, 0.0)
