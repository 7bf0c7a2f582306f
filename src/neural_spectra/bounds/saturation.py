r"""The saturation of a network's hidden layers: how steep its units are over a region.

δ_k(U) is the supremum over a region U of max_i |σ'(a_k,i(x))|, the largest slope of a unit of the
hidden layer k (Matzakos 2026, arXiv:2604.00543, Definition 2.2). Certified values hold on all of
the region, being computed from ranges over cells and rounded upwards as `jacobian_bounds` says;
sampled ones are taken at points.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.activation_ranges import UNDERFLOW, UNIT_ROUNDOFF, Activation
from neural_spectra.bounds.affine_forms import FEW
from neural_spectra.bounds.evaluation_in_chunks import at_points, cells_in_chunks, require_numbers
from neural_spectra.bounds.regions import Cells, Region, all_cells
from neural_spectra.networks.multilayer_perceptron import Network


def sampled_saturation(
    network: Network, x: Float[Tensor, "... points dimension"]
) -> Float[Tensor, "*batch layers"]:
    """Return the largest |σ'| of every hidden layer over the points, a lower bound of δ_k."""
    return slope_norms(network, x).amax(-2)


def slope_norms(
    network: Network, x: Float[Tensor, "... points dimension"]
) -> Float[Tensor, "*batch points layers"]:
    """Return ‖D_k‖ = max |σ'| of every hidden layer at every point."""
    return _over_units(lambda slopes: slopes.amax(-1), network, x)


def smallest_slopes(
    network: Network, x: Float[Tensor, "... points dimension"]
) -> Float[Tensor, "*batch points layers"]:
    """Return the smallest |σ'| of a unit of every hidden layer at every point."""
    return _over_units(lambda slopes: slopes.amin(-1), network, x)


def _over_units(of_slopes: Callable[[Tensor], Tensor], network: Network, x: Tensor) -> Tensor:
    """Apply a function to the |σ'| of the units of every hidden layer at every point."""

    def of_layers(member: Network, part: Tensor) -> Tensor:
        layers = zip(member.activations, member.pre_activations(part), strict=True)
        slopes = (sigma.slope(a) for sigma, a in layers)
        return torch.stack([of_slopes(slope.abs()) for slope in slopes], -1)

    return at_points(lambda member: partial(of_layers, member), network, x)


def pre_activation_ranges(
    network: Network, cells: Cells
) -> list[tuple[Float[Tensor, "*batch cells width"], Float[Tensor, "*batch cells width"]]]:
    """Enclose the pre-activations of every hidden layer over each cell.

    Exact but for rounding for the first layer; interval arithmetic, which ignores that units depend
    on each other, for the deeper ones.
    """
    size = cells.centres.abs() + cells.half_widths + cells.radii.unsqueeze(-1)
    lower, upper = cells.affine_range(network.weights[0], network.biases[0])
    room = _room(network, 0, size)
    ranges = [(lower - room, upper + room)]
    for k, weight in enumerate(network.weights[1:-1], start=1):
        lower, upper = network.activations[k - 1].range(*ranges[-1])
        middle = (lower + upper) / 2 @ weight.mT + network.biases[k].unsqueeze(-2)
        reach = (upper - lower) / 2 @ weight.mT.abs()
        reach = reach + _room(network, k, torch.maximum(lower.abs(), upper.abs()))
        ranges.append((middle - reach, middle + reach))
    return ranges


def _room(network: Network, layer: int, size: Tensor) -> Tensor:
    """Bound the rounding of W x + b where |x| is at most the largest ``size`` of any cell."""
    weight, bias = network.weights[layer], network.biases[layer].unsqueeze(-2)
    before = network.activations[layer - 1].rounding if layer else 0.0
    kappa = 2 * (weight.shape[-1] + 16 + before) * UNIT_ROUNDOFF
    room = kappa * (size.amax(-2, keepdim=True) @ weight.mT.abs() + bias.abs()) + UNDERFLOW
    return room.nan_to_num(nan=torch.inf)


def log_saturation_of_cells(
    network: Network, region: Region, level: int
) -> Float[Tensor, "*batch cells layers"]:
    """Return a certified ln δ_k of every hidden layer on each of the 2^level cells of a region.

    Raises
    ------
    InputError
        If a pre-activation overflows float64.
    """
    chunks = cells_in_chunks(network, region, level, all_cells(level))
    return require_numbers(torch.cat([_on_each_cell(network, cells) for cells in chunks], -2))


def log_saturation_on_cells(network: Network, cells: Cells) -> Float[Tensor, "*batch layers"]:
    """Return a certified ln δ_k of every hidden layer over the union of the cells."""
    return _on_each_cell(network, cells).amax(-2)


def _on_each_cell(network: Network, cells: Cells) -> Float[Tensor, "*batch cells layers"]:
    ranges = pre_activation_ranges(network, cells)
    layers = zip(network.activations, ranges, strict=True)
    return torch.stack([largest_log_slopes(sigma, *ends).amax(-1) for sigma, ends in layers], -1)


def log_saturation(
    network: Network, region: Region, level: int = 0
) -> Float[Tensor, "*batch layers"]:
    """Return a certified ln δ_k(U) of every hidden layer, finite also where δ_k underflows.

    The region as one cell gives the first layer exactly on a ball, a box and a circle; 2^level
    cells tighten the deeper layers, and on an orbit the first one too.

    Raises
    ------
    InputError
        If a pre-activation overflows float64.
    """
    (whole,) = cells_in_chunks(network, region, 0, all_cells(0))
    as_one_cell = log_saturation_on_cells(network, whole)
    if network.hidden_layers == 1 and region.exact_as_one_cell:
        return require_numbers(as_one_cell)
    chunks = cells_in_chunks(network, region, level, all_cells(level))
    parts = [log_saturation_on_cells(network, cells) for cells in chunks]
    return require_numbers(torch.minimum(as_one_cell, torch.stack(parts).amax(0)))


def largest_slopes(activation: Activation, lower: Tensor, upper: Tensor) -> Tensor:
    """Return the largest |σ'| on each interval, rounded upwards."""
    slopes = activation.largest_abs_slope(lower, upper)
    error = activation.rounding_error(slopes, _largest_values(activation, lower, upper))
    return ((slopes + error) * (1 + FEW)).clamp(max=lipschitz_constant(activation))


def largest_log_slopes(activation: Activation, lower: Tensor, upper: Tensor) -> Tensor:
    """Return the largest ln|σ'| on each interval, rounded upwards."""
    logs = activation.largest_log_abs_slope(lower, upper)
    values = _largest_values(activation, lower, upper)
    # Where σ' underflows σ does so too, but for a factor.
    terms = activation.cancellation * values / logs.exp().clamp(min=UNDERFLOW)
    relative = (activation.rounding + 32) * UNIT_ROUNDOFF * (1 + logs.abs() + terms)
    most = math.log(lipschitz_constant(activation))
    rounded = (logs + torch.log1p(relative)).clamp(max=most + FEW * abs(most))
    return torch.where(logs.isneginf(), logs, rounded)


def lipschitz_constant(activation: Activation) -> float:
    """Return Λ, rounded upwards where it is no slope at 0 or ∞, and so exact."""
    return activation.lipschitz * (1 + FEW * (activation.cancellation > 0))


def _largest_values(activation: Activation, lower: Tensor, upper: Tensor) -> Tensor:
    """Return the largest |σ| on each interval, if the rounding of σ' depends on it."""
    if not activation.cancellation:
        return torch.zeros_like(lower)
    smallest, largest = activation.range(lower, upper)
    return torch.maximum(smallest.abs(), largest.abs())
