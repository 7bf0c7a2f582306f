"""Deep networks of constant width, plain or with skip connections, and whether they can be trained.

Networks here have exactly one batch axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError, look_up
from neural_spectra.networks.random_numbers_on_any_device import normal

# Variance of the weights times the width, so that signals of small (tanh) or any (ReLU) size
# neither grow nor fade from layer to layer on average.
CRITICAL_VARIANCES = {"tanh": 1.0, "relu": 2.0}


@dataclass(frozen=True)
class ConstantWidth:
    """The map f(x) = A_L h_L + b_L of R^d, where h_0 = x and h_{k+1} = σ(A_k h_k + b_k).

    With skip connections h_{k+1} = h_k + σ(A_k h_k + b_k), so that a layer adds to the state.

    Parameters
    ----------
    weights
        The square matrices A_0, …, A_L.
    biases
        The vectors b_0, …, b_L.
    activation
        The name of σ.
    skip
        Whether there are skip connections.
    """

    weights: Float[Tensor, "layers networks width width"]
    biases: Float[Tensor, "layers networks width"]
    activation: str
    skip: bool

    def __getitem__(self, index: Sequence[int] | Tensor) -> ConstantWidth:
        """Return some of the networks."""
        return replace(self, weights=self.weights[:, index], biases=self.biases[:, index])

    def __call__(self, x: Float[Tensor, "points width"]) -> Float[Tensor, "networks points width"]:
        """Return f(x)."""
        sigma = activation_named(self.activation).function
        # One call for all layers: automatic differentiation then joins their gradients once.
        weights, biases = self.weights.mT.unbind(), self.biases.unsqueeze(-2).unbind()
        h = x.expand(len(weights[0]), *x.shape)
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            after = sigma(torch.baddbmm(bias, h, weight))
            h = h + after if self.skip else after
        return torch.baddbmm(biases[-1], h, weights[-1])


def draw_constant_width(
    depth: int,
    width: int,
    gains: Sequence[float],
    seeds: Sequence[int],
    *,
    activation: str,
    skip: bool,
) -> ConstantWidth:
    """Draw untrained networks, one for each gain and seed, in this order.

    Weights are normal with the standard deviation gain · √(c/width), where c is 1 for tanh and 2
    for ReLU: at the gain 1 they are those of Glorot and Bengio (2010) and of He et al. (2015,
    arXiv:1502.01852). Biases are 0. A seed has the same draws for all gains.

    Parameters
    ----------
    depth
        L, the number of activated layers.
    width
        d.

    Raises
    ------
    InputError
        If the activation is neither of the two.
    """
    critical = look_up("activation of known gain", activation, CRITICAL_VARIANCES)
    drawn = [normal(torch.Generator().manual_seed(seed), depth + 1, width, width) for seed in seeds]
    deviations = torch.tensor(gains, dtype=torch.float64) * (critical / width) ** 0.5
    weights = deviations[:, None, None, None] * torch.stack(drawn, 1).unsqueeze(1)
    biases = torch.zeros(depth + 1, len(gains) * len(seeds), width, dtype=torch.float64)
    return ConstantWidth(weights.flatten(1, 2), biases, activation, skip)


@dataclass(frozen=True)
class Learning:
    """How far networks got.

    Parameters
    ----------
    losses
        The smallest loss that each was seen at.
    steps
        How many steps it had taken then.
    learning_rates
        At which learning rate.
    """

    losses: Float[Tensor, " networks"]
    steps: Int[Tensor, " networks"]
    learning_rates: Float[Tensor, " networks"]


def learn(
    networks: ConstantWidth,
    points: Float[Tensor, "points width"],
    targets: Float[Tensor, "points width"],
    *,
    learning_rates: Sequence[float],
    steps: int,
    target: float,
) -> Learning:
    """Train every layer by full-batch Adam, at one learning rate after another from the start.

    A network that has reached the target is not tried at the learning rates that are left, all
    others are tried at each. Losses that are not finite count as none.

    Parameters
    ----------
    steps
        The most steps of each try.
    target
        A loss, the mean squared error over points and components.

    Raises
    ------
    InputError
        If a loss is not finite before training.
    """
    best = Learning(
        torch.full(networks.weights.shape[1:2], torch.inf, dtype=torch.float64),
        torch.zeros(networks.weights.shape[1], dtype=torch.int64),
        torch.full(networks.weights.shape[1:2], learning_rates[0], dtype=torch.float64),
    )
    for rate in learning_rates:
        left = (best.losses > target).nonzero().flatten()
        if not len(left):
            break
        losses, taken = _descended(networks[left], points, targets, rate, steps, target)
        better = losses < best.losses[left]
        best.losses[left[better]] = losses[better]
        best.steps[left[better]] = taken[better]
        best.learning_rates[left[better]] = rate
    if not best.losses.isfinite().all():
        raise InputError(
            "the loss before training is not finite; check the points and the targets, or take "
            "smaller weights or fewer layers"
        )
    return best


def _descended(
    networks: ConstantWidth,
    points: Tensor,
    targets: Tensor,
    learning_rate: float,
    steps: int,
    target: float,
) -> tuple[Float[Tensor, " networks"], Int[Tensor, " networks"]]:
    """Return the smallest loss of each network, or the first below the target, and its step."""
    weights, biases = networks.weights.clone(), networks.biases.clone()
    networks = replace(networks, weights=weights.requires_grad_(), biases=biases.requires_grad_())
    # A fifth of the time of the default way, over as many numbers as deep networks have.
    descent = torch.optim.Adam([weights, biases], lr=learning_rate, fused=True)
    lowest = torch.full(weights.shape[1:2], torch.inf, dtype=torch.float64)
    taken = torch.zeros(len(lowest), dtype=torch.int64)
    for step in range(steps + 1):
        losses = (networks(points) - targets).square().mean((-2, -1))
        # Not so for a loss that is not a number, and never again after the target.
        better = (losses < lowest) & (lowest > target)
        lowest[better], taken[better] = losses.detach()[better], step
        if (lowest <= target).all() or step == steps:
            break
        descent.zero_grad()
        torch.autograd.backward(losses.sum())
        descent.step()
    return lowest, taken
