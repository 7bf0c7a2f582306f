r"""Certified bounds on the Jacobian of a network over a region (Matzakos 2026, arXiv:2604.00543).

For every x in a region U, with D_k = diag σ'(a_k(x)) and δ_k = sup over U of max_i |σ'(a_k,i(x))|,

    ‖Df(x)‖ ≤ C̃(U) ≤ C(U) ≤ C_W δ^q,     C(U) = Π_ℓ ‖W_ℓ‖ · Π_k δ_k(U)     (Theorem 3.3),

where C̃(U) is the largest product of the norms of the factors in the saturation-weighted
factorisation (W_L |D_{L−1}|^½) (|D_{L−1}|^½ S W_{L−1} |D_{L−2}|^½) … (|D_1|^½ S W_1). S holds the
signs of D: with it the factorisation, stated for σ' > 0, is right for every σ. Norms are spectral.

Everything named a bound holds on all of the region, being computed from ranges over cells and
rounded upwards; what is evaluated at points is called sampled. What is below the numbers of float64
is 0; only the logarithms tell about it.

Rounding, with u = 2^−53: a pre-activation W x + b, with x from σ, errs by at most half of
κ (|W| |x| + |b|), κ = 2 (n + 16 + r) u (see `affine_forms`), where r u bounds the relative error of
σ, and cells may be computed a little beside their places (`rounding_of_cells`); ranges are widened
by both. σ' errs by `Activation.rounding_error`, and ln|σ'| by as much, relatively to σ', and by
r u |ln|σ'||. Norms come with the factor `rounded_up`, products and logarithms with a few units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from neural_spectra.bounds.affine_forms import FEW
from neural_spectra.bounds.evaluation_in_chunks import (
    OVERFLOWS,
    AtPoints,
    at_points,
    cells_in_chunks,
    require_numbers,
)
from neural_spectra.bounds.powers_of_two import product
from neural_spectra.bounds.regions import Cells, Region, all_cells, balls
from neural_spectra.bounds.saturation import (
    largest_log_slopes,
    largest_slopes,
    lipschitz_constant,
    log_saturation,
    log_saturation_on_cells,
    pre_activation_ranges,
)
from neural_spectra.bounds.saturation_weighted_factors import (
    Normalised,
    normalised_slopes,
    product_of_factor_norms,
    slopes_at,
    with_normalised_weights,
)
from neural_spectra.bounds.spectral_norms import rounded_up, spectral_norm
from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network


def jacobian_norm(
    network: Network, x: Float[Tensor, "... points dimension"]
) -> Float[Tensor, "*batch points"]:
    """Return ‖Df(x)‖ at every point."""

    def norm_of(member: Network) -> AtPoints:
        normal = with_normalised_weights(member)

        def norm(part: Tensor) -> Tensor:
            jacobian = normal.network.jacobian_at(member.pre_activations(part))
            return product([spectral_norm(jacobian)], normal.exponent)

        return norm

    return at_points(norm_of, network, x)


def sampled_refined_bound(
    network: Network, x: Float[Tensor, "... points dimension"]
) -> Float[Tensor, "*batch points"]:
    """Return the product of the factors' norms at every point: C̃({x}), a lower bound of C̃(U)."""

    def factor_norms(member: Network) -> AtPoints:
        normal = with_normalised_weights(member)
        return lambda part: product_of_factor_norms(normal, slopes_at(member, part))

    return at_points(factor_norms, network, x)


def weight_norms(network: Network) -> Float[Tensor, "*batch layers"]:
    """Return ‖W_1‖ … ‖W_L‖, rounded upwards."""
    norms = [rounded_up(weight.shape) * spectral_norm(weight) for weight in network.weights]
    return torch.stack(norms, -1)


def weight_factor(network: Network, saturated: int) -> Float[Tensor, "*batch"]:
    """Return C_W = Π_ℓ ‖W_ℓ‖ · Λ^{L−1−q}, with q the number of ``saturated`` hidden layers.

    With no saturated layer it is a Lipschitz constant of f on all of R^d. Where the activations
    differ, the L−1−q largest of their Lipschitz constants are multiplied.

    Raises
    ------
    InputError
        If the network does not have that many hidden layers.
    """
    return product(_weight_factors(network, saturated))


def _weight_factors(network: Network, saturated: int) -> list[Float[Tensor, "*batch"]]:
    if not 0 <= saturated <= network.hidden_layers:
        raise InputError(
            f"{saturated} saturated layers: choose 0 to {network.hidden_layers}, "
            f"the number of hidden layers"
        )
    norms = weight_norms(network).unbind(-1)
    steepest = sorted(map(lipschitz_constant, network.activations), reverse=True)
    slopes = math.prod(steepest[: network.hidden_layers - saturated])
    return [*norms, torch.full_like(norms[0], slopes * (1 + FEW))]


def uniform_bound(
    network: Network, saturation: Float[Tensor, "*batch layers"], saturated: int
) -> Float[Tensor, "*batch"]:
    """Return C_W δ^q, with δ the largest δ_k among the q most ``saturated`` hidden layers."""
    delta, exponent = torch.frexp(saturation.sort(-1).values[..., saturated - 1])
    power = delta**saturated * (1 + FEW)
    return product([*_weight_factors(network, saturated), power], saturated * exponent)


def log_norm_product_bound(
    network: Network, log_saturation: Float[Tensor, "*batch layers"]
) -> Float[Tensor, "*batch"]:
    """Return ln C(U), finite also where the saturation itself underflows.

    Raises
    ------
    InputError
        If the norm of a weight overflows float64.
    """
    log_norms = weight_norms(network).log()
    if not (log_norms < math.inf).all():
        raise InputError(f"the norm of a weight {OVERFLOWS}")
    logs = torch.cat([log_norms, log_saturation], -1)
    # Of the logarithms, of their sum, and of its exponential.
    rounding = FEW * (1 + logs.abs().sum(-1))
    return logs.sum(-1) + rounding.nan_to_num(posinf=0.0)


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
        An upper bound of C̃(U), never above C(U); where it underflows to 0 only ``log_bound`` holds.
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

    Raises
    ------
    InputError
        If this is no network, a weight or a bias is not finite, or a pre-activation or the norm of
        a weight overflows float64.

    Examples
    --------
    >>> from neural_spectra.activations.torch_activations import activation_named
    >>> from neural_spectra.bounds.regions import Ball
    >>> from neural_spectra.networks.initialisation import initialise
    >>> network = initialise(2, [8], [0], activation_named("tanh"))
    >>> disc = Ball(torch.zeros(2).double(), 1.0)
    >>> found = certified_bounds(network, disc, 0.02, coarsest_level=4, finest_level=12)
    >>> largest_found = jacobian_norm(network, torch.zeros(1, 2).double())
    >>> bool((largest_found <= found.refined_bound).all())
    True
    """
    if not isinstance(network, Network):
        raise InputError(
            f"{type(network).__name__} does not tell the weights of its layers, and the bounds are "
            f"made of these: wrap them as Network((W_1, …), (b_1, …), activation), from "
            f"neural_spectra.networks.multilayer_perceptron"
        )
    if not all(tensor.isfinite().all() for tensor in (*network.weights, *network.biases)):
        raise InputError("a weight or a bias is not finite: there is no such network to bound")
    log_delta = log_saturation(network, region, coarsest_level)
    log_bound = log_norm_product_bound(network, log_delta)
    searches = [
        _branch_and_bound(member, region, tolerance, coarsest_level, finest_level)
        for member in network.members()
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
    normal = with_normalised_weights(network)
    settled = sampled = torch.zeros((), dtype=torch.float64)
    while True:
        parts, values = [], []
        for cells in cells_in_chunks(network, region, level, index):
            parts.append(_refined_bound(network, normal, cells))
            at_points = slopes_at(network, cells.points)
            values.append(product_of_factor_norms(normal, at_points))
        bound = require_numbers(torch.cat(parts))
        sampled = torch.cat([sampled.unsqueeze(0), *values]).amax()
        loose = bound > (1 + tolerance) * sampled
        if level == finest_level or not loose.any():
            return torch.maximum(settled, bound.amax()), sampled, level
        settled = torch.where(loose, settled, bound).amax()
        level, parents = level + 1, index[loose]
        index = torch.cat([2 * parents, 2 * parents + 1])


def _refined_bound(network: Network, normal: Normalised, cells: Cells) -> Tensor:
    ranges = pre_activation_ranges(network, cells)
    suprema = [
        normalised_slopes(largest_slopes(sigma, *ends), partial(largest_log_slopes, sigma, *ends))
        for sigma, ends in zip(network.activations, ranges, strict=True)
    ]
    bound = product_of_factor_norms(normal, suprema)
    return bound * math.prod(rounded_up(weight.shape) for weight in network.weights) * (1 + FEW)
