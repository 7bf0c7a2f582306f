"""Floquet multipliers from the propagators of a period's segments, with error estimates.

The eigenvalues of one monodromy matrix lose every multiplier below about 1e-16 of the largest. The
segments' propagators lose none, as each is of moderate condition: the methods here that need small
multipliers never multiply them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Complex, Float, Int64
from torch import Tensor

from neural_spectra.flows.monodromy import Propagators, scaled_product
from neural_spectra.networks.random_numbers import normal

_RESOLVED = 1e-8
_PERIODS = 30
_SEPARATED = 1e-12
_EPSILON = torch.finfo(torch.float64).eps


class Method(IntEnum):
    """How a multiplier was found (see ``multipliers``)."""

    NONE = 0
    EIGENVALUES = 1
    QR = 2
    PERIODIC_SCHUR = 3

    @property
    def label(self) -> str:
        """The method's name, for tables."""
        return self.name.lower()


@dataclass(frozen=True)
class Multipliers:
    """The Floquet multipliers μ of each member, by falling modulus.

    Parameters
    ----------
    phase
        μ/|μ|.
    log_modulus
        ln|μ|.
    error_estimate
        Absolute error of ``log_modulus``, that is, relative error of |μ|: how much a looser
        tolerance of the solver changes it, plus what rounding can, plus (except for "eigenvalues")
        by how much the sum of all ln|μ| misses Liouville's ∮ tr Df dt.
    method
        The ``Method`` that gave each multiplier; ``NONE``, and NaN in the other columns, where the
        propagators are not finite.
    """

    phase: Complex[Tensor, "*batch dimension"]
    log_modulus: Float[Tensor, "*batch dimension"]
    error_estimate: Float[Tensor, "*batch dimension"]
    method: Int64[Tensor, "*batch dimension"]

    @property
    def real(self) -> Float[Tensor, "*batch dimension"]:
        """Real part of μ; 0 or ±∞ beyond the range of float64."""
        return self.phase.real * self.log_modulus.exp()

    @property
    def imag(self) -> Float[Tensor, "*batch dimension"]:
        """Imaginary part of μ; 0 or ±∞ beyond the range of float64."""
        return self.phase.imag * self.log_modulus.exp()


def multipliers(
    propagators: Propagators, looser: Propagators, generator: torch.Generator
) -> Multipliers:
    """Find the Floquet multipliers, each by the first method that resolves it.

    - Eigenvalues of the monodromy matrix, where their error estimate is at most 1e-8: the change
      of M between the two tolerances and the rounding of the product, times the eigenvalue's
      condition number, relative to |μ|.
    - QR: orthogonal iteration over the segments for 30 periods, from a random start (from the
      identity it can sit on the wrong direction). A multiplier whose modulus is well separated
      converges to a diagonal entry of the triangular factors, accurate however small it is.
    - Periodic Schur: where moduli are equal or too close to separate (complex pairs), the
      eigenvalues of the diagonal block that holds them, multiplied up over one period of the same
      iteration. Its moduli are of one order, so they are accurate however small they are.

    Parameters
    ----------
    propagators
        The propagators at the tolerances wanted.
    looser
        The same from a solve with looser tolerances, for the error estimate.
    generator
        Source of the random start.
    """
    finite = (propagators.matrices + looser.matrices).isfinite().flatten(-3).all(-1)
    # LAPACK refuses NaN for the whole batch.
    tight = propagators.matrices.masked_fill(~finite[..., None, None, None], 1.0)
    loose = looser.matrices.masked_fill(~finite[..., None, None, None], 1.0)
    whole = _by_eigenvalues(tight, loose)
    parts = _by_segments(tight, loose, propagators.log_determinant, generator)
    resolved, finite = whole.error_estimate <= _RESOLVED, finite[..., None]
    return Multipliers(
        whole.phase.where(resolved, parts.phase).where(finite, torch.nan),
        whole.log_modulus.where(resolved, parts.log_modulus).where(finite, torch.nan),
        whole.error_estimate.where(resolved, parts.error_estimate).where(finite, torch.nan),
        whole.method.where(resolved, parts.method).where(finite, int(Method.NONE)),
    )


class _Spectrum(NamedTuple):
    """Eigenvalues by falling modulus, and the size of the diagonal block each comes from."""

    phase: Tensor
    log_modulus: Tensor
    condition: Tensor
    size: Tensor


def _by_eigenvalues(tight: Tensor, loose: Tensor) -> Multipliers:
    product, log_scale = scaled_product(tight)
    spectrum = _spectrum(product, log_scale)
    looser, looser_log_scale = scaled_product(loose)
    change = (product - looser * (looser_log_scale - log_scale).exp()[..., None, None]).abs()
    # |fl(AB) − AB| ≤ d ε |A||B|, entry by entry: it also sees cancellation inside the product.
    bound, bound_log_scale = scaled_product(tight.abs())
    segments, d = tight.shape[-3:-1]
    rounding = segments * d * _EPSILON * (bound_log_scale - log_scale).exp()
    shift = torch.linalg.matrix_norm(change + bound * rounding[..., None, None])
    modulus = (spectrum.log_modulus - log_scale[..., None]).exp()
    error = spectrum.condition * shift[..., None] / modulus
    method = torch.full_like(error, int(Method.EIGENVALUES), dtype=torch.int64)
    return Multipliers(spectrum.phase, spectrum.log_modulus, error, method)


def _by_segments(
    tight: Tensor, loose: Tensor, log_determinant: Tensor, generator: torch.Generator
) -> Multipliers:
    d = tight.shape[-1]
    start = torch.linalg.qr(normal(generator, d, d)).Q
    spectrum, looser = _periodic_schur(tight, start), _periodic_schur(loose, start)
    rounding = d * _EPSILON * torch.linalg.cond(tight).sum(-1, keepdim=True)
    # A multiple eigenvalue has no finite condition number, but moves by a root of the change only.
    rounding = torch.minimum(spectrum.condition * rounding, rounding ** (1 / spectrum.size))
    change = (spectrum.log_modulus - looser.log_modulus).abs()
    # Two tolerances can agree on nonsense where a segment contracts to below the tolerance.
    missing = (spectrum.log_modulus.sum(-1) - log_determinant).abs()
    error = (change + rounding + missing[..., None]).nan_to_num(nan=torch.inf)
    method = torch.where(spectrum.size > 1, int(Method.PERIODIC_SCHUR), int(Method.QR))
    return Multipliers(spectrum.phase, spectrum.log_modulus, error, method)


def _periodic_schur(matrices: Tensor, start: Tensor) -> _Spectrum:
    """Find the multipliers by orthogonal iteration through the segments, Φ_k Q_{k−1} = Q_k R_k.

    Once the leading columns of Q span invariant subspaces, Q_0ᵀ Q_K is block diagonal, so
    Q_0ᵀ M Q_0 = (Q_0ᵀ Q_K) R_K … R_1 is block triangular with the multipliers in its diagonal
    blocks, and a block of the product is the product of the blocks (Bojanczyk, Golub and
    Van Dooren 1992, "The periodic Schur decomposition").
    """
    batch, (segments, d) = matrices.shape[:-3], matrices.shape[-3:-1]
    factors = matrices.reshape(-1, segments, d, d).unbind(1)
    q = start.expand(len(factors[0]), d, d)
    for _ in range(_PERIODS):
        q_start, triangles = q, []
        for factor in factors:
            q, triangle = torch.linalg.qr(factor @ q)
            triangles.append(triangle)
    turn, triangular = q_start.mT @ q, torch.stack(triangles, dim=1)

    coupling = [turn[:, k:, :k].abs().amax((-2, -1)) for k in range(1, d)]
    splits = torch.stack(coupling, dim=-1) < _SEPARATED
    size = torch.ones(len(q), d, dtype=torch.float64)
    result = _Spectrum(size.to(torch.complex128), size.clone(), size.clone(), size)
    for pattern in sorted({tuple(row) for row in splits.tolist()}):
        members = (splits == torch.tensor(pattern)).all(-1)
        edges = [0, *(k + 1 for k, split in enumerate(pattern) if split), d]
        blocks = []
        for i, j in pairwise(edges):
            product, log_scale = scaled_product(triangular[members, :, i:j, i:j])
            blocks.append(_spectrum(turn[members, i:j, i:j] @ product, log_scale))
        for column, parts in zip(result, zip(*blocks, strict=True), strict=True):
            column[members] = torch.cat(parts, dim=-1)
    return _Spectrum(*(column.reshape(*batch, d) for column in result))


def _spectrum(block: Tensor, log_scale: Tensor) -> _Spectrum:
    """Return the eigenvalues of e^log_scale times one block."""
    values, vectors = torch.linalg.eig(block)
    inverse = torch.linalg.inv_ex(vectors).inverse
    condition = vectors.norm(dim=-2) * inverse.norm(dim=-1)
    order = values.abs().argsort(dim=-1, descending=True, stable=True)
    values = values.gather(-1, order)
    return _Spectrum(
        values.sgn(),
        values.abs().log() + log_scale[..., None],
        condition.gather(-1, order).nan_to_num(nan=torch.inf),
        torch.full_like(condition, block.shape[-1]),
    )
