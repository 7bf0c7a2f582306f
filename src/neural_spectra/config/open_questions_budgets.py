"""What may be set of deep saturated networks, and of networks within a Lipschitz budget."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from neural_spectra.config.checking import (
    Count,
    Curves,
    Listed,
    Model,
    Positive,
    Seeds,
    Tolerance,
)
from neural_spectra.config.size_limits import not_tiny, require_room, require_steps

# The keys of `unit_slope_activations.UNIT_SLOPE`.
UnitSlopeName = Literal[
    "tanh", "sigmoid", "arctan", "erf", "sin", "softplus", "silu", "gelu"
]  # fmt: skip
Delta = Annotated[float, Field(gt=0, le=1), AfterValidator(not_tiny)]
Units = Annotated[int, Field(ge=1, le=1000)]


class DepthAttenuation(Model):
    """The bound C_W δ^q against the Jacobian, by depth and by the number of saturated layers."""

    layers: Curves[Annotated[int, Field(ge=1, le=64)]]
    width: Units
    seeds: Seeds
    deltas: Listed[Delta]
    radius: Positive

    def _check_together(self) -> None:
        smallest = max(self.layers) * math.log10(min(self.deltas))
        if smallest < -250:
            raise ValueError(
                f"deltas: {min(self.deltas):g} in each of {max(self.layers)} layers underflows "
                f"float64; raise it or take fewer layers"
            )
        networks = self.seeds * len(self.deltas)
        require_room("seeds · deltas · width", 512 * 2 * networks * self.width)


class Stage(Model):
    """A stage of training at one learning rate."""

    learning_rate: Positive
    steps: Count


class CycleSearch(Model):
    """A simulation whose last turn is a guess of a cycle, and how accurately it is refined."""

    duration: Positive
    step: Positive
    segments: Annotated[int, Field(ge=2, le=1000)]
    tolerance: Tolerance

    def _check_together(self) -> None:
        require_steps("duration / step", self.duration, self.step, least=self.segments)


class ActivationsAtEqualBudget(Model):
    """Networks of different activations within the same Lipschitz budgets."""

    activations: Listed[UnitSlopeName]
    budgets: Curves[Positive]
    hidden: Units
    seeds: Seeds
    radius: Positive
    points: Count
    target: Positive
    optimiser: Literal["Adam", "SGD"]
    stages: Annotated[list[Stage], Field(min_length=2, max_length=100)]
    cycles: CycleSearch

    def _check_together(self) -> None:
        rates = [stage.learning_rate for stage in self.stages]
        if not all(after < before for before, after in pairwise(rates)):
            raise ValueError(f"stages: the learning rates {rates} do not fall; sort or lower them")
        networks = self.seeds * len(self.budgets)
        require_room("budgets · seeds · points · hidden", networks * self.points * self.hidden)
        steps = sum(stage.steps for stage in self.stages)
        require_steps("steps · activations", steps * len(self.activations), 1)
