r"""What the flow does on the cells of an annulus and of its curves, bounded.

Rounding: the vertices are exact, the annulus and the functions on it being defined by them and by
the numbers of `AlongOrbit`. Normals and increments are rounded by a few units in the last place,
for which `linear` leaves room; gradients, which may lose more, are given with their errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from neural_spectra.bounds.affine_forms import FEW, AffineForms, linear
from neural_spectra.bounds.annuli import Annulus, StripCells, Triangles
from neural_spectra.bounds.certified_quantities import trace_on_cells, velocity_on_cells
from neural_spectra.bounds.interval_jacobians import enclose, mean_value
from neural_spectra.networks.multilayer_perceptron import Network


def outwardness(network: Network, annulus: Annulus, cells: StripCells) -> tuple[Tensor, Tensor]:
    """Bound the velocity out of the annulus through parts of its edges, and find its values."""
    edges = annulus.edges
    start, end = edges.starts[cells.piece], edges.ends[cells.piece]
    along = end - start
    # Out of the annulus is left of the left curve's edges, and right of the right one's.
    left = (cells.piece < len(annulus.left)).unsqueeze(-1)
    normal = torch.stack([-along[:, 1], along[:, 0]], -1)
    normal = torch.where(left, normal, -normal)
    # Its rounding, of a few units in the last place, is what `linear` allows for.
    normal = normal / torch.linalg.vector_norm(normal, dim=-1, keepdim=True)
    bound = linear(velocity_on_cells(network, cells.shape), normal.unsqueeze(-2)).upper().flatten()
    half = cells.shape.generators.squeeze(-2)
    ends = torch.cat([cells.centres - half, cells.centres + half])
    values = (network(ends).reshape(2, *normal.shape) * normal).sum(-1).amax(0)
    return bound.unsqueeze(0), values.unsqueeze(0)


@dataclass(frozen=True)
class AnnulusQuantities:
    """The quantities −τ̇, div(e^β f)/e^β, τ̇, e and −e on the cells of an annulus.

    Parameters
    ----------
    network
        f.
    triangles
        The gradients of the annulus.
    gains
        By how much b falls along each quadrilateral.
    time_steps
        By how much τ grows along each.
    """

    network: Network
    triangles: Triangles
    gains: Tensor
    time_steps: Tensor

    def evaluate(self, cells: StripCells) -> tuple[Tensor, Tensor]:
        """Bound them, and find their values at the cells' centres."""
        enclosure = enclose(self.network, cells.shape)
        velocity = mean_value(self.network, cells.shape, enclosure)
        both = zip(velocity, trace_on_cells(enclosure.jacobian), strict=True)
        velocity_and_divergence = AffineForms(*(torch.cat(pair, -1) for pair in both))
        weights, errors = self._weights(cells.piece)
        bounds = linear(velocity_and_divergence, weights, weight_errors=errors).upper()
        f, jacobian = self.network.value_and_jacobian(cells.centres)
        trace = jacobian.diagonal(dim1=-2, dim2=-1).sum(-1, keepdim=True)
        values = (weights @ torch.cat([f, trace], -1).unsqueeze(-1)).squeeze(-1)
        return _over_triangles(bounds.squeeze(-2)), _over_triangles(values)

    def _weights(self, piece: Tensor) -> tuple[Tensor, Tensor]:
        """Return the quantities as linear functions of f and tr Df, on either triangle."""
        rate = math.fsum(self.gains.tolist()) / math.fsum(self.time_steps.tolist())
        gains, step = self.gains[piece], self.time_steps[piece]
        factors = torch.stack([-step, rate * step - gains, step, -gains, gains])
        sizes = torch.stack([step, abs(rate) * step + gains.abs(), step, gains.abs(), gains.abs()])
        divergences = torch.tensor([0.0, 1.0, 0.0, 1.0, -1.0], dtype=torch.float64)
        gradients = self.triangles.gradients[piece]
        rounding = self.triangles.rounding[piece].unsqueeze(-1)
        along = factors[..., None, None] * gradients
        errors = sizes[..., None, None] * gradients.abs() * (rounding + FEW)
        last = divergences[:, None, None, None].expand(*along.shape[:-1], 1)
        weights = torch.cat([along, last], -1)
        errors = torch.cat([errors, torch.zeros_like(last)], -1)
        return weights.movedim(1, 0).flatten(1, 2), errors.movedim(1, 0).flatten(1, 2)


def _over_triangles(values: Tensor) -> Tensor:
    """Return the larger value of the two triangles, for each quantity and each cell."""
    return values.reshape(len(values), -1, 2).amax(-1).mT
