r"""Certified balls where every solution tends to an equilibrium, or every orbit to a fixed point.

In the norm |T⁻¹ v| a ball of radius r is {x₀ + T y : |y| ≤ r}. If there

- μ₂(T⁻¹ Df T) ≤ −m < 0 and |T⁻¹ f(x₀)| ≤ m r, the flow ẋ = f(x) enters the ball, and in it all
  solutions approach each other at the rate m: exactly one equilibrium, and all tend to it;
- ‖T⁻¹ Df T‖ ≤ q < 1 and |T⁻¹ (f(x₀) − x₀)| ≤ (1 − q) r, the map x → f(x) takes the ball into itself
  and has exactly one fixed point in it, to which all orbits tend (Banach).

So x₀ need not be exact. T is chosen by Lyapunov's equation for Df(x₀), shifted so that the norm
contracts nearly as fast as the slowest eigenvalue tells; whatever T is, the proof holds.

Rounding: with S computed as T⁻¹, ‖1 − S T‖ ≤ ε bounded with its rounding, T⁻¹ Df T = (S T)⁻¹ S Df T
differs from S Df T by at most ε/(1 − ε) of its norm.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.linalg
import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.bounds.affine_forms import AffineForms, linear
from neural_spectra.bounds.branch_and_bound import suprema
from neural_spectra.bounds.certified_quantities import (
    ROUNDING,
    logarithmic_norm,
    logarithmic_norm_on_cells,
    norm_on_cells,
    velocity_on_cells,
)
from neural_spectra.bounds.interval_jacobians import (
    Parallelotopes,
    boxes_around,
    cells_at_once,
    enclose_jacobian,
    rounding_of_cells,
)
from neural_spectra.bounds.regions import Ball, Cells
from neural_spectra.bounds.spectral_norms import spectral_norm
from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.random_numbers_on_any_device import normal

BUDGET = 2**12
# Radii that are tried, in the norm in which no vector is longer than in the Euclidean one: down
# from where points in so many directions tell that there is no contraction, by this factor each.
_LARGEST, _HALVINGS, _DIRECTIONS, _PARTS = 2.0**6, 40, 32, 8
_SMALLER, _TRIES = 0.85, 24


@dataclass(frozen=True)
class ContractingBall:
    """A ball {x₀ + T y : |y| ≤ radius} in which everything tends to one point.

    Parameters
    ----------
    centre
        x₀.
    transformation
        T.
    radius
        0 where no ball could be certified.
    contraction
        m of a flow, q of a map; NaN where no ball could be certified.
    cells
        How many cells were looked at.
    """

    centre: Float[Tensor, " dimension"]
    transformation: Float[Tensor, "dimension dimension"]
    radius: float
    contraction: float
    cells: int

    @property
    def inner_radius(self) -> float:
        """The radius of a Euclidean ball around x₀ that lies in it."""
        smallest: float = torch.linalg.svdvals(self.transformation)[-1].item()
        return self.radius * smallest * (1 - ROUNDING)


def contracting_ball_of_flow(
    network: Network, equilibrium: Float[Tensor, " dimension"], budget: int = BUDGET
) -> ContractingBall:
    """Find a ball around an equilibrium of ẋ = f(x) in which every solution tends to it.

    Parameters
    ----------
    network
        f, a single network.
    equilibrium
        x₀, an attracting equilibrium to a few digits.
    budget
        How many cells to look at for one radius, at most.

    Raises
    ------
    InputError
        If some eigenvalue of Df(x₀) has no negative real part.
    """
    jacobian = _jacobian(network, equilibrium)
    slowest = np.linalg.eigvals(jacobian).real.max()
    if not slowest < 0:
        raise InputError(
            f"the equilibrium does not attract: the largest real part of an eigenvalue of Df is "
            f"{slowest:.3g}, and only below 0 is there a ball that contracts"
        )
    shifted = jacobian - slowest / 2 * np.eye(len(jacobian))
    gram = scipy.linalg.solve_continuous_lyapunov(shifted.T, -np.eye(len(jacobian)))
    flow = _Kind(0.0, logarithmic_norm_on_cells, logarithmic_norm)
    return _largest_ball(network, equilibrium, gram, flow, budget)


def contracting_ball_of_map(
    network: Network, fixed_point: Float[Tensor, " dimension"], budget: int = BUDGET
) -> ContractingBall:
    """Find a ball around a fixed point of x → f(x) in which every orbit tends to it.

    Parameters
    ----------
    network
        f, a single network.
    fixed_point
        x₀, an attracting fixed point to a few digits.
    budget
        How many cells to look at for one radius, at most.

    Raises
    ------
    InputError
        If some eigenvalue of Df(x₀) has a modulus of 1 or more.
    """
    jacobian = _jacobian(network, fixed_point)
    slowest = np.abs(np.linalg.eigvals(jacobian)).max()
    if not slowest < 1:
        raise InputError(
            f"the fixed point does not attract: the largest modulus of an eigenvalue of Df is "
            f"{slowest:.3g}, and only below 1 is there a ball that contracts"
        )
    scaled = jacobian / math.sqrt((1 + slowest**2) / 2)
    gram = scipy.linalg.solve_discrete_lyapunov(scaled.T, np.eye(len(jacobian)))
    kind = _Kind(1.0, norm_on_cells, spectral_norm)
    return _largest_ball(network, fixed_point, gram, kind, budget)


@dataclass(frozen=True)
class _Kind:
    """What contracts: a flow, where μ₂ is below 0, or a map, where the norm is below 1.

    Parameters
    ----------
    limit
        0 or 1: what is left of f − limit · x at a fixed point is 0.
    on_cells, at_points
        The quantity that must be below the limit.
    """

    limit: float
    on_cells: Callable[[AffineForms], Tensor]
    at_points: Callable[[Tensor], Tensor]


def _largest_ball(
    network: Network, centre: Tensor, gram: np.ndarray, kind: _Kind, budget: int
) -> ContractingBall:
    """Find out from points how large a ball can be, and certify one that is not much smaller."""
    transformation = torch.tensor(np.linalg.inv(np.linalg.cholesky(gram).T))
    transformation = transformation / torch.linalg.matrix_norm(transformation, 2)
    radius, cells = _radius_of_points(network, centre, transformation, kind), 0
    for _ in range(_TRIES if radius else 0):
        margin, spent = _margin(network, centre, transformation, radius, kind, budget)
        cells += spent
        if margin > 0:
            rate = kind.limit - margin if kind.limit else margin
            return ContractingBall(centre, transformation, radius, rate, cells)
        radius *= _SMALLER
    return ContractingBall(centre, transformation, 0.0, math.nan, cells)


def _radius_of_points(
    network: Network, centre: Tensor, transformation: Tensor, kind: _Kind
) -> float:
    """Return how far from the centre the quantity is below its limit at points."""
    generator = torch.Generator().manual_seed(0)
    spread = normal(generator, _DIRECTIONS, len(centre))
    directions = torch.nn.functional.normalize(spread, dim=-1) @ transformation.mT
    inverse = torch.linalg.inv(transformation)

    def largest_below(radii: Tensor) -> float:
        points = centre + radii[:, None, None] * directions
        values = kind.at_points(inverse @ network.jacobian(points.flatten(0, 1)) @ transformation)
        inside = (values.reshape(len(radii), -1) < kind.limit).all(-1)
        return radii[int(inside.cumprod(0).sum()) - 1].item() if inside[0] else 0.0

    power = torch.arange(-_HALVINGS, 1, dtype=torch.float64)
    radius = largest_below(_LARGEST * 2**power)
    if not 0 < radius < _LARGEST:
        return radius
    return largest_below(radius * (1 + torch.arange(_PARTS, dtype=torch.float64) / _PARTS))


def _margin(
    network: Network,
    centre: Tensor,
    transformation: Tensor,
    radius: float,
    kind: _Kind,
    budget: int,
) -> tuple[float, int]:
    """Return how far the quantity is below its limit on a ball, or 0, and how many cells it took.

    It is 0 also where the ball is not mapped into itself.
    """
    inverse = torch.linalg.inv(transformation)
    error = _inversion_error(transformation, inverse)
    if not error < 1:
        return 0.0, 0

    ball = Ball(torch.zeros_like(centre), radius)
    rounding = rounding_of_cells(ball)

    def evaluate(cells: Cells) -> tuple[Tensor, Tensor]:
        jacobian = enclose_jacobian(
            network, _transformed(boxes_around(cells, rounding), centre, transformation)
        )
        columns = linear(jacobian, transformation.mT.unsqueeze(0))
        whole = linear(columns.transposed(), inverse.unsqueeze(0)).transposed()
        slack = error / (1 - error) * (1 + ROUNDING) * norm_on_cells(whole)
        points = centre + cells.points @ transformation.mT
        values = kind.at_points(inverse @ network.jacobian(points) @ transformation)
        bounds = kind.on_cells(whole) + slack
        return (bounds - kind.limit).unsqueeze(0), (values - kind.limit).unsqueeze(0)

    found = suprema(ball, evaluate, _half_as_good, budget, cells_at_once(network))
    margin = -found.bound.item() * (1 - ROUNDING)
    inside = _defect(network, centre, inverse, kind.limit) <= margin * radius
    return margin * inside, int(found.cells)


def _half_as_good(bounds: Tensor, best: Tensor) -> Tensor:
    return (bounds <= best / 2) | (best >= 0)


def _transformed(cells: Parallelotopes, centre: Tensor, transformation: Tensor) -> Parallelotopes:
    """Return the cells {x₀ + T y}, with room for the rounding of the products."""
    reach = cells.centres.abs() + cells.generators.abs().sum(-2)
    stretch = transformation.abs().mT
    return Parallelotopes(
        centre + cells.points @ transformation.mT,
        centre + cells.centres @ transformation.mT,
        cells.generators @ transformation.mT,
        cells.slack @ stretch * (1 + ROUNDING) + ROUNDING * (reach @ stretch + centre.abs()),
    )


def _inversion_error(transformation: Tensor, inverse: Tensor) -> float:
    """Bound ‖1 − S T‖."""
    identity = torch.eye(len(transformation), dtype=torch.float64)
    size = torch.linalg.matrix_norm(inverse.abs() @ transformation.abs() + identity)
    defect = torch.linalg.matrix_norm(identity - inverse @ transformation)
    error: float = (defect + ROUNDING * size).item()
    return error


def _defect(network: Network, centre: Tensor, inverse: Tensor, limit: float) -> float:
    """Bound |T⁻¹ (f(x₀) − limit · x₀)|."""
    at = centre.reshape(1, -1)
    point = Parallelotopes(at, at, torch.zeros(1, 1, len(centre), dtype=torch.float64), 0 * at)
    value = velocity_on_cells(network, point)
    rest = value._replace(centres=value.centres - limit * centre)
    rest = rest._replace(radii=rest.radii + ROUNDING * (value.centres.abs() + centre.abs()))
    moved = linear(rest, inverse.unsqueeze(0))
    size: Tensor = torch.linalg.vector_norm(torch.maximum(moved.upper(), -moved.lower()))
    # T⁻¹ = (S T)⁻¹ S, and ‖(S T)⁻¹‖ ≤ 1/(1 − ε).
    error = _inversion_error(torch.linalg.inv(inverse), inverse)
    defect: float = size.item() / (1 - error) * (1 + ROUNDING)
    return defect


def _jacobian(network: Network, x: Tensor) -> np.ndarray:
    if network.batch_shape:
        raise InputError(
            f"a ball is found for a single network, not for a batch of shape "
            f"{tuple(network.batch_shape)}: index the batch"
        )
    jacobian: np.ndarray = network.jacobian(x.unsqueeze(0))[0].cpu().numpy()
    return jacobian
