"""Training networks to follow trajectories: single and multiple shooting through torchdiffeq."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.activation_ranges import Activation
from neural_spectra.errors import InputError
from neural_spectra.flows.integration import solved
from neural_spectra.networks.gradient_descent import OptimiserName, descend
from neural_spectra.networks.multilayer_perceptron import Network


@dataclass(frozen=True)
class Fitted:
    """Networks after some steps of training.

    Parameters
    ----------
    step
        How many steps were taken.
    networks
        The fields of the trajectories' coordinates, as many batches as training started from.
    losses
        Mean squared error of each over predicted samples and components; NaN or ∞ where a predicted
        trajectory explodes.
    """

    step: int
    networks: list[Network]
    losses: Float[Tensor, "batches members"]


def followed_along_trajectories(
    networks: Sequence[Network],
    inputs: Sequence[tuple[Tensor, Tensor]],
    trajectories: Float[Tensor, "members samples dimension"],
    duration: float,
    *,
    segment: int,
    optimiser: OptimiserName,
    learning_rate: float,
    largest_gradient: float,
    steps: Sequence[int],
    solver: dict[str, Any],
) -> Iterator[Fitted]:
    """Train batches of networks together, and stop to look.

    A trajectory is cut into segments, each of which is predicted from the sample at which it
    begins. One segment is single shooting; several are multiple shooting, with the samples as
    nodes, since nothing has to be estimated there where all components are measured without noise.
    All is computed in one batch: hundreds of small networks take hardly longer than one.

    Parameters
    ----------
    networks
        Where training starts: batches of networks of equal shapes, each with its own activation.
    inputs
        Center c and scale S, of shape ``(members, dimension)``, for each batch: its networks see
        c + S y where the trajectory is at y.
    trajectories
        What the member of that number in each batch is to follow, at equal distances in time.
    duration
        Of a trajectory.
    segment
        Number of samples to predict from one, a divisor of their number after the first.
    optimiser, learning_rate
        How; the learning rate stays the same.
    largest_gradient
        To which norm each network's gradient is shortened. One that is not finite counts as zero.
    steps
        After how many steps the networks are handed out, rising.
    solver
        What torchdiffeq's ``odeint`` is told: method, and tolerances where it takes them.

    Raises
    ------
    InputError
        If the samples do not divide into such segments.
    """
    following = trajectories.shape[1] - 1
    if following % segment:
        raise InputError(
            f"{following} samples after the first do not divide into segments of {segment}; choose "
            f"a divisor"
        )
    count, members = len(networks), len(trajectories)
    ahead = (
        trajectories[:, 1:]
        .reshape(members, -1, segment, trajectories.shape[-1])
        .movedim(2, 0)
        .repeat(1, count, 1, 1)
    )
    starts = trajectories[:, :-1:segment].repeat(count, 1, 1)
    times = torch.linspace(0, duration * segment / following, segment + 1, dtype=starts.dtype)
    layers = zip(*(network.tensors for network in networks), strict=True)
    parameters = [_joined(part).requires_grad_() for part in layers]
    center, scale = (_joined(part).unsqueeze(1) for part in zip(*inputs, strict=True))
    sigmas = list(zip(*(network.activations for network in networks), strict=True))

    def field(_: Tensor, y: Tensor) -> Tensor:
        return _forward(parameters, sigmas, center + scale * y)

    def losses() -> Tensor:
        predicted = solved(field, starts, times, {}, **solver)[1:]
        return (predicted - ahead).square().mean((0, 2, 3))

    training = descend(
        parameters,
        losses,
        optimiser=optimiser,
        learning_rate=learning_rate,
        steps=steps,
        largest_gradient=largest_gradient,
    )
    for step, found in training:
        fields = _in_coordinates(networks, parameters, center, scale)
        yield Fitted(step, fields, found.reshape(count, members))


def _joined(parts: Sequence[Tensor]) -> Tensor:
    """Put one batch after the other."""
    return torch.cat(tuple(parts)).detach().clone()


def _forward(layers: Sequence[Tensor], sigmas: Sequence[Sequence[Activation]], h: Tensor) -> Tensor:
    """Evaluate all networks, in each hidden layer by its batch's own activation."""
    for k, (weight, bias) in enumerate(zip(layers[::2], layers[1::2], strict=True)):
        if k > 0:
            parts = zip(sigmas[k - 1], h.chunk(len(sigmas[k - 1])), strict=True)
            h = torch.cat([sigma.function(part) for sigma, part in parts])
        h = torch.baddbmm(bias.unsqueeze(1), h, weight.mT)
    return h


def _in_coordinates(
    networks: Sequence[Network], parameters: Sequence[Tensor], center: Tensor, scale: Tensor
) -> list[Network]:
    """Return the networks as fields of y, which see y itself: W_1 S and W_1 c + b_1."""
    layers = [tensor.detach().clone() for tensor in parameters]
    layers[1] += (layers[0] @ center.mT).squeeze(-1)
    layers[0] *= scale
    parts = zip(*(tensor.chunk(len(networks)) for tensor in layers), strict=True)
    return [network.with_tensors(part) for network, part in zip(networks, parts, strict=True)]
