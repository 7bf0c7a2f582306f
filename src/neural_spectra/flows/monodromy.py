"""Monodromy matrices and their determinants, from the variational equation.

A period is cut into segments, and the variational equation Φ' = Df Φ is solved over all of them at
once, each from the identity. The product of the segments' propagators is the monodromy matrix; its
multipliers are found from the factors (see ``floquet_multipliers``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.given_fields import as_field
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.reference_systems import Field

_NODES = 1024  # of the quadrature over a curve


@dataclass(frozen=True)
class Propagators:
    """Solutions of the variational equation over the consecutive segments of a curve.

    Parameters
    ----------
    matrices
        Φ_1 … Φ_K, the propagator of each segment.
    divergence
        ∫ tr Df dt over each segment, integrated beside Φ.
    """

    matrices: Float[Tensor, "*batch segments dimension dimension"]
    divergence: Float[Tensor, "*batch segments"]

    @property
    def log_determinant(self) -> Float[Tensor, "*batch"]:
        """Liouville's ln det M = ∮ tr Df dt, which neither underflows nor cancels."""
        return self.divergence.sum(-1)

    @property
    def log_abs_determinant(self) -> Float[Tensor, "*batch"]:
        """ln|det M| = Σ ln|det Φ_k| of the matrices themselves."""
        log_determinants: Tensor = torch.linalg.slogdet(self.matrices).logabsdet
        return log_determinants.sum(-1)

    @property
    def liouville_defect(self) -> Float[Tensor, "*batch"]:
        """Distance of the two logarithms, which is 0 for an exact solution."""
        return (self.log_abs_determinant - self.log_determinant).abs()

    @property
    def monodromy(self) -> Float[Tensor, "*batch dimension dimension"]:
        """The monodromy matrix M = Φ_K … Φ_1; entries beyond the range of float64 are ±∞."""
        product, log_scale = scaled_product(self.matrices)
        result: Tensor = product * log_scale.exp()[..., None, None]
        return result

    def __getitem__(self, index: Any) -> Propagators:
        """Index the batch axes."""
        return Propagators(self.matrices[index], self.divergence[index])

    def continued_to(self, segments: int) -> Propagators:
        """Add segments of no duration, over which nothing changes, up to this number."""
        more = segments - self.divergence.shape[-1]
        identity = torch.eye(self.matrices.shape[-1], dtype=self.matrices.dtype)
        nothing = identity.expand(*self.matrices.shape[:-3], more, *identity.shape)
        matrices = torch.cat((self.matrices, nothing), dim=-3)
        return Propagators(matrices, torch.nn.functional.pad(self.divergence, (0, more)))


def propagate_along(
    field: Field,
    curve: Callable[[Tensor], Tensor],
    period: float,
    segments: int,
    rtol: float,
    atol: float,
) -> Propagators:
    """Solve the variational equation along a prescribed closed curve, for all fields in one solve.

    Parameters
    ----------
    field
        The batch of vector fields. The curve need not be an orbit of any of them.
    curve
        Maps times of shape ``(segments,)`` to points ``(segments, dimension)``.
    period
        Time T for one turn of the curve.
    segments
        Number K of segments.
    rtol, atol
        Tolerances of the solver.
    """
    field = as_field(field)
    starts = torch.arange(segments, dtype=torch.float64) / segments

    def derivative(t: Tensor, y: Tensor) -> Tensor:
        jacobian = field.jacobian(curve(period * (starts + t / segments)))
        return period / segments * _variation(jacobian, y)

    batch = field.jacobian(curve(period * starts)).shape[:-2]
    identity = _identities(batch, field.dimension)
    end = integrate(derivative, identity, _whole_segment(), rtol, atol)[-1]
    return _unpacked(end, field.dimension)


def propagate_from(
    field: Field,
    points: Float[Tensor, "*batch segments dimension"],
    durations: Float[Tensor, "*batch segments"],
    rtol: float,
    atol: float,
) -> tuple[Propagators, Float[Tensor, "*batch segments dimension"]]:
    """Solve the variational equation along the field's own flow, each segment from its point.

    Parameters
    ----------
    field
        The batch of vector fields.
    points
        Where each segment starts.
    durations
        How long each segment lasts.
    rtol, atol
        Tolerances of the solver.

    Returns
    -------
    Propagators, Tensor
        The propagators, and the points where the segments end. Segments that cannot be
        integrated are NaN.
    """
    field = as_field(field)
    d = field.dimension
    lasting = durations.unsqueeze(-1)

    def derivative(t: Tensor, y: Tensor) -> Tensor:
        value, jacobian = field.value_and_jacobian(y[..., :d])
        return lasting * torch.cat((value, _variation(jacobian, y[..., d:])), dim=-1)

    start = torch.cat((points, _identities(points.shape[:-1], d)), dim=-1)
    end = integrate(derivative, start, _whole_segment(), rtol, atol)[-1]
    return _unpacked(end[..., d:], d), end[..., :d]


def liouville_quadrature(
    field: Field, curve: Callable[[Tensor], Tensor], period: float
) -> tuple[Float[Tensor, "*batch"], Float[Tensor, "*batch"]]:
    """Integrate tr Df over one turn of a known closed curve by the trapezoidal rule.

    On a periodic integrand the rule converges geometrically. It shares nothing with the solver.

    Returns
    -------
    Tensor, Tensor
        The integral, and how far that from every second node is from it.
    """
    field = as_field(field)
    times = period / _NODES * torch.arange(_NODES, dtype=torch.float64)
    divergence = field.jacobian(curve(times)).diagonal(dim1=-2, dim2=-1).sum(-1)
    integral, coarser = period * divergence.mean(-1), period * divergence[..., ::2].mean(-1)
    return integral, (integral - coarser).abs()


def scaled_product(
    matrices: Float[Tensor, "*batch segments dimension dimension"],
) -> tuple[Float[Tensor, "*batch dimension dimension"], Float[Tensor, "*batch"]]:
    """Multiply Φ_K … Φ_1 without overflow.

    Returns
    -------
    Tensor, Tensor
        P, whose largest entry has modulus 1, and the logarithm c of the scale: the product is
        e^c P.
    """
    first, *others = matrices.unbind(-3)
    product, log_scale = _normalised(first)
    for matrix in others:
        product, log_factor = _normalised(matrix @ product)
        log_scale = log_scale + log_factor
    return product, log_scale


def _normalised(matrix: Tensor) -> tuple[Tensor, Tensor]:
    scale = matrix.abs().amax((-2, -1))
    # A product that has vanished stays 0, with the scale −∞.
    return matrix / scale.where(scale > 0, 1.0)[..., None, None], scale.log()


def _whole_segment() -> Tensor:
    """Return the time over a segment: 0 where it starts, 1 where it ends."""
    return torch.tensor([0.0, 1.0], dtype=torch.float64)


def _identities(batch: torch.Size, dimension: int) -> Tensor:
    """Return the start of the variational equation, packed: Φ = 1 and ∫ tr Df dt = 0."""
    start = torch.zeros(*batch, dimension**2 + 1, dtype=torch.float64)
    start[..., : dimension**2 : dimension + 1] = 1.0
    return start


def _variation(jacobian: Tensor, packed: Tensor) -> Tensor:
    """Return Φ' = Df Φ and tr Df, packed."""
    propagator = packed[..., :-1].reshape(jacobian.shape)
    divergence = jacobian.diagonal(dim1=-2, dim2=-1).sum(-1, keepdim=True)
    return torch.cat(((jacobian @ propagator).flatten(-2), divergence), dim=-1)


def _unpacked(packed: Tensor, dimension: int) -> Propagators:
    shape = (*packed.shape[:-1], dimension, dimension)
    return Propagators(packed[..., :-1].reshape(shape), packed[..., -1])
