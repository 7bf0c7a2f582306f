"""Linear maps whose eigenvalues come in symmetric pairs: skew-symmetric and symplectic ones."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from neural_spectra.errors import InputError
from neural_spectra.networks.eigenvalue_constrained_maps import RangedMap, StructuredMap, identity
from neural_spectra.networks.random_numbers_on_any_device import uniform


class SkewSymmetric(RangedMap):
    """L − Lᵀ − γI, eq. (24), L lower triangular: every eigenvalue has the real part −γ.

    −γ lies in the range; λ_min = λ_max = −γ keeps γ fixed, as in the paper. L ~ U(±1/√n).
    """

    def _draw(self, generator: torch.Generator) -> None:
        self.lower = nn.Parameter(self.default(generator, self.dimension, self.dimension))
        self.damping = nn.Parameter(uniform(generator, 1))

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        lower = self.lower.tril(-1)
        return lower - lower.mT + self.into_range(self.damping) * identity(self.dimension)


class EvenMap(StructuredMap):
    """A map on positions and momenta, n/2 of each.

    Raises
    ------
    InputError
        If the dimension is odd.
    """

    def __init__(self, dimension: int, generator: torch.Generator) -> None:
        if dimension % 2:
            raise InputError(f"a symplectic map needs an even dimension, not {dimension}")
        super().__init__(dimension, generator)


class HamiltonianPrinted(EvenMap):
    """[[0, B], [−Bᵀ, 0]], eq. (25) as printed, B ~ U(±1/√n).

    The paper calls it symplectic with the dominant eigenvalue 1. It is skew-symmetric: its
    eigenvalues are ±i times the singular values of B, and it is symplectic for orthogonal B only.
    """

    def _draw(self, generator: torch.Generator) -> None:
        half = self.dimension // 2
        self.weight = nn.Parameter(self.default(generator, half, half))

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        zero = torch.zeros_like(self.weight)
        rows = (torch.cat((zero, self.weight), 1), torch.cat((-self.weight.mT, zero), 1))
        return torch.cat(rows)


class Symplectic(EvenMap):
    """exp(J S) with J = [[0, I], [−I, 0]] and S symmetric: AᵀJA = J.

    The flow of the Hamiltonian xᵀSx/2 over a unit of time. Eigenvalues come in pairs λ, 1/λ.
    S = (W + Wᵀ)/2, W ~ U(±1/√n).
    """

    def _draw(self, generator: torch.Generator) -> None:
        self.weight = nn.Parameter(self.default(generator, self.dimension, self.dimension))

    def matrix(self) -> Float[Tensor, "n n"]:
        """Return A."""
        symmetric = (self.weight + self.weight.mT) / 2
        top, bottom = symmetric.chunk(2)
        flow: Tensor = torch.linalg.matrix_exp(torch.cat((bottom, -top)))
        return flow
