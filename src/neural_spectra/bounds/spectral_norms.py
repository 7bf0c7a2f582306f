"""Spectral norms of large batches of small matrices."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


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
    """
    largest = a.abs().amax((-2, -1))
    scale = torch.where(largest > 0, largest, 1.0)
    a = a / scale[..., None, None]
    gram = a @ a.mT if a.shape[-2] <= a.shape[-1] else a.mT @ a
    return scale * largest_eigenvalue(gram).sqrt()
