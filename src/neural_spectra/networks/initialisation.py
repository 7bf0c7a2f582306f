"""Where training starts: sample points, untrained networks, biases that set the saturation.

Each seed draws from a generator of its own, so a network does not depend on the other seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.activation_ranges import Activation
from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.random_numbers_on_any_device import normal, uniform


def sample_ball(
    count: int, dimension: int, radius: float, generator: torch.Generator
) -> Float[Tensor, "points dimension"]:
    """Draw points uniformly from a ball around the origin.

    Parameters
    ----------
    count, dimension
        Number of points, and of their components.
    radius
        Of the ball.
    generator
        Source of the points.

    Raises
    ------
    InputError
        If there is no point to draw or the radius is not positive and finite.
    """
    if count < 1 or not 0 < radius < math.inf:
        raise InputError(
            f"a training sample needs at least one point and a positive, finite radius; "
            f"got {count} points and radius {radius}"
        )
    direction, fraction = normal(generator, count, dimension), uniform(generator, count, 1)
    length: Tensor = torch.linalg.vector_norm(direction, dim=-1, keepdim=True)
    return radius * fraction ** (1 / dimension) * direction / length


def initialise(
    dimension: int, widths: Sequence[int], seeds: Sequence[int], activation: Activation
) -> Network:
    """Draw untrained networks R^d → R^d, one for each seed.

    Weights and biases are uniform on ±1/√(number of inputs). That is torch's default, drawn in
    torch's order: ``torch.manual_seed(seed)`` and then ``torch.nn.Linear(…, dtype=torch.float64)``
    layer by layer gives the same numbers.

    Parameters
    ----------
    widths
        Number of units of each hidden layer.

    Returns
    -------
    Network
        With batch shape ``(seeds,)``.

    Raises
    ------
    InputError
        If there is no seed, no hidden layer, or a layer without units.

    Examples
    --------
    >>> from neural_spectra.activations.torch_activations import activation_named
    >>> network = initialise(2, [16, 16], seeds=[0, 1, 2], activation=activation_named("tanh"))
    >>> network(torch.zeros(3, 5, 2).double()).shape  # seeds, points, dimension
    torch.Size([3, 5, 2])
    """
    if not seeds or not widths or min(dimension, *widths) < 1:
        raise InputError(
            f"give at least one seed, one hidden layer and one unit in every layer; got seeds "
            f"{list(seeds)}, hidden widths {list(widths)} and dimension {dimension}"
        )
    sizes = list(pairwise([dimension, *widths, dimension]))
    networks = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        networks.append([_draw_linear(*size, generator) for size in sizes])
    layers = [zip(*layer, strict=True) for layer in zip(*networks, strict=True)]
    weights, biases = zip(*(map(torch.stack, layer) for layer in layers), strict=True)
    return Network(weights, biases, activation)


def _draw_linear(inputs: int, outputs: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    bound = 1 / math.sqrt(inputs)
    return (
        uniform(generator, outputs, inputs, low=-bound, high=bound),
        uniform(generator, outputs, low=-bound, high=bound),
    )


# σ' = Λ sech²(κz)
_SECH_SQUARED_RATES = {"tanh": 1.0, "sigmoid": 0.5}


def margin_for_saturation(activation: Activation, delta: float) -> float:
    """Return the m ≥ 0 with σ'(m) = δ; every pre-activation with |a| ≥ m then has σ'(a) ≤ δ.

    For σ' = Λ sech²(κz) that is m = arsinh(√(Λ/δ − 1)) / κ; for tanh the same as artanh(√(1 − δ)),
    but accurate for every δ.

    Raises
    ------
    InputError
        If σ' does not decay on both sides of zero, or δ is outside (0, Λ].
    """
    if activation.name not in _SECH_SQUARED_RATES:
        raise InputError(
            f"{activation.name} does not saturate on both sides, so no δ gives a margin; use "
            f"{' or '.join(_SECH_SQUARED_RATES)}, or set the margin itself"
        )
    if not 0 < delta <= activation.lipschitz:
        raise InputError(
            f"delta = {delta} is no slope of {activation.name}; "
            f"choose it above 0 and not above {activation.lipschitz}"
        )
    rate = _SECH_SQUARED_RATES[activation.name]
    return math.asinh(math.sqrt((activation.lipschitz - delta) / delta)) / rate


def shift_bias(
    weight: Float[Tensor, "*batch units inputs"], margin: float, radius: float
) -> Float[Tensor, "*batch units"]:
    """Return b_j = m + R‖W_j‖₂, the bias that keeps every pre-activation ≥ m on a ball.

    The minimum over the ball of radius R around the origin is exactly m for every unit, whatever
    the weights, so a first layer's saturation there is exactly δ = σ'(m) if σ' decreases.

    Parameters
    ----------
    weight
        W_1, or W_k with R the radius of a ball that holds that layer's inputs (then δ is a bound).
    margin
        m ≥ 0.
    radius
        R.
    """
    row_norms: Tensor = torch.linalg.vector_norm(weight, dim=-1)
    return margin + radius * row_norms


def with_first_bias(network: Network, bias: Float[Tensor, "*batch units"]) -> Network:
    """Replace b_1, keep everything else."""
    return replace(network, biases=(bias, *network.biases[1:]))
