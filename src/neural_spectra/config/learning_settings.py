"""What ``config/open_questions.yaml`` may say of batch normalisation and of deep networks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from neural_spectra.config.checking import Count, Curves, Listed, Model, Positive, Seeds
from neural_spectra.config.size_limits import require_room, require_steps

Width = Annotated[int, Field(ge=1, le=1000)]


class BatchNormalisation(Model):
    """Saturation outside the data with and without batch normalisation."""

    # Repeated widths are the usual case; a figure has a column for each layer.
    hidden: Annotated[list[Width], Field(min_length=1, max_length=6)]
    seeds: Seeds
    radius: Positive
    points: Annotated[int, Field(ge=2, le=1_000_000)]
    target: Positive
    optimiser: Literal["Adam", "SGD"]
    learning_rate: Positive
    steps: Count
    radii: Listed[Positive]

    def _check_together(self) -> None:
        widest = max(self.hidden)
        require_room("seeds · points · hidden", self.seeds * self.points * widest)
        require_room("seeds · hidden · hidden", 2 * self.seeds * widest**2)
        require_steps("steps · seeds", 2 * self.steps * self.seeds, 1)


class LearningAndRadius(Model):
    """The loss that deep networks reach, by the spectral radius of their A*."""

    depths: Curves[Annotated[int, Field(ge=1, le=256)]]
    widths: Curves[Annotated[int, Field(ge=1, le=256)]]
    activations: Listed[Literal["tanh", "relu"]]
    gains: Listed[Positive]
    seeds: Seeds
    frequency: Positive
    points: Count
    states: Count
    target: Positive
    learning_rates: Listed[Positive]
    steps: Count

    def _check_together(self) -> None:
        if self.states > self.points:
            raise ValueError(
                f"states = {self.states} are taken from the points, of which there are "
                f"{self.points}; lower states or raise points"
            )
        widest, deepest = max(self.widths), max(self.depths)
        networks = self.seeds * len(self.gains)
        # All layers' weights with what Adam keeps of each, and all layers' states.
        per_layer = widest * max(4 * widest, 2 * self.points)
        require_room("seeds · gains · depths · widths", networks * deepest * per_layer)
        require_room("seeds · gains · states · widths", 4 * networks * self.states * widest**2)
        cells = 2 * len(self.activations) * len(self.widths) * sum(self.depths)
        tries = self.steps * len(self.learning_rates)
        require_steps("steps · learning_rates · depths · widths · activations", tries * cells, 1)
