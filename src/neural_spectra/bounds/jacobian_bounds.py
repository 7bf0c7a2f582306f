r"""Certified bounds on the Jacobian of a network over a region (Matzakos 2026, arXiv:2604.00543).

For every x in a region U, with D_k = diag σ'(a_k(x)) and δ_k = sup over U of max_i |σ'(a_k,i(x))|,

    ‖Df(x)‖ ≤ C̃(U) ≤ C(U) ≤ C_W δ^q,     C(U) = Π_ℓ ‖W_ℓ‖ · Π_k δ_k(U)     (Theorem 3.3),

where C̃(U) is the largest product of the norms of the factors in the saturation-weighted
factorisation (W_L |D_{L−1}|^½) (|D_{L−1}|^½ S W_{L−1} |D_{L−2}|^½) … (|D_1|^½ S W_1). S holds the
signs of D: with it the factorisation, stated for σ' > 0, is right for every σ. Norms are spectral.

Everything named a bound holds on all of the region, being computed from ranges over cells, to a
relative 1e-12, the rounding of the arithmetic; what is evaluated at points is called sampled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor

from neural_spectra.bounds.regions import Cells, Region, all_cells, balls
from neural_spectra.bounds.spectral_norms import largest_eigenvalue, spectral_norm
from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network

# Numbers in the largest temporary array, 0.5 MB of float64, so that it stays in the cache.
CHUNK = 2**16


def jacobian_norm(
    network: Network, x: Float[Tensor, "... points dimension"]
) -> Float[Tensor, "*batch points"]:
    """Return ‖Df(x)‖ at every point."""
    return _at_points(lambda member, part: spectral_norm(member.jacobian(part)), network, x)


def sampled_saturation(
    network: Network, x: Float[Tensor, "... points dimension"]
) -> Float[Tensor, "*batch layers"]:
    """Return the largest |σ'| of every hidden layer over the points, a lower bound of δ_k."""
    return slope_norms(network, x).amax(-2)


def slope_norms(
    network: Network, x: Float[Tensor, "... points dimension"]
) -> Float[Tensor, "*batch points layers"]:
    """Return ‖D_k‖ = max |σ'| of every hidden layer at every point."""

    def norms(member: Network, part: Tensor) -> Tensor:
        return torch.stack([slopes.amax(-1) for slopes in _abs_slopes(member, part)], -1)

    return _at_points(norms, network, x)


def sampled_refined_bound(
    network: Network, x: Float[Tensor, "... points dimension"]
) -> Float[Tensor, "*batch points"]:
    """Return the product of the factors' norms at every point: C̃({x}), a lower bound of C̃(U)."""
    return _at_points(
        lambda member, part: _product_of_factor_norms(member, _abs_slopes(member, part)), network, x
    )


def pre_activation_ranges(
    network: Network, cells: Cells
) -> list[tuple[Float[Tensor, "*batch cells width"], Float[Tensor, "*batch cells width"]]]:
    """Enclose the pre-activations of every hidden layer over each cell.

    Exact for the first layer; interval arithmetic, which ignores that units depend on each other,
    for the deeper ones.
    """
    ranges = [cells.affine_range(network.weights[0], network.biases[0])]
    for weight, bias in zip(network.weights[1:-1], network.biases[1:-1], strict=True):
        lower, upper = network.activation.range(*ranges[-1])
        middle = (lower + upper) / 2 @ weight.mT + bias.unsqueeze(-2)
        reach = (upper - lower) / 2 @ weight.mT.abs()
        ranges.append((middle - reach, middle + reach))
    return ranges


def log_saturation_on_cells(network: Network, cells: Cells) -> Float[Tensor, "*batch layers"]:
    """Return a certified ln δ_k of every hidden layer over the union of the cells."""
    ranges = pre_activation_ranges(network, cells)
    logs = [network.activation.largest_log_abs_slope(*ends).amax((-2, -1)) for ends in ranges]
    return torch.stack(logs, -1)


def log_saturation(
    network: Network, region: Region, level: int = 0
) -> Float[Tensor, "*batch layers"]:
    """Return a certified ln δ_k(U) of every hidden layer, finite also where δ_k underflows.

    The region as one cell gives the first layer exactly on a ball, a box and a circle; 2^level
    cells tighten the deeper layers, and on an orbit the first one too.
    """
    as_one_cell = log_saturation_on_cells(network, region.cells(0, all_cells(0)))
    if network.hidden_layers == 1 and region.exact_as_one_cell:
        return as_one_cell
    chunks = _chunks(network, region, level, all_cells(level))
    parts = [log_saturation_on_cells(network, cells) for cells in chunks]
    return torch.minimum(as_one_cell, torch.stack(parts).amax(0))


def weight_norms(network: Network) -> Float[Tensor, "*batch layers"]:
    """Return ‖W_1‖ … ‖W_L‖."""
    return torch.stack([spectral_norm(weight) for weight in network.weights], -1)


def weight_factor(network: Network, saturated: int) -> Float[Tensor, "*batch"]:
    """Return C_W = Π_ℓ ‖W_ℓ‖ · Λ^{L−1−q}, with q the number of ``saturated`` hidden layers.

    With no saturated layer it is a Lipschitz constant of f on all of R^d.

    Raises
    ------
    InputError
        If the network does not have that many hidden layers.
    """
    if not 0 <= saturated <= network.hidden_layers:
        raise InputError(
            f"{saturated} saturated layers: choose 0 to {network.hidden_layers}, "
            f"the number of hidden layers"
        )
    unsaturated = network.hidden_layers - saturated
    return weight_norms(network).prod(-1) * network.activation.lipschitz**unsaturated


def uniform_bound(
    network: Network, saturation: Float[Tensor, "*batch layers"], saturated: int
) -> Float[Tensor, "*batch"]:
    """Return C_W δ^q, with δ the largest δ_k among the q most ``saturated`` hidden layers."""
    factor = weight_factor(network, saturated)
    delta = saturation.sort(-1).values[..., saturated - 1]
    return factor * delta**saturated


def log_norm_product_bound(
    network: Network, log_saturation: Float[Tensor, "*batch layers"]
) -> Float[Tensor, "*batch"]:
    """Return ln C(U), finite also where the saturation itself underflows."""
    return weight_norms(network).log().sum(-1) + log_saturation.sum(-1)


def log_bound_on_balls(network: Network, radii: Float[Tensor, " batch"]) -> Float[Tensor, " batch"]:
    """Return ln C(U) of each network on the ball of its own radius around the origin."""
    centres = torch.zeros(len(radii), 1, network.dimension, dtype=torch.float64)
    log_delta = log_saturation_on_cells(network, balls(centres, radii.unsqueeze(-1)))
    return log_norm_product_bound(network, log_delta)


@dataclass(frozen=True)
class CertifiedBounds:
    """Bounds over a region U, one of each for every member of the network's batch.

    Parameters
    ----------
    log_saturation
        ln δ_k(U) of each hidden layer, an upper bound of it behind the first.
    log_bound
        ln C(U).
    refined_bound
        An upper bound of C̃(U), never above C(U).
    refined_bound_sampled
        The largest product of factor norms found at a point of U, a lower bound of C̃(U).
    cells
        The number of equal cells that would cover U as finely as the finest cell used.
    """

    log_saturation: Float[Tensor, "*batch layers"]
    log_bound: Float[Tensor, "*batch"]
    refined_bound: Float[Tensor, "*batch"]
    refined_bound_sampled: Float[Tensor, "*batch"]
    cells: Int[Tensor, "*batch"]


def certified_bounds(
    network: Network, region: Region, tolerance: float, coarsest_level: int, finest_level: int
) -> CertifiedBounds:
    """Compute δ_k(U), C(U) and C̃(U), the last by branch and bound.

    Every cell whose bound exceeds the largest sampled value by too much is halved, again and again.
    Where cells remain loose at the finest level the bound still holds, and its distance from the
    sampled value says how tight it is.

    Parameters
    ----------
    region
        U.
    tolerance
        The excess, relative to the largest sampled value, at which a cell is left as it is.
    coarsest_level, finest_level
        The search starts from 2^coarsest_level cells and goes down to 2^finest_level at most.
    """
    log_delta = log_saturation(network, region, coarsest_level)
    log_bound = log_norm_product_bound(network, log_delta)
    searches = [
        _branch_and_bound(member, region, tolerance, coarsest_level, finest_level)
        for member in _members(network)
    ]
    bounds, samples, levels = zip(*searches, strict=True)
    shape = network.batch_shape
    return CertifiedBounds(
        log_saturation=log_delta,
        log_bound=log_bound,
        # The balls around arcs reach beyond the disc that gave δ, so that C̃ can come out above C;
        # both bound C̃, and the smaller one does.
        refined_bound=torch.minimum(torch.stack(bounds).reshape(shape), log_bound.exp()),
        refined_bound_sampled=torch.stack(samples).reshape(shape),
        cells=2 ** torch.tensor(levels).reshape(shape),
    )


def _branch_and_bound(
    network: Network, region: Region, tolerance: float, level: int, finest_level: int
) -> tuple[Tensor, Tensor, int]:
    """Return a bound on the product of factor norms, its largest value found, the finest level."""
    index = all_cells(level)
    settled = sampled = torch.zeros((), dtype=torch.float64)
    while True:
        parts, values = [], []
        for cells in _chunks(network, region, level, index):
            parts.append(_refined_bound(network, cells))
            values.append(sampled_refined_bound(network, cells.points))
        bound = torch.cat(parts)
        sampled = torch.cat([sampled.unsqueeze(0), *values]).amax()
        loose = bound > (1 + tolerance) * sampled
        if level == finest_level or not loose.any():
            return torch.maximum(settled, bound.amax()), sampled, level
        settled = torch.where(loose, settled, bound).amax()
        level, parents = level + 1, index[loose]
        index = torch.cat([2 * parents, 2 * parents + 1])


def _refined_bound(network: Network, cells: Cells) -> Tensor:
    ranges = pre_activation_ranges(network, cells)
    suprema = [network.activation.largest_abs_slope(*ends) for ends in ranges]
    return _product_of_factor_norms(network, suprema)


def _abs_slopes(network: Network, x: Tensor) -> list[Tensor]:
    return [network.activation.slope(a).abs() for a in network.pre_activations(x)]


def _product_of_factor_norms(network: Network, abs_slopes: list[Tensor]) -> Tensor:
    """‖W_L |D_{L−1}|^½‖ · … · ‖|D_1|^½ W_1‖; each factor's norm grows with every |σ'|."""
    first = largest_eigenvalue(_weighted_gram(network.weights[0], abs_slopes[0]))
    last = largest_eigenvalue(_weighted_gram(network.weights[-1].mT, abs_slopes[-1]))
    norm = first.sqrt() * last.sqrt()
    for weight, (before, after) in zip(network.weights[1:-1], pairwise(abs_slopes), strict=True):
        factor = after.sqrt().unsqueeze(-1) * weight.unsqueeze(-3) * before.sqrt().unsqueeze(-2)
        norm = norm * spectral_norm(factor)
    return norm


def _weighted_gram(weight: Tensor, slopes: Tensor) -> Tensor:
    """Wᵀ D W for every cell: one matrix product with the outer products of the rows of W."""
    outer_products = (weight.unsqueeze(-1) * weight.unsqueeze(-2)).flatten(-2)
    grams = slopes @ outer_products
    return grams.reshape(*grams.shape[:-1], weight.shape[-1], weight.shape[-1])


def _members(network: Network) -> list[Network]:
    flat = network.flattened()
    return [flat[i] for i in range(flat.batch_shape[0])]


def _at_points(
    function: Callable[[Network, Tensor], Tensor], network: Network, x: Tensor
) -> Tensor:
    """Evaluate a function member by member, a cacheful of points at a time."""
    clouds = x.expand(*network.batch_shape, *x.shape[-2:]).reshape(-1, *x.shape[-2:])
    size = _points_at_once(network)
    values = [
        torch.cat([function(member, part) for part in torch.split(cloud, size)])
        for member, cloud in zip(_members(network), clouds, strict=True)
    ]
    return torch.stack(values).reshape(*network.batch_shape, *values[0].shape)


def _chunks(network: Network, region: Region, level: int, index: Tensor) -> Iterator[Cells]:
    """Yield the cells of a region, a cacheful at a time."""
    size = max(1, _points_at_once(network) // network.batch_shape.numel())
    return (region.cells(level, part) for part in torch.split(index, size))


def _points_at_once(network: Network) -> int:
    factors = [weight.shape[-2] * weight.shape[-1] for weight in network.weights[1:-1]]
    return max(1, CHUNK // max([network.weights[0].shape[-2], *factors]))
