"""What the config may say about the grid of Appendix D."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from neural_spectra.config import Count, Model, Positive, seed_chunks
from neural_spectra.studies.affine_maps.curated_settings import ActivationName, Following, Seed

Activations = Annotated[list[ActivationName], Field(min_length=1)]


class Weights(Model):
    """The weight sets; those of the seeds 0, 1, … are drawn."""

    seeds: Count


class Models(Model):
    """The models of one seed, with their grids."""

    seed: Seed
    activations: Activations
    extent: Positive
    points: Count
    starts: Count
    segments: Count
    following: Following


class ClassCounts(Model):
    """The classes of the models of all seeds."""

    activations: Activations
    extent: Positive
    starts: Count
    following: Following
    seeds_per_job: Count


class Counterexamples(Model):
    """The paper's statements on the models of one seed."""

    radius: Positive
    length: Annotated[int, Field(ge=1, le=3)]


class ModelGrid(Model):
    """All of Appendix D; a block for each table."""

    weights: Weights
    models: Models
    class_counts: ClassCounts
    counterexamples: Counterexamples

    @model_validator(mode="after")
    def _seed_is_drawn(self) -> ModelGrid:
        if self.models.seed >= self.weights.seeds:
            raise ValueError(
                f"models.seed = {self.models.seed}, but weights.seeds = {self.weights.seeds} draws "
                f"the seeds 0 to {self.weights.seeds - 1} only; raise weights.seeds"
            )
        return self

    @property
    def seed_chunks(self) -> list[str]:
        """The seeds cut into jobs of `class_counts`, such as "0-9" and "10-19"."""
        return seed_chunks(self.weights.seeds, self.class_counts.seeds_per_job)

    def parameters(self, table: str) -> dict[str, Any]:
        """Return the settings that the job of one table takes, as plain values."""
        block: Model = getattr(self, table)
        return block.model_dump(exclude={"seeds_per_job"})
