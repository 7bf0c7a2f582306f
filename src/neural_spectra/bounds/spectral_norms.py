"""Spectral norms of large batches of small matrices, and how far they may be too small."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.activation_ranges import UNIT_ROUNDOFF


def largest_eigenvalue(gram: Float[Tensor, "*batch n n"]) -> Float[Tensor, "*batch"]:
    """Largest eigenvalue of symmetric positive semidefinite matrices."""
    if gram.shape[-1] == 1:
        return gram[..., 0, 0]
    if gram.shape[-1] == 2:
        a, b, c = gram[..., 0, 0], gram[..., 0, 1], gram[..., 1, 1]
        return (a + c + torch.hypot(a - c, 2 * b)) / 2
    eigenvalues: Tensor = torch.linalg.eigvalsh(gram)
    return eigenvalues[..., -1]


def spectral_norm(a: Float[Tensor, "*batch rows columns"]) -> Float[Tensor, "*batch"]:
    """Largest singular value, from the Gram matrix of the shorter side.

    The matrix is divided by its largest entry first, so that squaring neither overflows nor
    underflows. Squaring costs the small singular values their digits, the largest one loses none.
    Of a 2 × 2 matrix the sum of the singular values and their difference are two lengths, from
    which their mean is the largest, to a few units in the last place and in a third of the time.
    """
    if a.shape[-2:] == (2, 2):
        a11, a12, a21, a22 = a.flatten(-2).unbind(-1)
        return (torch.hypot(a11 + a22, a12 - a21) + torch.hypot(a11 - a22, a12 + a21)) * 0.5
    largest = a.abs().amax((-2, -1))
    scale = torch.where(largest > 0, largest, 1.0)
    a = a / scale[..., None, None]
    gram = a @ a.mT if a.shape[-2] <= a.shape[-1] else a.mT @ a
    return scale * largest_eigenvalue(gram).sqrt()


def rounded_up(shape: Sequence[int]) -> float:
    """Return what to multiply a computed norm by, so that it bounds the exact one.

    Entries of the Gram matrix G of A, of n products each, err by at most (n + 16) u times the
    product of the lengths of two columns, also if A is itself a product of three numbers. So G errs
    by at most (n + 16) u ‖A‖_F² ≤ (n + 16) u m ‖A‖², with m the shorter side; a backward stable
    eigenvalue adds no more than that. A 2 × 2 matrix takes a sum of two lengths of rounded sums
    instead, none negative, which errs by at most 6u of itself.

    Parameters
    ----------
    shape
        Of A.
    """
    rows, columns = shape[-2:]
    return 1 + 4 * (max(rows, columns) + 16) * min(rows, columns) * UNIT_ROUNDOFF
