"""Fit networks to a given vector field: the readout alone, or any number of layers.

Networks here have exactly one batch axis, the seeds. Each seed is trained by itself, so what it
gives does not depend on the others in the batch, up to rounding. The loss of a network f is the
mean of (f_i(x) − y_i)² over all points x and components i.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.networks.lbfgs import minimise
from neural_spectra.networks.levenberg_marquardt import Descent, minimise_squares
from neural_spectra.networks.multilayer_perceptron import Network


@dataclass(frozen=True)
class Training:
    """What a training run leaves behind.

    Parameters
    ----------
    initial, halfway, final
        The networks before the first step, after half of the steps that each seed took (rounded
        down), and after the last.
    losses
        Before the first step and after each one; constant once a seed has reached its target.
    steps
        Steps that each seed took.
    gradient_norms
        Norm of each final loss's gradient with respect to the trained parameters.
    """

    initial: Network
    halfway: Network
    final: Network
    losses: Float[Tensor, "iterates seeds"]
    steps: Int[Tensor, " seeds"]
    gradient_norms: Float[Tensor, " seeds"]


def fit_readout(
    network: Network,
    points: Float[Tensor, "points dimension"],
    targets: Float[Tensor, "points dimension"],
    ridge: float,
) -> Network:
    """Fit W_L and b_L by ridge least squares, with all hidden layers frozen.

    Minimises (1/N) Σ_n ‖f(x_n) − y_n‖² + ridge · ‖W_L‖_F², N the number of points. The bias is
    not penalised. Solved by orthogonal factorisation of the centred, augmented system: the
    features are far too ill-conditioned for normal equations.

    Parameters
    ----------
    points, targets
        x_n and y_n, the same for every seed.
    ridge
        Weight of the penalty, 0 for none.

    Raises
    ------
    InputError
        If ``ridge`` is negative or the data do not fit the network.
    """
    if not 0 <= ridge < math.inf:
        raise InputError(f"ridge = {ridge} must be a finite number ≥ 0")
    _check(network, points, targets)
    features = network.activations[-1].function(network.pre_activations(points)[-1])
    centre, target_centre = features.mean(-2, keepdim=True), targets.mean(-2, keepdim=True)
    seeds, count, width = features.shape
    penalty = math.sqrt(ridge * count) * torch.eye(width, dtype=features.dtype)
    system = torch.cat((features - centre, penalty.expand(seeds, -1, -1)), dim=-2)
    right_side = torch.nn.functional.pad(targets - target_centre, (0, 0, 0, width))
    # The default driver, gelsy, starts from pivots that PyTorch leaves uninitialised: its result
    # varies in the last digits from run to run (pytorch/pytorch#187411).
    solution = torch.linalg.lstsq(system, right_side.expand(seeds, -1, -1), driver="gels").solution
    weight = solution.mT
    bias = (target_centre - centre @ weight.mT).squeeze(-2)
    return Network(
        (*network.weights[:-1], weight), (*network.biases[:-1], bias), network.activation
    )


def levenberg_marquardt(
    network: Network,
    points: Float[Tensor, "points dimension"],
    targets: Float[Tensor, "points dimension"],
    *,
    steps: int,
    target: float = 0.0,
) -> Training:
    """Train every layer by the Levenberg–Marquardt method, one seed after another.

    One seed at a time is twice as fast as all at once: its Jacobian stays in the cache and no seed
    waits for the slowest. Rounding errors hardly grow: 30 steps amplify a relative change of the
    initial weights 100 to 1000 times.

    Parameters
    ----------
    steps
        Most steps that a seed may take.
    target
        Loss at which a seed stops; see ``losses`` for whether it got there.

    Raises
    ------
    InputError
        If the data do not fit the network or the loss is not finite.
    """
    _check(network, points, targets, steps)
    descents = []
    for seed in range(len(network.weights[0])):
        linearise = partial(_linearise, network[seed], points, targets)
        descents.append(minimise_squares(linearise, _parameters(network[seed]), steps, target))
    return _trained(network, descents)


def adam(
    network: Network,
    points: Float[Tensor, "points dimension"],
    targets: Float[Tensor, "points dimension"],
    *,
    steps: int,
    learning_rate: float,
) -> Training:
    """Train every layer by full-batch Adam.

    Slower than `levenberg_marquardt` by far and sensitive to rounding; it is what papers use, so
    it shows how much a number depends on the training.

    Parameters
    ----------
    steps
        Steps that every seed takes.
    learning_rate
        At the start; it falls to zero along a cosine.

    Raises
    ------
    InputError
        If the data do not fit the network or the loss is not finite.
    """
    _check(network, points, targets, steps)
    parameters = _parameters(network).requires_grad_()
    optimiser = torch.optim.Adam([parameters], lr=learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    history = []
    for step in range(steps + 1):
        optimiser.zero_grad()
        losses = mean_squared_error(_with_parameters(network, parameters), points, targets)
        torch.autograd.backward(losses.sum())
        history.append(losses.detach())
        if step == steps // 2:
            halfway = parameters.detach().clone()
        if step < steps:
            optimiser.step()
            schedule.step()
    if not history[-1].isfinite().all():
        raise InputError(
            f"Adam diverged at learning rate {learning_rate}; choose a smaller learning rate"
        )
    return Training(
        initial=network,
        halfway=_with_parameters(network, halfway),
        final=_with_parameters(network, parameters.detach()),
        losses=torch.stack(history),
        steps=torch.full_like(history[-1], steps, dtype=torch.int64),
        gradient_norms=torch.linalg.vector_norm(parameters.grad, dim=-1),
    )


def lbfgs(
    network: Network,
    points: Float[Tensor, "points dimension"],
    targets: Float[Tensor, "points dimension"],
    *,
    steps: int,
) -> Training:
    """Train every layer by PyTorch's L-BFGS with the strong Wolfe conditions, seed after seed.

    Parameters
    ----------
    steps
        Steps that every seed takes, each with as many evaluations as its line search needs.

    Raises
    ------
    InputError
        If the data do not fit the network or the loss is not finite.
    """
    _check(network, points, targets, steps)
    descents = []
    for seed in range(len(network.biases[0])):

        def loss(parameters: Tensor, one: Network = network[seed]) -> Tensor:
            return mean_squared_error(_with_parameters(one, parameters), points, targets)

        descents.append(minimise(loss, _parameters(network[seed]), steps))
    return _trained(network, descents)


def _trained(network: Network, descents: Sequence[Descent]) -> Training:
    """Join what the seeds did, each by itself."""
    halfway = torch.stack([descent.path[(len(descent.path) - 1) // 2] for descent in descents])
    final = torch.stack([descent.path[-1] for descent in descents])
    taken = torch.tensor([len(descent.path) - 1 for descent in descents])
    # Row i of the table takes the last loss of a seed that stopped before step i.
    iterates = torch.arange(int(taken.max()) + 1)
    losses = [descent.losses[iterates.clamp(max=len(descent.losses) - 1)] for descent in descents]
    return Training(
        initial=network,
        halfway=_with_parameters(network, halfway),
        final=_with_parameters(network, final),
        losses=torch.stack(losses, dim=-1),
        steps=taken,
        gradient_norms=torch.stack([descent.gradient.norm() for descent in descents]),
    )


def mean_squared_error(
    network: Network,
    points: Float[Tensor, "points inputs"],
    targets: Float[Tensor, "points outputs"],
) -> Float[Tensor, "*batch"]:
    """Return the loss of each member of the batch."""
    return (network(points) - targets).square().mean((-2, -1))


def _check(network: Network, points: Tensor, targets: Tensor, steps: int = 1) -> None:
    if len(network.batch_shape) != 1:
        raise InputError(
            f"training needs networks with one batch axis, the seeds, not a batch of shape "
            f"{tuple(network.batch_shape)}; use Network.flattened"
        )
    if steps < 1:
        raise InputError(f"training needs at least one step, not {steps}")
    shape = (len(points), network.dimension)
    if points.shape != shape or targets.shape != shape:
        raise InputError(
            f"points of shape {tuple(points.shape)} and targets of shape {tuple(targets.shape)} "
            f"do not fit the network; both must have the shape (points, {network.dimension})"
        )
    if not mean_squared_error(network, points, targets).isfinite().all():
        raise InputError(
            "the loss before training is not finite; "
            "check the points, the targets and the initial weights for values that are not"
        )


def _parameters(network: Network) -> Float[Tensor, "*batch parameters"]:
    """Join W_1, b_1, W_2, b_2, … into one vector per network."""
    shape = (*network.batch_shape, -1)
    return torch.cat([tensor.reshape(shape) for tensor in network.tensors], dim=-1)


def _with_parameters(network: Network, parameters: Float[Tensor, "*batch parameters"]) -> Network:
    """Undo `_parameters`."""
    tensors = network.tensors
    sizes = [tensor.numel() // network.batch_shape.numel() for tensor in tensors]
    parts = torch.split(parameters, sizes, dim=-1)
    return network.with_tensors(
        [part.reshape(tensor.shape) for part, tensor in zip(parts, tensors, strict=True)]
    )


def _linearise(
    network: Network, points: Tensor, targets: Tensor, parameters: Tensor
) -> tuple[Float[Tensor, " residuals"], Float[Tensor, "residuals parameters"]]:
    """Return r with ‖r‖² = loss and its Jacobian, for one network with the given parameters."""
    network = _with_parameters(network, parameters)
    a = network.pre_activations(points)
    sigmas = network.activations
    h = [points, *(sigma.function(a_k) for sigma, a_k in zip(sigmas, a, strict=True))]
    normalisation = 1 / math.sqrt(targets.numel())
    residual = normalisation * (network(points) - targets)
    # ∂r/∂(pre-activation of layer k), one row per component of r, from the last layer back.
    sensitivity = normalisation * torch.eye(network.dimension, dtype=points.dtype)
    sensitivity = sensitivity.expand(*residual.shape, -1)
    blocks: list[Tensor] = []
    for k in range(network.hidden_layers, -1, -1):
        with_respect_to_weight = sensitivity.unsqueeze(-1) * h[k].unsqueeze(-2).unsqueeze(-2)
        blocks = [with_respect_to_weight.flatten(-2), sensitivity, *blocks]
        if k > 0:
            slope = sigmas[k - 1].slope(a[k - 1]).unsqueeze(-2)
            sensitivity = sensitivity @ network.weights[k] * slope
    return residual.flatten(), torch.cat(blocks, dim=-1).flatten(0, 1)
