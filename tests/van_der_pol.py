"""An oscillator without a formula for its orbit, to try what needs none."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.reference_systems import ReferenceSystem


@dataclass(frozen=True)
class VanDerPol(ReferenceSystem):
    """The oscillator ẋ = y, ẏ = μ (1 − x²) y − x, whose divergence varies along its orbit.

    Parameters
    ----------
    mu
        Strength μ of the non-linear damping.
    """

    mu: float = 1.0
    dimension = 2

    def value_and_jacobian(
        self, x: Float[Tensor, "*batch points dimension"]
    ) -> tuple[
        Float[Tensor, "*batch points dimension"],
        Float[Tensor, "*batch points dimension dimension"],
    ]:
        """Evaluate f and Df."""
        x, y = x.unbind(-1)
        damping = self.mu * (1 - x**2)
        rows = [0 * x, 1 + 0 * x, -2 * self.mu * x * y - 1, damping]
        jacobian = torch.stack(rows, dim=-1).unflatten(-1, (2, 2))
        return torch.stack([y, damping * y - x], dim=-1), jacobian
