"""Flows whose equilibria, cycles and multipliers are known, to hold the searches to."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from scipy.integrate import quad
from torch import Tensor

from neural_spectra.flows.reference_systems import Field, ReferenceSystem


@dataclass(frozen=True)
class AffineImage(ReferenceSystem):
    """A field seen in other coordinates and another time: x ↦ c + Q x, t ↦ u t."""

    field: Field
    matrix: Tensor
    shift: Tensor
    unit: float = 1.0

    @property
    def dimension(self) -> int:
        return self.field.dimension

    def image(self, x: Tensor) -> Tensor:
        """Where a state of the original goes."""
        return self.shift + x @ self.matrix.mT

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        inverse = torch.linalg.inv(self.matrix)
        value, jacobian = self.field.value_and_jacobian((x - self.shift) @ inverse.mT)
        return value @ self.matrix.mT / self.unit, self.matrix @ jacobian @ inverse / self.unit


def millivolts(field: Field) -> AffineImage:
    """A field as a neuron would have it: x ↦ −65 + 50 x, t ↦ 20 t."""
    d = field.dimension
    return AffineImage(field, 50 * torch.eye(d).double(), torch.full((d,), -65.0).double(), 20.0)


@dataclass(frozen=True)
class Bistable(ReferenceSystem):
    """ṙ = 0.6 r (−0.1 + r² − r⁴), φ̇ = 0.44: rest attracts inside r² = 0.1127, a cycle at 0.8873."""

    dimension = 2

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        square = x.square().sum(-1)[..., None, None]
        turn = torch.tensor([[0.0, -0.44], [0.44, 0.0]], dtype=torch.float64)
        matrix = 0.6 * (-0.1 + square - square**2) * torch.eye(2).double() + turn
        outer = x.unsqueeze(-1) * x.unsqueeze(-2)
        return (matrix @ x.unsqueeze(-1)).squeeze(-1), matrix + 1.2 * (1 - 2 * square) * outer


@dataclass(frozen=True)
class LevelCurve(ReferenceSystem):
    """ẋ = H_y − λ H H_x, ẏ = −H_x − λ H H_y with H = y²/2 + V(x): H = 0 is a cycle.

    Its period is 2 ∫ dx/√(−2V), its ln det −λ ∮ |∇H|² dt.
    """

    potential: np.polynomial.Polynomial
    attraction: float
    dimension = 2

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x, y = x.unbind(-1)
        v, dv, ddv = (_evaluated(coefficients, x) for coefficients in self._coefficients)
        h, a = y**2 / 2 + v, self.attraction
        value = torch.stack((y - a * h * dv, -dv - a * h * y), dim=-1)
        rows = [
            torch.stack((-a * (dv**2 + h * ddv), 1 - a * y * dv), dim=-1),
            torch.stack((-ddv - a * dv * y, -a * (y**2 + h)), dim=-1),
        ]
        return value, torch.stack(rows, dim=-2)

    @cached_property
    def _coefficients(self) -> list[list[float]]:
        """Coefficients of the potential and its first two derivatives, the highest first."""
        return [self.potential.deriv(k).coef[::-1].tolist() for k in range(3)]

    @cached_property
    def _turning_points(self) -> tuple[float, float]:
        """The two ends of the well in which the cycle runs, that around the lowest minimum."""
        roots = self.potential.roots()
        real = np.sort(roots[np.abs(roots.imag) < 1e-12].real)
        lowest = min(
            (r.real for r in self.potential.deriv().roots() if abs(r.imag) < 1e-12),
            key=self.potential,
        )
        return real[real < lowest].max(), real[real > lowest].min()

    @property
    def start(self) -> Tensor:
        """A state on the cycle."""
        return torch.tensor([[self._turning_points[1], 0.0]], dtype=torch.float64)

    def _integral(self, function: Callable[[Any], Any]) -> float:
        """∮ function(x) dt, by x = m − r cos θ, which takes the roots out of the ends."""
        left, right = self._turning_points
        middle, radius = (left + right) / 2, (right - left) / 2
        quotient, _ = divmod(-2 * self.potential, np.polynomial.Polynomial.fromroots([left, right]))

        def integrand(angle: float) -> float:
            x = middle - radius * math.cos(angle)
            return function(x) / math.sqrt(-quotient(x))

        options = {"limit": 2000, "epsabs": 1e-13, "epsrel": 1e-13}
        return 2 * quad(integrand, 0, math.pi, **options)[0]

    @property
    def period(self) -> float:
        return self._integral(lambda x: 1.0)

    @property
    def log_determinant(self) -> float:
        slope = self.potential.deriv()
        return -self.attraction * self._integral(lambda x: slope(x) ** 2 - 2 * self.potential(x))


def _evaluated(coefficients: list[float], x: Tensor) -> Tensor:
    result = torch.zeros_like(x)
    for coefficient in coefficients:
        result = result * x + coefficient
    return result


@dataclass(frozen=True)
class Bundle(ReferenceSystem):
    """Stuart–Landau's circle with normal directions ż = (B (1 + κ (r² − μ)) + a x) z.

    On the circle the second term is constant on average and commutes with B, so that the normal
    multipliers are those of e^{BT}: any that one likes. An orbit beside the circle has others.
    """

    mu: float
    frequency: float
    normal: Tensor  # B
    sensitivity: float = 0.3  # κ
    modulation: float = 0.5  # a

    @property
    def dimension(self) -> int:
        return 2 + len(self.normal)

    @property
    def period(self) -> float:
        return 2 * math.pi / abs(self.frequency)

    @property
    def log_multipliers(self) -> Tensor:
        """ln|μ|, by falling modulus."""
        planar = torch.tensor([0.0, -2 * self.mu * self.period], dtype=torch.float64)
        normal = torch.linalg.eigvals(self.normal).real * self.period
        return torch.cat((planar, normal)).sort(descending=True).values

    def orbit(self, points: int) -> Tensor:
        """Points equally spaced in time."""
        angle = self.frequency * self.period * torch.arange(points, dtype=torch.float64) / points
        circle = math.sqrt(self.mu) * torch.stack((angle.cos(), angle.sin()), dim=-1)
        return torch.nn.functional.pad(circle, (0, len(self.normal)))

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        u, v, z = x[..., 0], x[..., 1], x[..., 2:]
        excess, identity = u**2 + v**2 - self.mu, torch.eye(len(self.normal)).double()
        rates = self.normal * (1 + self.sensitivity * excess)[..., None, None]
        rates = rates + (self.modulation * u)[..., None, None] * identity
        value = torch.empty_like(x)
        value[..., 0] = -excess * u - self.frequency * v
        value[..., 1] = -excess * v + self.frequency * u
        value[..., 2:] = (rates @ z.unsqueeze(-1)).squeeze(-1)
        jacobian = torch.zeros(*x.shape, self.dimension, dtype=torch.float64)
        jacobian[..., 0, 0], jacobian[..., 1, 1] = -excess - 2 * u**2, -excess - 2 * v**2
        jacobian[..., 0, 1] = -2 * u * v - self.frequency
        jacobian[..., 1, 0] = -2 * u * v + self.frequency
        turned = 2 * self.sensitivity * z @ self.normal.mT
        jacobian[..., 2:, 0] = turned * u.unsqueeze(-1) + self.modulation * z
        jacobian[..., 2:, 1] = turned * v.unsqueeze(-1)
        jacobian[..., 2:, 2:] = rates
        return value, jacobian
