"""Linear maps with singular values in a range: U diag(…) V with U and V orthogonal."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neural_spectra.networks.eigenvalue_constrained_maps import RangedMap, identity
from neural_spectra.networks.random_numbers_on_any_device import normal, uniform


class HouseholderProduct(nn.Module):
    """The orthogonal matrix H_1 … H_{n−1} diag(±1), H_k = I − 2vvᵀ/(vᵀv), v = (0, …, 0, 1, w_k).

    It starts as the Q of a Gaussian matrix whose R has a positive diagonal, uniformly distributed
    over all orthogonal matrices (Stewart 1980). The signs stay as drawn: no small step changes one.
    """

    signs: Tensor

    def __init__(self, dimension: int, generator: torch.Generator) -> None:
        super().__init__()
        reflectors, _ = torch.geqrf(normal(generator, dimension, dimension))
        self.vectors = nn.Parameter(reflectors.tril(-1))
        self.register_buffer("signs", reflectors.diagonal().sign())

    def forward(self) -> Float[Tensor, "n n"]:
        """Return the matrix."""
        vectors = self.vectors.tril(-1)
        scales = 2 / (1 + vectors[:, :-1].square().sum(0))
        q: Tensor = torch.linalg.householder_product(vectors, scales)
        return q * self.signs


class Spectral(RangedMap):
    """U diag(λ_max − (λ_max − λ_min) s(u)) V, eq. (23), with U and V orthogonal, u ~ U(0, 1).

    The singular values are the absolute values of that diagonal. Products of Householder
    reflections (Zhang, Lei and Dhillon 2018) keep U and V orthogonal in training.
    """

    def _draw(self, generator: torch.Generator) -> None:
        self.left = HouseholderProduct(self.dimension, generator)
        self.right = HouseholderProduct(self.dimension, generator)
        self.diagonal = nn.Parameter(uniform(generator, self.dimension))

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        product: Tensor = self.left() * self.into_range(self.diagonal) @ self.right()
        return product


class SpectralRegularised(RangedMap):
    """`Spectral` with free U and V, which a penalty in the loss keeps near orthogonal, eq. (22).

    The range holds only as far as `penalty` is 0, as it is before training.
    """

    def _draw(self, generator: torch.Generator) -> None:
        self.left = nn.Parameter(HouseholderProduct(self.dimension, generator)().detach())
        self.right = nn.Parameter(HouseholderProduct(self.dimension, generator)().detach())
        self.diagonal = nn.Parameter(uniform(generator, self.dimension))

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        return self.left * self.into_range(self.diagonal) @ self.right

    def penalty(self) -> Float[Tensor, ""]:
        """Return ‖I − QQᵀ‖₂ + ‖I − QᵀQ‖₂ summed over Q = U and V, a term for the loss."""
        grams = [gram for q in (self.left, self.right) for gram in (q @ q.mT, q.mT @ q)]
        defects = torch.stack(grams) - identity(self.dimension)
        norms: Tensor = torch.linalg.matrix_norm(defects, ord=2)
        return norms.sum()
