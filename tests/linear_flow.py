"""A linear flow, whose solutions and exponents are those of its matrix."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from neural_spectra.flows.reference_systems import ReferenceSystem


@dataclass(frozen=True)
class Linear(ReferenceSystem):
    """ẋ = A x."""

    matrix: Tensor

    @property
    def dimension(self) -> int:
        return len(self.matrix)

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x @ self.matrix.mT, self.matrix.expand(*x.shape[:-1], *self.matrix.shape)
