"""Reference vector fields whose periodic orbits and Floquet multipliers are known."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.errors import InputError

AnyPoints = Float[Tensor, "... points dimension"]  # of which every member of a batch takes its own
Points = Float[Tensor, "*batch points dimension"]
Jacobians = Float[Tensor, "*batch points dimension dimension"]


@runtime_checkable
class Field(Protocol):
    """An autonomous vector field ẋ = f(x), or a batch of them such as a ``Network``."""

    @property
    def dimension(self) -> int:
        """Dimension d of the state."""

    def __call__(self, x: AnyPoints) -> Points:
        """Evaluate f."""

    def jacobian(self, x: AnyPoints) -> Jacobians:
        """Evaluate Df."""

    def value_and_jacobian(self, x: AnyPoints) -> tuple[Points, Jacobians]:
        """Evaluate f and Df together."""

    def __getitem__(self, index: Any) -> Field:
        """Index the batch axes."""


class ReferenceSystem(ABC):
    """One field that serves every member of a batch: it has no batch axes of its own."""

    dimension: int

    def __call__(self, x: Points) -> Points:
        """Evaluate f."""
        return self.value_and_jacobian(x)[0]

    def jacobian(self, x: Points) -> Jacobians:
        """Evaluate Df."""
        return self.value_and_jacobian(x)[1]

    @abstractmethod
    def value_and_jacobian(self, x: Points) -> tuple[Points, Jacobians]:
        """Evaluate f and Df."""

    def __getitem__(self, index: Any) -> ReferenceSystem:
        """Return the system itself."""
        return self


@dataclass(frozen=True)
class StuartLandau(ReferenceSystem):
    r"""The normal form of a Hopf bifurcation, ż = (μ + iω) z − (1 + ib) |z|² z with z = x + iy.

    For μ = ω = 1 and b = 0: ẋ = x − y − (x² + y²) x, ẏ = x + y − (x² + y²) y, the benchmark of
    Matzakos (2026). The circle |z| = √μ is a periodic orbit with multipliers 1 and e^{−2μT}. Its
    divergence is −2μ all along it, so a test that needs a varying one must look elsewhere.

    Parameters
    ----------
    mu
        Distance μ > 0 from the bifurcation.
    omega
        Linear angular frequency ω.
    shear
        Dependence b of the angular frequency on the squared radius.

    Raises
    ------
    InputError
        If there is no periodic orbit: μ ≤ 0 or ω = bμ.
    """

    mu: float = 1.0
    omega: float = 1.0
    shear: float = 0.0
    dimension = 2

    def __post_init__(self) -> None:
        if self.mu <= 0 or self.angular_frequency == 0:
            raise InputError(
                f"Stuart–Landau has a periodic orbit only for mu > 0 and omega ≠ shear·mu; "
                f"got mu = {self.mu}, omega = {self.omega}, shear = {self.shear}"
            )

    @property
    def radius(self) -> float:
        """Radius √μ of the periodic orbit."""
        return math.sqrt(self.mu)

    @property
    def angular_frequency(self) -> float:
        """Angular frequency ω − bμ on the periodic orbit."""
        return self.omega - self.shear * self.mu

    @property
    def period(self) -> float:
        """Period T of the orbit."""
        return 2 * math.pi / abs(self.angular_frequency)

    @property
    def log_determinant(self) -> float:
        """Exact ln det of the monodromy matrix, −2μT."""
        return -2 * self.mu * self.period

    @property
    def log_multipliers(self) -> tuple[float, ...]:
        """Logarithms of the exact Floquet multipliers (all positive), by falling modulus."""
        return (0.0, self.log_determinant)

    def orbit(self, t: Float[Tensor, "*times"]) -> Float[Tensor, "*times dimension"]:
        """Return the periodic orbit at the times ``t``, from (√μ, 0) at t = 0."""
        angle = self.angular_frequency * t
        return self.radius * torch.stack((angle.cos(), angle.sin()), dim=-1)

    def value_and_jacobian(self, x: Points) -> tuple[Points, Jacobians]:
        """Evaluate f and Df."""
        x, y = x.unbind(-1)
        square = x**2 + y**2
        growth, frequency = self.mu - square, self.omega - self.shear * square
        b = self.shear
        value = _vector(growth * x - frequency * y, frequency * x + growth * y)
        jacobian = _matrix(
            (growth - 2 * x * (x - b * y), -frequency - 2 * y * (x - b * y)),
            (frequency - 2 * x * (y + b * x), growth - 2 * y * (y + b * x)),
        )
        return value, jacobian


@dataclass(frozen=True)
class UnstableAxis(ReferenceSystem):
    r"""Stuart–Landau with a third axis ẋ₃ = λ x₃ along which its orbit repels.

    For 0 < λ < 2μ the monodromy matrix has det M = e^{(λ − 2μ)T} < 1, yet the orbit does not
    attract: for d > 2 a determinant below 1 is necessary for attraction, not sufficient.

    Parameters
    ----------
    planar
        The Stuart–Landau system in the plane x₃ = 0.
    rate
        Growth rate λ of x₃.
    """

    planar: StuartLandau
    rate: float
    dimension = 3

    @property
    def period(self) -> float:
        """Period T of the orbit."""
        return self.planar.period

    @property
    def log_determinant(self) -> float:
        """Exact ln det of the monodromy matrix, (λ − 2μ)T."""
        return self.planar.log_determinant + self.rate * self.period

    @property
    def log_multipliers(self) -> tuple[float, ...]:
        """Logarithms of the exact Floquet multipliers (all positive), by falling modulus."""
        return tuple(sorted((*self.planar.log_multipliers, self.rate * self.period), reverse=True))

    def orbit(self, t: Float[Tensor, "*times"]) -> Float[Tensor, "*times dimension"]:
        """Return the periodic orbit at the times ``t``."""
        return torch.nn.functional.pad(self.planar.orbit(t), (0, 1))

    def value_and_jacobian(self, x: Points) -> tuple[Points, Jacobians]:
        """Evaluate f and Df."""
        value, jacobian = self.planar.value_and_jacobian(x[..., :2])
        jacobian = torch.nn.functional.pad(jacobian, (0, 1, 0, 1))
        jacobian[..., 2, 2] = self.rate
        return torch.cat((value, self.rate * x[..., 2:]), dim=-1), jacobian


def _vector(*components: Tensor) -> Tensor:
    return torch.stack(components, dim=-1)


def _matrix(*rows: tuple[Tensor, ...]) -> Tensor:
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)
