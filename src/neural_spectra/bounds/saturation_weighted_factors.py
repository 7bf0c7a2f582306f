"""The saturation-weighted factors (W_L |D_{L−1}|^½) … (|D_1|^½ S W_1) of Df, and their norms.

The weights and the slopes of each layer are divided by powers of two first, so that no product of
two of them overflows or underflows; see `powers_of_two`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from neural_spectra.bounds.powers_of_two import normalised, product
from neural_spectra.bounds.spectral_norms import largest_eigenvalue, spectral_norm
from neural_spectra.networks.multilayer_perceptron import Network

# Where the slopes of a layer are below it, those of its units that underflow could count.
SMALL = 1e-100
# Far beyond the exponents that any weights could make up for.
LEAST_EXPONENT = -(2**20)


class Normalised(NamedTuple):
    """A network with the weights W_ℓ / 2^e_ℓ, and the sum of the exponents."""

    network: Network
    exponent: Int[Tensor, ""]


class Slopes(NamedTuple):
    """|σ'| of one layer as values · 2^exponent, one exponent for all units."""

    values: Float[Tensor, "points width"]
    exponent: Int[Tensor, " points"] | int


def with_normalised_weights(network: Network) -> Normalised:
    """Divide the weights of a single network by powers of two."""
    weights, exponents = zip(*(normalised(w, (-2, -1)) for w in network.weights), strict=True)
    return Normalised(replace(network, weights=weights), torch.stack(exponents).sum())


def slopes_at(network: Network, x: Float[Tensor, "points dimension"]) -> list[Slopes]:
    """Return |σ'| of every hidden layer of a single network at every point."""
    return [
        normalised_slopes(sigma.slope(a).abs(), partial(sigma.log_abs_slope, a))
        for sigma, a in zip(network.activations, network.pre_activations(x), strict=True)
    ]


def normalised_slopes(
    slopes: Float[Tensor, "points width"], logarithms: Callable[[], Tensor]
) -> Slopes:
    """Divide |σ'| of a layer by a power of two, where none of its units has one of ordinary size.

    Parameters
    ----------
    logarithms
        Returns ln|σ'|, which is asked for then: |σ'| may have underflown.
    """
    small = slopes.amax(-1) < SMALL
    if not small.any():
        return Slopes(slopes, 0)
    logs = logarithms()
    # Even, as powers of an even exponent have an exact root.
    power = 2 * (logs.amax(-1) / math.log(4)).floor().clamp(min=LEAST_EXPONENT)
    power = torch.where(small, power, 0.0)
    from_logs = (logs - power.unsqueeze(-1) * math.log(2)).exp()
    values = torch.where(small.unsqueeze(-1), from_logs, slopes)
    return Slopes(values, power.to(torch.int64))


def product_of_factor_norms(normal: Normalised, slopes: list[Slopes]) -> Float[Tensor, " points"]:
    """‖W_L |D_{L−1}|^½‖ · … · ‖|D_1|^½ W_1‖; each factor's norm grows with every |σ'|."""
    weights = normal.network.weights
    first = largest_eigenvalue(_weighted_gram(weights[0], slopes[0].values))
    last = largest_eigenvalue(_weighted_gram(weights[-1].mT, slopes[-1].values))
    norms = [first.sqrt(), last.sqrt()]
    roots = [values.sqrt() for values, _ in slopes]
    for weight, (before, after) in zip(weights[1:-1], pairwise(roots), strict=True):
        norms.append(spectral_norm(after.unsqueeze(-1) * weight * before.unsqueeze(-2)))
    # Each slope has its root in two factors.
    return product(norms, normal.exponent + sum(each.exponent for each in slopes))


def _weighted_gram(weight: Tensor, slopes: Tensor) -> Tensor:
    """Wᵀ D W for every cell: one matrix product with the outer products of the rows of W."""
    outer_products = (weight.unsqueeze(-1) * weight.unsqueeze(-2)).flatten(-2)
    grams = slopes @ outer_products
    return grams.reshape(*grams.shape[:-1], weight.shape[-1], weight.shape[-1])
