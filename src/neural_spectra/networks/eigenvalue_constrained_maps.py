"""Trainable linear maps whose eigenvalues or singular values stay in a range by construction.

The factorisations of Drgoňa et al. (2020), Appendix B, eqs. (21)–(26), as torch modules: whatever
the values of the parameters, the matrix obeys its constraint, so training cannot leave it. A range
[λ_min, λ_max] has the centre c and the radius r, half its width; s is the logistic sigmoid.

The paper and the experiment code behind its figures differ in places; the classes say which of the
two they follow. That code multiplies row vectors from the right: its weight is A transposed.
`structured_networks` looks the classes up by name and draws whole networks of them.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neural_spectra.errors import InputError
from neural_spectra.networks.random_numbers_on_any_device import normal, uniform
from neural_spectra.networks.weight_recipes import require_range


class StructuredMap(nn.Module, ABC):
    """The affine map x ↦ A x + b, with A given by `matrix`; b starts as U(±1/√n).

    Parameters
    ----------
    dimension
        n, of both x and the result.
    generator
        Source of the parameters' initial values.

    Raises
    ------
    InputError
        If the dimension is below 1.
    """

    def __init__(self, dimension: int, generator: torch.Generator) -> None:
        super().__init__()
        if dimension < 1:
            raise InputError(f"a structured map needs a dimension of at least 1, not {dimension}")
        self.dimension = dimension
        self._draw(generator)
        self.bias = nn.Parameter(self.default(generator, dimension))

    @abstractmethod
    def _draw(self, generator: torch.Generator) -> None:
        """Create the parameters that A is made of."""

    @abstractmethod
    def matrix(self) -> Float[Tensor, "out in"]:
        """Return A."""

    def forward(self, x: Float[Tensor, "*batch in"]) -> Float[Tensor, "*batch out"]:
        """Return A x + b."""
        return x @ self.matrix().mT + self.bias

    def default(self, generator: torch.Generator, *shape: int) -> Tensor:
        """Draw from U(±1/√n), torch's default for linear layers."""
        return (2 * uniform(generator, *shape) - 1) / math.sqrt(self.dimension)


class RangedMap(StructuredMap):
    """A map whose eigenvalues, or singular values, have a range.

    Parameters
    ----------
    dimension, generator
        As for `StructuredMap`.
    lambda_min, lambda_max
        Both ends of the range.

    Raises
    ------
    InputError
        If the range is empty or not finite.
    """

    def __init__(
        self, dimension: int, generator: torch.Generator, lambda_min: float, lambda_max: float
    ) -> None:
        require_range(lambda_min, lambda_max)
        self.lambda_min, self.lambda_max = lambda_min, lambda_max
        self.centre, self.radius = (lambda_min + lambda_max) / 2, (lambda_max - lambda_min) / 2
        super().__init__(dimension, generator)

    def into_range(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Return λ_max − (λ_max − λ_min) s(x), eqs. (21a) and (23a)."""
        return self.lambda_max - (self.lambda_max - self.lambda_min) * torch.sigmoid(x)


class Unstructured(StructuredMap):
    """A ~ U(±1/√n); nothing bounds its eigenvalues."""

    def _draw(self, generator: torch.Generator) -> None:
        self.weight = nn.Parameter(self.default(generator, self.dimension, self.dimension))

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        return self.weight


class GershgorinComplex(RangedMap):
    """Diagonal c − r(s(g) − ½), g ~ N(0, 1); off-diagonal −(r/2) softmax(M), M ~ U(0, 1).

    The softmax runs over all off-diagonal entries, so every Gershgorin disc lies in |λ − c| ≤ r. In
    two dimensions the eigenvalues are real nevertheless, because both off-diagonal entries have the
    same sign; those of `GershgorinSigned` need not be. This is the experiment code's "complex".
    """

    def _draw(self, generator: torch.Generator) -> None:
        self.diagonal = nn.Parameter(normal(generator, self.dimension))
        self.weight = nn.Parameter(uniform(generator, self.dimension, self.dimension))

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        return self.with_shares(self.weight)

    def with_shares(self, logits: Float[Tensor, "n n"]) -> Float[Tensor, "n n"]:
        """Return A, its off-diagonal entries shared out by the softmax of ``logits``."""
        diagonal = self.centre - self.radius * (torch.sigmoid(self.diagonal) - 0.5)
        shares = without_diagonal(logits, -1e300).flatten().softmax(0).reshape(logits.shape)
        return diagonal.diag() - self.radius / 2 * without_diagonal(shares)


class GershgorinReal(GershgorinComplex):
    """`GershgorinComplex` with M + Mᵀ for M: A is symmetric, its eigenvalues are real."""

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        return self.with_shares(self.weight + self.weight.mT)


class GershgorinEquation(RangedMap):
    """diag(r/s_1, …, r/s_n) M + c I, eq. (26) as printed, with s_j the sum of column j of M.

    The text divides rows by row sums; in two dimensions that would always be [[c, r], [r, c]]. As
    printed, A is random and its eigenvalues are in |λ − c| ≤ r all the same, because the columns of
    the similar matrix M diag(r/s) + c I have that disc (in two dimensions they are c ± r).
    M starts as U(0, 1); it is the sigmoid of a parameter, which keeps it positive in training.
    """

    def _draw(self, generator: torch.Generator) -> None:
        start = uniform(generator, self.dimension, self.dimension)
        self.weight = nn.Parameter(torch.logit(start, eps=1e-12))

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        m = without_diagonal(torch.sigmoid(self.weight))
        # In one dimension there is nothing off the diagonal to divide by its sum.
        column_sums = m.sum(0).clamp(min=1e-300)
        return (self.radius / column_sums).diag() @ m + self.centre * identity(self.dimension)


class GershgorinSigned(RangedMap):
    """Row i gives the share |t_i| of r to the diagonal, c + r t_i, and 1 − |t_i| to the rest.

    t = tanh(g), g ~ N(0, 1); the rest of the row is ± r(1 − |t_i|) softmax(M), M ~ U(0, 1), with +
    above the diagonal and − below it. Every Gershgorin disc lies in |λ − c| ≤ r, and complex pairs
    occur in two dimensions too.
    """

    def _draw(self, generator: torch.Generator) -> None:
        self.diagonal = nn.Parameter(normal(generator, self.dimension))
        self.weight = nn.Parameter(uniform(generator, self.dimension, self.dimension))

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        t = torch.tanh(self.diagonal)
        shares = without_diagonal(without_diagonal(self.weight, -1e300).softmax(-1))
        rest = (self.radius * (1 - t.abs())).unsqueeze(-1) * shares
        return (self.centre + self.radius * t).diag() + rest.triu() - rest.tril()


class PerronFrobenius(RangedMap):
    """Row softmax(A') ∘ (λ_max − (λ_max − λ_min) s(M')), eq. (21); A' ~ U(±1/√n), M' ~ U(0, 1).

    A positive matrix whose row sums, and so its dominant eigenvalue, lie in the range; the other
    eigenvalues are only smaller in modulus. The range must not reach below 0.
    """

    def _draw(self, generator: torch.Generator) -> None:
        self.weight = nn.Parameter(self.default(generator, self.dimension, self.dimension))
        self.damping = nn.Parameter(uniform(generator, self.dimension, self.dimension))

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        return self.weight.softmax(-1) * self.into_range(self.damping)


class PerronFrobeniusColumns(PerronFrobenius):
    """`PerronFrobenius` transposed, as the experiment code has it: the column sums are in range."""

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        return super().matrix().mT


def identity(dimension: int) -> Float[Tensor, "n n"]:
    """Return I."""
    return torch.eye(dimension, dtype=torch.float64)


def without_diagonal(x: Float[Tensor, "n n"], value: float = 0.0) -> Float[Tensor, "n n"]:
    """Replace the diagonal entries by ``value``."""
    return x.masked_fill(torch.eye(len(x), dtype=torch.bool), value)
