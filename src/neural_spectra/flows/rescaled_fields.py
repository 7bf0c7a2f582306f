"""Vector fields in coordinates and a time of their own, so that no search depends on units.

A neuron in millivolts and milliseconds rests at −65 and spikes for 50: a tolerance relative to the
state then means little, and below the rounding of −65 nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.reference_systems import AnyPoints, Field, Jacobians, Points

_EPSILON = torch.finfo(torch.float64).eps
_ROUNDINGS = 64

PerMember = Float[Tensor, " batch"]
States = Float[Tensor, "batch points dimension"]


@dataclass(frozen=True)
class Rescaled:
    """A batch of fields ẋ = f(x) in the coordinates y and the time τ: x = c + S y, t = u τ.

    Parameters
    ----------
    field
        f, one for each member.
    center
        c.
    scale
        The diagonal of S, positive.
    unit
        u, positive.
    """

    field: Field
    center: Float[Tensor, "batch dimension"]
    scale: Float[Tensor, "batch dimension"]
    unit: PerMember

    @property
    def dimension(self) -> int:
        """Dimension d of the state."""
        return self.field.dimension

    def __getitem__(self, index: Any) -> Rescaled:
        """Index the batch axis."""
        return Rescaled(self.field[index], self.center[index], self.scale[index], self.unit[index])

    def to_own(self, x: States) -> States:
        """Return the coordinates y of states x."""
        return (x - self.center.unsqueeze(1)) / self.scale.unsqueeze(1)

    def from_own(self, y: AnyPoints) -> AnyPoints:
        """Return the states x at the coordinates y."""
        return self.center.unsqueeze(1) + self.scale.unsqueeze(1) * y

    def __call__(self, x: AnyPoints) -> Points:
        """Evaluate dy/dτ at y, which the other fields call x."""
        return self.field(self.from_own(x)) * (self.unit[:, None] / self.scale).unsqueeze(1)

    def jacobian(self, x: AnyPoints) -> Jacobians:
        """Evaluate the derivative of dy/dτ by y."""
        return self.field.jacobian(self.from_own(x)) * self._factors

    def value_and_jacobian(self, x: AnyPoints) -> tuple[Points, Jacobians]:
        """Evaluate dy/dτ and its derivative together."""
        value, jacobian = self.field.value_and_jacobian(self.from_own(x))
        velocity = value * (self.unit[:, None] / self.scale).unsqueeze(1)
        return velocity, jacobian * self._factors

    def matrices_in_states(
        self, matrices: Float[Tensor, "batch segments dimension dimension"]
    ) -> Float[Tensor, "batch segments dimension dimension"]:
        """Return linear maps between coordinates y as maps between states: S Φ S^{−1}."""
        return matrices * self._ratios

    @property
    def rounding(self) -> PerMember:
        """Return how far rounding of the states x can move the coordinates y."""
        return (_EPSILON * self.center.abs() / self.scale).amax(-1)

    @property
    def _ratios(self) -> Tensor:
        return (self.scale.unsqueeze(-1) / self.scale.unsqueeze(-2)).unsqueeze(1)

    @property
    def _factors(self) -> Tensor:
        return self.unit[:, None, None, None] / self._ratios


@dataclass(frozen=True)
class Backwards:
    """The field −f, whose trajectories are those of f run backwards in time."""

    field: Field

    @property
    def dimension(self) -> int:
        """Dimension d of the state."""
        return self.field.dimension

    def __getitem__(self, index: Any) -> Backwards:
        """Index the batch axes."""
        return Backwards(self.field[index])

    def __call__(self, x: AnyPoints) -> Points:
        """Evaluate −f."""
        return -self.field(x)

    def jacobian(self, x: AnyPoints) -> Jacobians:
        """Evaluate −Df."""
        return -self.field.jacobian(x)

    def value_and_jacobian(self, x: AnyPoints) -> tuple[Points, Jacobians]:
        """Evaluate −f and −Df together."""
        value, jacobian = self.field.value_and_jacobian(x)
        return -value, -jacobian


def with_clock_of_its_own(
    field: Field, start: Float[Tensor, "batch dimension"], span: PerMember
) -> Rescaled:
    """Measure time by the fastest rate of a field at its start, or by its speed over the span.

    Parameters
    ----------
    field
        The batch of fields.
    start
        Where trajectories start: the origin of the new coordinates.
    span
        How far apart interesting states lie; a field that is constant near its start has no rate,
        but takes its time to travel that far.
    """
    value, jacobian = field.value_and_jacobian(start.unsqueeze(1))
    usable = jacobian.isfinite().all(-1).all(-1)[..., None, None]
    rate = torch.linalg.eigvals(jacobian.where(usable, 0.0)).abs().amax(-1).squeeze(1)
    rate = torch.maximum(rate, value.squeeze(1).norm(dim=-1) / span)
    unit = (1 / rate).where((rate > 0) & rate.isfinite(), 1.0)
    return Rescaled(field, start, span.unsqueeze(-1).expand_as(start).contiguous(), unit)


def with_units_of_its_own(field: Field, points: States, period: PerMember) -> Rescaled:
    """Measure each component by the range that the points span, from their middle, and time by T.

    Components that move by no more than rounding get the unit of the one that moves farthest.
    """
    low, high = points.amin(1), points.amax(1)
    half, center = (high - low) / 2, (high + low) / 2
    moves = half > _ROUNDINGS * _EPSILON * center.abs()
    scale = half.where(moves, half.amax(-1, keepdim=True))
    return Rescaled(field, center, scale.where((scale > 0) & scale.isfinite(), 1.0), period)
