"""What the config may say about the grid of Appendix D."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from neural_spectra.config.affine_maps_curated import (
    ROUND,
    ActivationName,
    Extent,
    Following,
    Starts,
)
from neural_spectra.config.checking import Count, Listed, Model, Seed, Seeds, seed_chunks
from neural_spectra.config.size_limits import require_jobs, require_room
from neural_spectra.networks.weight_recipes import APPENDIX_D, DEPTHS

# Of one depth, with bias and without: their models are followed together.
SETS = 2 * len(APPENDIX_D) // len(DEPTHS)


class Weights(Model):
    """The weight sets; those of the seeds 0, 1, … are drawn."""

    seeds: Seeds


class Followed(Model):
    """Models whose orbits start in [−extent, extent]², so many of each."""

    activations: Listed[ActivationName]
    extent: Extent
    starts: Starts
    following: Following

    def _check_together(self) -> None:
        if self.extent >= self.following.escape_radius:
            raise ValueError(
                f"extent = {self.extent:g} reaches to following.escape_radius = "
                f"{self.following.escape_radius:g}, where orbits have escaped; raise that"
            )


class Models(Followed):
    """The models of one seed, with their grids."""

    seed: Seed
    points: Annotated[int, Field(ge=2, le=400)]  # some GB of grid.parquet
    segments: Annotated[int, Field(ge=1, le=1000)]


class ClassCounts(Followed):
    """The classes of the models of all seeds."""

    seeds_per_job: Count


class Counterexamples(Model):
    """The paper's statements on the models of one seed."""

    radius: Extent
    length: Annotated[int, Field(ge=1, le=3)]


class ModelGrid(Model):
    """All of Appendix D; a block for each table."""

    weights: Weights
    models: Models
    class_counts: ClassCounts
    counterexamples: Counterexamples

    def _check_together(self) -> None:
        if self.models.seed >= self.weights.seeds:
            raise ValueError(
                f"models.seed = {self.models.seed}, but weights.seeds = {self.weights.seeds} draws "
                f"the seeds 0 to {self.weights.seeds - 1} only; raise weights.seeds"
            )
        counts = self.class_counts
        require_jobs("class_counts", self.weights.seeds, counts.seeds_per_job)
        seeds = min(self.weights.seeds, counts.seeds_per_job)
        for name, starts in {
            "models": self.models.starts,
            "class_counts": seeds * counts.starts,
        }.items():
            require_room(f"{name}: seeds · starts", SETS * starts * 2 * ROUND)

    @property
    def seed_chunks(self) -> list[str]:
        """The seeds cut into jobs of `class_counts`, such as "0-9" and "10-19"."""
        return seed_chunks(self.weights.seeds, self.class_counts.seeds_per_job)

    def chunk_of(self, seed: int) -> str:
        """Return the one of `seed_chunks` that a seed is in."""
        return self.seed_chunks[seed // self.class_counts.seeds_per_job]

    def parameters(self, table: str) -> dict[str, Any]:
        """Return the settings that the job of one table takes, as plain values."""
        block: Model = getattr(self, table)
        return block.model_dump(exclude={"seeds_per_job"})
