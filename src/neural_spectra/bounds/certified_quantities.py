r"""Certified extremes over a region U: ‖Df‖, the logarithmic norm, the divergence, the speed.

What each says about the flow ẋ = f(x):

- L = sup ‖Df‖: every closed orbit in a convex U has a period of at least 2π/L (Yorke 1969).
- μ₂(Df) = λ_max((Df + Dfᵀ)/2): every Floquet or Lyapunov exponent of an orbit in U lies between
  inf −μ₂(−Df) and sup μ₂(Df) (Coppel 1965); see `exponent_windows` for means along the orbit.
- tr Df: ln |det M| of a closed orbit is the integral of tr Df over its period (Liouville).
- inf |f| > 0: there is no equilibrium in U.

With J(ξ) = C + Σ G_l ξ_l ± R the enclosure of Df over a cell, a norm or a largest eigenvalue, being
convex, is largest at a corner of the first three coordinates; the other coordinates and R add at
most their norm. So bounds exceed the suprema by the square of the cells' size in up to three
dimensions, and in more, and for every hidden layer behind the first, by more: see the docs.

Rounding: besides that of the enclosure, the corners and the norms of their d × d matrices are
computed to a relative 2^−40, for d up to 100 (sums of d products; eigenvalues from a backward
stable method), of the norm of the matrix of magnitudes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.bounds.affine_forms import AffineForms, linear
from neural_spectra.bounds.branch_and_bound import (
    DEEPEST_LEVEL,
    Settle,
    Suprema,
    stacked,
    suprema,
    within,
)
from neural_spectra.bounds.interval_jacobians import (
    Parallelotopes,
    boxes_around,
    cells_at_once,
    enclose,
    enclose_jacobian,
    mean_value,
    rounding_of_cells,
)
from neural_spectra.bounds.regions import Ball, Box, Cells, Orbit, Region
from neural_spectra.bounds.spectral_norms import largest_eigenvalue, spectral_norm
from neural_spectra.networks.multilayer_perceptron import Network

ROUNDING = 2.0**-40
BUDGET = 2**16
CLOSELY = within(0.02)
_CORNERS = 3


@dataclass(frozen=True)
class Quantities:
    """One or more quantities of f and Df, for `largest`.

    Parameters
    ----------
    on_cells
        Upper bounds for a single network over cells, of shape (quantities, cells).
    at_points
        The quantities themselves at points, of shape (quantities, points).
    """

    on_cells: Callable[[Network, Parallelotopes], Tensor]
    at_points: Callable[[Network, Tensor], Tensor]


def norm_on_cells(jacobian: AffineForms) -> Float[Tensor, " cells"]:
    """Bound ‖J‖ over each cell."""
    corners, rest = at_corners(jacobian)
    return (spectral_norm(corners).amax(-1) + rest) * (1 + ROUNDING)


def logarithmic_norm_on_cells(jacobian: AffineForms) -> Float[Tensor, " cells"]:
    """Bound μ₂(J) over each cell."""
    corners, rest = at_corners(jacobian)
    return logarithmic_norm(corners).amax(-1) + rest


def logarithmic_norm(matrix: Float[Tensor, "*batch d d"]) -> Float[Tensor, "*batch"]:
    """Return μ₂(A) = λ_max((A + Aᵀ)/2)."""
    return largest_eigenvalue((matrix + matrix.mT) / 2)


def trace_on_cells(jacobian: AffineForms) -> AffineForms:
    """Enclose tr J over each cell."""
    d = jacobian.centres.shape[-1]
    flat = AffineForms(*(part.flatten(-2).unsqueeze(-2) for part in jacobian))
    return linear(flat, torch.eye(d, dtype=torch.float64).reshape(1, 1, d * d))


def speed_on_cells(value: AffineForms) -> Float[Tensor, " cells"]:
    """Bound |f| over each cell from below, by its part along the direction at the centre."""
    direction = torch.nn.functional.normalize(value.centres, dim=-1)
    along = linear(value, direction).lower().flatten()
    return along.clamp(min=0) * (1 - ROUNDING)


def velocity_on_cells(network: Network, cells: Parallelotopes) -> AffineForms:
    """Enclose f over each cell, one row."""
    return mean_value(network, cells, enclose(network, cells))


def _logarithmic_norms_on_cells(network: Network, cells: Parallelotopes) -> Tensor:
    jacobian = enclose_jacobian(network, cells)
    both = jacobian, jacobian.negated()
    return torch.stack([logarithmic_norm_on_cells(signed) for signed in both])


def _logarithmic_norms_at_points(network: Network, x: Tensor) -> Tensor:
    jacobian = network.jacobian(x)
    return torch.stack([logarithmic_norm(jacobian), logarithmic_norm(-jacobian)])


def _divergence_at_points(network: Network, x: Tensor) -> Tensor:
    trace = network.jacobian(x).diagonal(dim1=-2, dim2=-1).sum(-1)
    return torch.stack([trace, -trace])


JACOBIAN_NORM = Quantities(
    lambda network, cells: norm_on_cells(enclose_jacobian(network, cells)).unsqueeze(0),
    lambda network, x: spectral_norm(network.jacobian(x)).unsqueeze(0),
)
# μ₂(Df) and μ₂(−Df).
LOGARITHMIC_NORMS = Quantities(
    _logarithmic_norms_on_cells,
    _logarithmic_norms_at_points,
)
# tr Df and −tr Df.
DIVERGENCE = Quantities(
    lambda network, cells: both_signs(trace_on_cells(enclose_jacobian(network, cells))),
    _divergence_at_points,
)
# −|f|, so that its largest value tells the smallest speed.
SLOWNESS = Quantities(
    lambda network, cells: -speed_on_cells(velocity_on_cells(network, cells)).unsqueeze(0),
    lambda network, x: -torch.linalg.vector_norm(network(x), dim=-1).unsqueeze(0),
)


def largest(
    quantities: Quantities,
    network: Network,
    region: Region,
    settle: Settle = CLOSELY,
    budget: int = BUDGET,
) -> Suprema:
    """Bound the largest values of quantities over a region, for each member of a batch.

    Parameters
    ----------
    quantities
        `JACOBIAN_NORM`, `LOGARITHMIC_NORMS`, `DIVERGENCE` or `SLOWNESS`.
    network
        f.
    region
        U.
    settle
        When a cell needs no further look; by default within 2 % of what was found.
    budget
        How many cells to look at for each member, at most; if it is spent, the bound so far counts.

    Returns
    -------
    Suprema
        Of shape (*batch, quantities).
    """
    rounding = rounding_of_cells(region)
    finest = region.finest_level if isinstance(region, Orbit) else DEEPEST_LEVEL
    sampled = _SampledOutwards(region) if isinstance(region, Ball | Box) else region

    def of(member: Network) -> Suprema:
        def evaluate(cells: Cells) -> tuple[Tensor, Tensor]:
            bounds = quantities.on_cells(member, boxes_around(cells, rounding))
            return bounds, quantities.at_points(member, cells.points)

        chunk = cells_at_once(member)
        return suprema(sampled, evaluate, settle, budget, chunk, finest_level=finest)

    return stacked([of(member) for member in network.members()], network.batch_shape)


@dataclass(frozen=True)
class _SampledOutwards:
    """A ball or a box with a value sampled at the corner of each cell that is farthest out.

    Where a quantity is largest at the region's edge, and so wherever the units saturate, centres
    find the largest value only as fast as the cells shrink: long after the bound has come close.
    """

    region: Ball | Box

    def cells(self, level: int, index: Tensor) -> Cells:
        cells = self.region.cells(level, index)
        outwards = torch.sign(cells.centres - self.region.centre) * cells.half_widths
        return replace(cells, points=self.region.nearest(cells.centres + outwards))


def shortest_period(norm: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """Return 2π/L: where ‖Df‖ ≤ L on a convex set, no closed orbit in it has a shorter period."""
    return 2 * math.pi / norm * (1 - ROUNDING)


def both_signs(form: AffineForms) -> Float[Tensor, "two cells"]:
    """Return upper bounds of one number for each cell and of its negative."""
    return torch.stack([form.upper().flatten(), -form.lower().flatten()])


def at_corners(jacobian: AffineForms) -> tuple[Tensor, Tensor]:
    """Return J at the corners of the first coordinates, and a bound on the norm of all the rest."""
    corners = jacobian.centres.unsqueeze(-3)
    for turned in jacobian.generators[..., :_CORNERS, :, :].unsqueeze(-3).unbind(-4):
        corners = torch.cat([corners - turned, corners + turned], -3)
    sizes = jacobian.generators.abs()
    rest = jacobian.radii + sizes[..., _CORNERS:, :, :].sum(-3)
    size = jacobian.centres.abs() + sizes.sum(-3)
    norms = spectral_norm(torch.stack([rest, size]))
    return corners, (norms[0] + ROUNDING * norms[1]) * (1 + ROUNDING)
