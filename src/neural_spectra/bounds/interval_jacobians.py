r"""Enclosures of a network's pre-activations, of f and of Df over cells, layer by layer.

Each layer takes the affine forms (see `affine_forms`) of the pre-activations a and of their
derivatives ∂a/∂x_k over a cell to those of the next layer. Where a = c + G ξ ± r lies in [c − ρ,
c + ρ], the slope is enclosed by the better of two forms,

    σ'(a) ∈ middle of its range ± half its width,
    σ'(a) ∈ σ'(c) + σ''(c) (a − c) + [0, ρ²/2] · range of σ''',  if no kink lies in the range,

and the value by σ(a) = σ(c) + ∫σ', or by the range of σ where that is narrower. The first slope
covers every value between the slopes on the two sides of a kink; the second makes the error of Df
quadratic in the size of the cell. With every further layer the radii are multiplied by |W|, which
forgets signs: enclosures of deep networks need smaller cells.

Rounding is added to every radius: that of the elementary functions as `Activation.rounding_error`
bounds it, that of all else as `affine_forms` and the comments here say.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.activation_ranges import UNDERFLOW, UNIT_ROUNDOFF, Activation
from neural_spectra.bounds.affine_forms import FEW, AffineForms, linear, product
from neural_spectra.bounds.regions import Cells, Region, all_cells
from neural_spectra.networks.multilayer_perceptron import Network

# Numbers in the largest temporary array, 1 MB of float64.
CHUNK = 2**17
# More than the relative rounding of sums of products over up to 100 dimensions.
_MANY = 256 * UNIT_ROUNDOFF


class Parallelotopes(NamedTuple):
    """Cells {centre + Σ_l ξ_l generator_l + e : |ξ_l| ≤ 1, |e_k| ≤ slack_k}.

    Parameters
    ----------
    points
        A point of the region for each cell, to take sampled values at.
    centres
        The centre of each cell.
    generators
        Half the edges of each cell; one cell's serve all where they have only one.
    slack
        Room along each axis, for what the cell holds beside the parallelotope.
    """

    points: Float[Tensor, "*batch cells dimension"]
    centres: Float[Tensor, "*batch cells dimension"]
    generators: Float[Tensor, "*batch few m dimension"]
    slack: Float[Tensor, "*batch few dimension"]


def boxes_around(cells: Cells, rounding: Float[Tensor, " dimension"]) -> Parallelotopes:
    """Return boxes that hold the cells of a region: their box, their ball, and their rounding."""
    half_widths = cells.half_widths + cells.radii.unsqueeze(-1)
    slack = rounding.expand_as(half_widths)
    return Parallelotopes(cells.points, cells.centres, torch.diag_embed(half_widths), slack)


def rounding_of_cells(region: Region) -> Float[Tensor, " dimension"]:
    """Bound how far the computed cells of a region may be from cells that cover it.

    Their centres and sizes take at most a dozen operations on numbers as large as the region's.
    """
    whole = region.cells(0, all_cells(0))
    size = whole.centres[0].abs() + whole.half_widths[0] + whole.radii.flatten()[0]
    return FEW * size + UNDERFLOW


class Enclosure(NamedTuple):
    """Enclosures over cells.

    Parameters
    ----------
    pre_activations
        a_1 … a_{L−1}, each one row.
    value
        f, one row.
    jacobian
        Df, its entry ∂f_i/∂x_k in row i and column k.
    """

    pre_activations: list[AffineForms]
    value: AffineForms
    jacobian: AffineForms


def enclose(network: Network, cells: Parallelotopes) -> Enclosure:
    """Enclose f and Df over each cell."""
    hidden = _hidden_layers(network, cells)
    value = linear(hidden[-1].values(), *_layer(network, -1))
    return Enclosure([layer.a for layer in hidden], value, _jacobian(network, hidden))


def enclose_jacobian(network: Network, cells: Parallelotopes) -> AffineForms:
    """Enclose Df alone over each cell, in less time."""
    return _jacobian(network, _hidden_layers(network, cells))


def _hidden_layers(network: Network, cells: Parallelotopes) -> list[_HiddenLayer]:
    a = linear(_state(cells), *_layer(network, 0))
    hidden = [_hidden_layer(network.activations[0], a)]
    for k, sigma in enumerate(network.activations[1:], start=1):
        a = linear(hidden[-1].values(), *_layer(network, k))
        hidden.append(_hidden_layer(sigma, a))
    return hidden


def _layer(network: Network, k: int) -> tuple[Tensor, Tensor]:
    return network.weights[k].unsqueeze(-3), network.biases[k].unsqueeze(-2)


def _jacobian(network: Network, hidden: list[_HiddenLayer]) -> AffineForms:
    # All products of an entry of W_1 with one of W_2 at once: W_2 σ' W_1 as one linear map of σ'.
    # Few rows that are long take half the time if each lies together in memory.
    flat = linear(hidden[0].slopes, network.pairs.mT.contiguous().unsqueeze(-3))
    shape = network.weights[1].shape[-2], network.dimension
    jacobian = AffineForms(*(part.reshape(*part.shape[:-2], *shape) for part in flat))
    for layer, weight in zip(hidden[1:], network.weights[2:], strict=True):
        scaled = product(layer.slopes, jacobian.transposed())
        jacobian = linear(scaled, weight.unsqueeze(-3)).transposed()
    return jacobian


def mean_value(network: Network, cells: Parallelotopes, enclosure: Enclosure) -> AffineForms:
    """Enclose f over each cell by f at the centre and the enclosure of Df, one row.

    f(c + h) = f(c) + ∫ Df(c + t h) h dt over 0 ≤ t ≤ 1. The part of Df that is linear in the cell's
    coordinates gives squares of them, with signs that cancel over the units; what is lost is of
    third order, while `Enclosure.value` loses the second. Where that is narrower it is taken.
    """
    at_centre = _values_at_centres(network, cells)
    jacobian, generators = enclosure.jacobian, cells.generators
    state = _state(cells)
    slack = state.radii.squeeze(-2).unsqueeze(-1)
    reach = state.reach().squeeze(-2).unsqueeze(-1)
    linear_part = (jacobian.centres @ generators.mT).mT
    # The second derivative along B_l and B_k, halved: what ξ_l ξ_k is multiplied by.
    squares = jacobian.generators @ generators.mT.unsqueeze(-3) / 2
    diagonal = squares.diagonal(dim1=-3, dim2=-1).sum(-1) / 2
    most = (jacobian.centres.abs() + jacobian.generators.abs().sum(-3)) @ reach
    radii = (
        at_centre.radii.squeeze(-2)
        + squares.abs().sum((-3, -1))
        - squares.diagonal(dim1=-3, dim2=-1).abs().sum(-1) / 2
        + (jacobian.radii @ reach).squeeze(-1)
        + ((jacobian.centres.abs() + jacobian.generators.abs().sum(-3)) @ slack).squeeze(-1)
        + _MANY * (most.squeeze(-1) + at_centre.centres.squeeze(-2).abs())
    )
    form = AffineForms(
        at_centre.centres + diagonal.unsqueeze(-2),
        linear_part.unsqueeze(-2),
        (radii * (1 + _MANY) + UNDERFLOW).unsqueeze(-2),
    )
    narrower = form.reach() < enclosure.value.reach()
    return AffineForms(
        torch.where(narrower, form.centres, enclosure.value.centres),
        torch.where(narrower.unsqueeze(-3), form.generators, enclosure.value.generators),
        torch.where(narrower, form.radii, enclosure.value.radii),
    )


def _values_at_centres(network: Network, cells: Parallelotopes) -> AffineForms:
    """Enclose f at the centre of each cell, which takes nothing but rounding."""
    centres = cells.centres.unsqueeze(-2)
    a = AffineForms(
        centres, centres.new_zeros(*centres.shape[:-2], 0, *centres.shape[-2:]), 0 * centres
    )
    for k, sigma in enumerate(network.activations):
        a = linear(a, network.weights[k].unsqueeze(-3), network.biases[k].unsqueeze(-2))
        value = sigma.function(a.centres)
        error = sigma.rounding * UNIT_ROUNDOFF * value.abs()
        radii = a.radii * sigma.lipschitz + error
        a = AffineForms(value, a.generators, radii * (1 + FEW) + UNDERFLOW)
    return linear(a, network.weights[-1].unsqueeze(-3), network.biases[-1].unsqueeze(-2))


def cells_at_once(network: Network) -> int:
    """Return how many cells to enclose a network over at once, so that they stay in the cache."""
    d = network.dimension
    widest = max(weight.shape[-2] for weight in network.weights)
    numbers: int = widest * (d + 1) ** min(2, network.hidden_layers)
    return max(1, CHUNK // numbers)


def _state(cells: Parallelotopes) -> AffineForms:
    """Return the state itself, one row."""
    size = cells.centres.abs() + cells.generators.abs().sum(-2)
    # The centre and the generators may have been computed by a few operations.
    radii = (cells.slack + FEW * size) * (1 + FEW) + UNDERFLOW
    return AffineForms(
        cells.centres.unsqueeze(-2), cells.generators.unsqueeze(-2), radii.unsqueeze(-2)
    )


class _HiddenLayer(NamedTuple):
    """A hidden layer over cells: a, [c − ρ, c + ρ], σ'(a), and σ''(c) where that was of use."""

    activation: Activation
    a: AffineForms
    reach: Tensor
    ends: tuple[Tensor, Tensor]
    slopes: AffineForms
    tangent: Tensor

    def values(self) -> AffineForms:
        """Enclose σ(a) = σ(c) + ∫σ', with the form of σ' from c to a, or by the range of σ."""
        a, slopes = self.a, self.slopes
        bend = self.tangent * self.reach.square() / 4
        value = self.activation.function(a.centres)
        rounding = self.activation.rounding * UNIT_ROUNDOFF
        radii = (
            slopes.centres.abs() * a.radii
            + bend.abs()
            + slopes.radii * self.reach
            + (rounding + FEW) * value.abs()
            + FEW * slopes.centres.abs() * self.reach
        )
        centred = AffineForms(
            value + bend,
            slopes.centres.unsqueeze(-3) * a.generators,
            radii * (1 + FEW) + UNDERFLOW,
        )
        smallest, largest = self.activation.range(*self.ends)
        half_width = (largest - smallest) / 2
        half_width = half_width + (rounding + FEW) * _size(smallest, largest)
        narrower = half_width < centred.reach()
        return AffineForms(
            torch.where(narrower, (smallest + largest) / 2, centred.centres),
            torch.where(narrower.unsqueeze(-3), 0.0, centred.generators),
            torch.where(narrower, half_width * (1 + FEW) + UNDERFLOW, centred.radii),
        )


# What follows is all of a proof's time for one hidden layer, and there mostly the making of arrays:
# they are made once and then changed in place.
def _hidden_layer(activation: Activation, a: AffineForms) -> _HiddenLayer:
    reach = a.reach().mul_(1 + FEW).add_(a.centres.abs(), alpha=FEW).add_(UNDERFLOW)
    reach = reach.nan_to_num_(nan=torch.inf)
    lower = (a.centres - reach).nan_to_num_(nan=-torch.inf, neginf=-torch.inf, posinf=torch.inf)
    upper = (a.centres + reach).nan_to_num_(nan=torch.inf, neginf=-torch.inf, posinf=torch.inf)
    slopes, tangent = _slopes(activation, a, reach, (lower, upper))
    return _HiddenLayer(activation, a, reach, (lower, upper), slopes, tangent)


def _slopes(
    activation: Activation, a: AffineForms, reach: Tensor, ends: tuple[Tensor, Tensor]
) -> tuple[AffineForms, Tensor]:
    """Enclose σ'(a), and return σ''(c), or 0 where the first of the two forms is the better one."""
    smallest, largest = activation.slope_range(*ends)
    size = _size(smallest, largest)
    error = activation.rounding_error(size, _largest_size(activation, ends))
    half_width = (largest - smallest).mul_(0.5).add_(error).add_(size, alpha=FEW).mul_(1 + FEW)

    slope = activation.slope(a.centres)
    tangent = activation.curvature(a.centres, slope)
    lowest, highest = activation.third_derivative_range(smallest, largest, error)
    quarter = reach * 0.25
    shift = (lowest + highest).mul_(quarter).mul_(reach)
    remainder = (highest - lowest).mul_(quarter).add_(error).add_(tangent.abs(), alpha=FEW)
    # The second error is that of σ'(c), and of its sum with the shift.
    remainder = remainder.mul_(reach).add_(error, alpha=2).mul_(1 + FEW)
    smooth = remainder < half_width
    if activation.kinks:
        smooth &= ~activation.has_kink(*ends)

    tangent = torch.where(smooth, tangent, 0.0)
    radii = torch.where(smooth, tangent.abs().mul_(a.radii).add_(remainder), half_width)
    # Where the second form is the better one its reach is finite, and so are these.
    generators = a.generators.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)
    forms = AffineForms(
        torch.where(smooth, slope + shift, smallest.add_(largest).mul_(0.5)),
        tangent.unsqueeze(-3) * generators,
        radii.mul_(1 + FEW).add_(UNDERFLOW),
    )
    return forms, tangent


def _size(smallest: Tensor, largest: Tensor) -> Tensor:
    """Return the largest size of what lies between two ends."""
    return torch.maximum(largest, -smallest)


def _largest_size(activation: Activation, ends: tuple[Tensor, Tensor]) -> Tensor:
    """Return the largest |σ|, where the rounding of σ' depends on it."""
    if not activation.cancellation:
        return torch.zeros_like(ends[0])
    return _size(*activation.range(*ends))
