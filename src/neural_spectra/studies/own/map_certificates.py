"""What bounds say about a user's map over a region, and what they prove about its orbits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds.certified_quantities import CLOSELY, JACOBIAN_NORM, largest
from neural_spectra.bounds.contracting_deep_maps import as_network, contracting_ball_of_deep_map
from neural_spectra.bounds.jacobian_bounds import certified_bounds
from neural_spectra.bounds.regions import Box
from neural_spectra.errors import InputError
from neural_spectra.flows.skew_symmetry_theory import activation_properties
from neural_spectra.maps.cycles import Cycle
from neural_spectra.maps.joint_spectral_radius import joint_spectral_radius
from neural_spectra.maps.linear_regions import linear_regions
from neural_spectra.maps.lipschitz_bounds_of_maps import largest_pattern_norm, norm_product
from neural_spectra.maps.pointwise_affine import spectral_radius
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.own.numbers_in_sentences import at_least, at_most, point
from neural_spectra.studies.own.potentials import with_potential
from neural_spectra.studies.own.scaled_maps import goes_through_an_activation

ONE_POINT = "one fixed point attracts every orbit"
BOUNDED = "every orbit stays bounded"
# In more dimensions than this a region is not cut into cells: there would be too many.
_FEW_DIMENSIONS = 6
_LEVELS = 6, 12
_ONCE = 2**6  # cells that cover a region once
_MOST_PATTERN_UNITS = 14
_MOST_BALLS, _DEEPEST_ITERATE = 6, 24
_PRODUCTS = 16  # 2^16 products of Jacobians are tried
_BELOW_ONE = 1 - 1e-9  # leaves room for the rounding of norms
PROVED, REFUSED, UNDECIDED = "proved", "refused", "undecided"


@dataclass(frozen=True)
class MapBounds:
    """Bounds on ‖Df‖ over a region U; NaN where the activation's ranges are not known.

    Parameters
    ----------
    lipschitz
        Π‖A_i‖ Lip(σ)ⁿ, everywhere.
    product
        C(U) = Π‖A_i‖ Π δ_k(U).
    refined
        C̃(U).
    jacobian
        The least of these and of an enclosure of sup ‖Df‖ on U.
    saturation
        δ_k(U) of each layer that has an activation.
    """

    lipschitz: float
    product: float
    refined: float
    jacobian: float
    saturation: list[float]


@dataclass(frozen=True)
class Proof:
    """A statement, and whether it is proved, refused or undecided, and why."""

    statement: str
    verdict: str
    reason: str
    radius: float = math.nan


def bounds_on(
    f: DeepMap,
    lower: Float[np.ndarray, " d"],
    upper: Float[np.ndarray, " d"],
    cells: int,
) -> MapBounds:
    """Bound ‖Df‖ over a box.

    Parameters
    ----------
    f
        A single map.
    lower, upper
        The ends of the box.
    cells
        How many cells to look at for the enclosure of Df.
    """
    lipschitz = float(norm_product(f))
    if not f.activations:
        return MapBounds(lipschitz, lipschitz, lipschitz, lipschitz, [])
    try:
        network = as_network(f)
    except InputError:
        return MapBounds(lipschitz, math.nan, math.nan, math.nan, [])
    region = Box(torch.tensor(lower), torch.tensor(upper))
    few = f.dimension <= _FEW_DIMENSIONS
    found = certified_bounds(network, region, 0.05, *(_LEVELS if few else (0, 0)))
    norm = largest(JACOBIAN_NORM, network, region, CLOSELY, max(cells, _ONCE) if few else _ONCE)
    product, refined = found.log_bound.exp().item(), found.refined_bound.item()
    return MapBounds(
        lipschitz,
        product,
        refined,
        min(product, refined, norm.bound.item()),
        found.log_saturation.exp().tolist(),
    )


def proofs(f: DeepMap, cycles: list[Cycle], escaping: bool, cells: int) -> Iterator[Proof]:
    """Try to prove what can be proved of all orbits, and of those near attracting cycles.

    Parameters
    ----------
    f
        A single map.
    cycles
        Its fixed points and cycles.
    escaping
        Whether some orbit was seen to escape.
    cells
        How many cells to look at for one ball.
    """
    why = _contraction(f)
    yield _one_point(f, why, cycles, escaping)
    yield _boundedness(f, why, escaping)
    if why:
        return  # there is nothing more to prove of where orbits go
    cells = cells if f.dimension <= _FEW_DIMENSIONS else _ONCE
    attracting = [cycle for cycle in cycles if cycle.radius < 1]
    for cycle in attracting[:_MOST_BALLS]:
        yield _ball(f, cycle, cells)


def _contraction(f: DeepMap) -> str:
    """Return why f is a contraction of all of R^d in some norm, or nothing."""
    lipschitz = float(norm_product(f))
    if lipschitz < _BELOW_ONE:
        return f"the weights' norms times the steepest slopes are {at_most(lipschitz)}, below 1"
    matrices = _all_jacobians(f)
    if len(matrices) and spectral_radius(matrices).max() < 1:
        length = 64 if len(matrices) == 1 else int(_PRODUCTS / math.log2(len(matrices)))
        _, upper = joint_spectral_radius(matrices, max(1, length))
        if upper < _BELOW_ONE:
            return f"long products of its Jacobians shrink at least by {at_most(upper)} a step"
    units = sum(len(bias) for _, bias, activated in f.layers if activated)
    if units <= _MOST_PATTERN_UNITS and math.isfinite(lipschitz):
        norm = float(largest_pattern_norm(f, *_slopes(f)))
        if norm < _BELOW_ONE:
            return f"with any slopes that σ has, ‖Df‖ is at most {at_most(norm)}"
    return ""


def _all_jacobians(f: DeepMap) -> Float[np.ndarray, "count d d"]:
    """Return all Jacobians of a piecewise linear map for which they can be counted, or none."""
    names = {sigma.name for sigma in f.activations}
    if names <= {"identity"}:
        return f.jacobian(np.zeros((1, f.dimension)))
    if f.dimension == 2 and names == {"relu"} and not any(bias.any() for bias in f.biases):
        jacobians = [region.jacobian for region in linear_regions(f, 1.0)]
        return np.unique(np.array(jacobians), axis=0)
    return np.empty((0, f.dimension, f.dimension))


def _slopes(f: DeepMap) -> tuple[float, float]:
    """Return an interval that holds every slope of f's activations."""
    everywhere = torch.tensor([-math.inf]), torch.tensor([math.inf])
    lowest, highest = math.inf, -math.inf
    for sigma in f.activations:
        smallest, steepest = -sigma.lipschitz, sigma.lipschitz
        if sigma.name in ACTIVATIONS:
            ends = ACTIVATIONS[sigma.name].slope_range(*everywhere)
            smallest, steepest = (end.item() for end in ends)
        lowest, highest = min(lowest, smallest), max(highest, steepest)
    return lowest, highest


def _one_point(f: DeepMap, why: str, cycles: list[Cycle], escaping: bool) -> Proof:
    if why:
        return Proof(ONE_POINT, PROVED, why)
    fixed = [cycle for cycle in cycles if cycle.period == 1]
    if len(cycles) > 1:
        return Proof(ONE_POINT, REFUSED, "there are other fixed points or cycles")
    if escaping:
        return Proof(ONE_POINT, REFUSED, "some orbits escape")
    if fixed and fixed[0].radius > 1:
        return Proof(ONE_POINT, REFUSED, "the fixed point repels")
    lipschitz = float(norm_product(f))
    reason = f"the Lipschitz bound of f is {at_most(lipschitz)}, and proves this only below 1"
    return Proof(ONE_POINT, UNDECIDED, reason)


def _boundedness(f: DeepMap, why: str, escaping: bool) -> Proof:
    sigmas = map(with_potential, f.activations)
    bounded = [sigma.name for sigma in sigmas if activation_properties(sigma).bounded]
    if bounded:
        return Proof(BOUNDED, PROVED, f"{bounded[-1]} is bounded, and so is f")
    if why:
        return Proof(BOUNDED, PROVED, "f is a contraction")
    if escaping:
        return Proof(BOUNDED, REFUSED, "some orbits escape")
    return Proof(
        BOUNDED, UNDECIDED, "no activation of it is bounded, and f is no known contraction"
    )


def _ball(f: DeepMap, cycle: Cycle, cells: int) -> Proof:
    """Look for a ball around a point of an attracting cycle in which every orbit tends to it."""
    what = f"cycle of period {cycle.period}" if cycle.period > 1 else "fixed point"
    near = f"every orbit from near the {what} at {point(cycle.points[0])} tends to it"
    iterate = _iterate(f, cycle.period)
    if iterate is None:
        return Proof(near, UNDECIDED, "no ball is looked for around a cycle of this map")
    try:
        ball = contracting_ball_of_deep_map(iterate, cycle.points[0], cells)
    except InputError as error:
        return Proof(near, UNDECIDED, str(error))
    if not ball.radius:
        return Proof(near, UNDECIDED, f"no ball could be certified with {cells} cells")
    radius = ball.inner_radius
    reason = (
        f"f{'^' * (cycle.period > 1)}{cycle.period if cycle.period > 1 else ''} contracts a ball"
    )
    return Proof(
        near, PROVED, f"{reason} that holds all points up to {at_least(radius)} away", radius
    )


def _iterate(f: DeepMap, period: int) -> DeepMap | None:
    """Return f^p as a deep map, if no layers have to be multiplied for it: rounding would enter."""
    if period == 1:
        return f
    if not goes_through_an_activation(f) or period * len(f.weights) > _DEEPEST_ITERATE:
        return None
    changes: dict[str, Any] = {"weights": f.weights * period, "biases": f.biases * period}
    if len({sigma.name for sigma in f.activations}) > 1:  # a single one serves all layers
        changes["activation"] = f.activations * period
    return replace(f, **changes)
