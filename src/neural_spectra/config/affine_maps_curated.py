"""What the config may say about the paper's curated models and the search for their seeds."""

from __future__ import annotations

from itertools import chain
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from neural_spectra.config.checking import Finite, Label, Model, Name, Positive, Seed, Seeds
from neural_spectra.config.size_limits import (
    MOST_GRID_STEPS,
    MOST_PANELS,
    not_tiny,
    require_room,
    require_steps,
)
from neural_spectra.networks.weight_recipes import VARIANTS, Recipe

ActivationName = Literal["relu", "selu", "gelu", "tanh", "sigmoid", "softplus"]
ModelFigure = Literal[
    "attractors_by_weights", "regions_by_activation", "bias", "depth", "attractor_types"
]
ConditionName = Literal[
    "asymptotically stable",
    "bounded",
    "unstable",
    "stable regions",
    "unstable region inside",
    "moved equilibrium",
    "shrinking spectra",
    "edge of stability",
    "growing spectra",
    "single point",
    "multiple points",
    "line attractor",
    "limit cycle",
    "chaotic attractor",
    "unstable attractor",
]
# Orbits have escaped where a coordinate is above 1e6.
Extent = Annotated[float, Field(gt=0, le=1e5), AfterValidator(not_tiny)]
Depth = Annotated[int, Field(ge=1, le=100)]
Starts = Annotated[int, Field(ge=1, le=10_000)]
# A step of an orbit takes all layers; what grows beyond this in one overflows in the next few.
LARGEST_PRODUCT = 1e100
# States of an orbit that are looked at together, and numbers of the affine map at a point.
ROUND, MAP = 65, 20


def require_no_overflow(name: str, factor: float, depth: int) -> None:
    """Refuse a depth at which a step of an orbit, which takes all layers, overflows.

    Parameters
    ----------
    name
        The setting that the depth comes from.
    factor
        The largest factor of a layer.
    """
    if factor ** (depth + 1) > LARGEST_PRODUCT:
        raise ValueError(
            f"{name}: factors of {factor:g} in each of {depth + 1} maps overflow; narrow the range "
            f"or leave out the depth of {depth}"
        )


class Grid(Model):
    """The square [−extent, extent]² in steps, of which there are enough and few enough to draw."""

    extent: Extent
    grid_step: Positive

    def _check_together(self) -> None:
        self.require_steps("grid_step")

    def require_steps(self, name: str) -> None:
        """Refuse less than two points along a side, or too many, in the steps of that name."""
        step = getattr(self, name)
        require_steps(f"2 · extent / {name}", 2 * self.extent, step, most=MOST_GRID_STEPS)


class Following(Model):
    """How long and how closely orbits are followed; the fields of `maps.orbits.Following`."""

    rounds: Annotated[int, Field(ge=1, le=10_000)]
    escape_radius: Positive
    newton_steps: Annotated[int, Field(ge=1, le=1000)]
    exponent_steps: Annotated[int, Field(ge=20, le=1_000_000)]
    exponent_orbits: Starts
    seed: Seed


class CuratedModel(Model):
    """A row of Table 1 as a panel of a figure; no range for a factorisation that has none."""

    panel: Name
    label: Label
    factorisation: Annotated[str, Field(json_schema_extra={"enum": [*VARIANTS]})]
    variant: Annotated[str, Field(json_schema_extra={"enum": [*chain(*VARIANTS.values())]})]
    lambda_min: Finite | None = None
    lambda_max: Finite | None = None
    depth: Depth
    activation: ActivationName
    bias: bool

    @property
    def largest_factor(self) -> float:
        """The largest modulus in the range."""
        return max(1.0, abs(self.lambda_min or 0.0), abs(self.lambda_max or 0.0))

    def _check_together(self) -> None:
        Recipe(self.factorisation, self.variant, self.lambda_min, self.lambda_max, self.depth)
        require_no_overflow("depth", self.largest_factor, self.depth)


DEPENDING_ON_DEPTH = ("shrinking spectra", "edge of stability", "growing spectra")


class Search(Model):
    """Models that share a seed, and what the caption says of them; ``seeds`` are tried.

    They begin with ``first_seed``, where there is one, instead of the ``start_seed`` of all.
    """

    figure: ModelFigure
    condition: ConditionName
    seeds: Seeds
    first_seed: Seed | None = None
    row: Annotated[int, Field(ge=1, le=MOST_PANELS)] = 1
    in_table_1: bool = True
    models: Annotated[list[CuratedModel], Field(min_length=1)]

    def _check_together(self) -> None:
        count = len(self.models)
        if self.condition == "moved equilibrium" and count != 2:
            raise ValueError(
                f"models has {count}: the condition 'moved equilibrium' compares two, with bias "
                f"and without"
            )
        if self.condition in DEPENDING_ON_DEPTH and count < 2:
            raise ValueError(
                f"models has 1: the condition '{self.condition}' compares several depths; add one"
            )


class Curated(Grid):
    """The search for the seed of every curated model, in the order of Table 1."""

    start_seed: Seed
    most_seeds: Seeds
    starts_per_axis: Annotated[int, Field(ge=1, le=1000)]
    following: Following
    searches: Annotated[list[Search], Field(min_length=1)]

    def _check_together(self) -> None:
        super()._check_together()
        seeds = min(self.most_seeds, max(search.seeds for search in self.searches))
        points = (2 * self.extent / self.grid_step + 1) ** 2
        require_room("seeds · (2 · extent / grid_step)²", seeds * points * MAP)
        require_room("seeds · starts_per_axis²", seeds * self.starts_per_axis**2 * 2 * ROUND)
        for figure in get_args(ModelFigure):
            panels = [model.panel for model in self.models_of(figure)]
            if not 1 <= len(panels) <= MOST_PANELS:
                raise ValueError(
                    f"searches: the figure {figure} has {len(panels)} models; give it from 1 to "
                    f"{MOST_PANELS}"
                )
            for panel in panels:
                if panels.count(panel) > 1:
                    raise ValueError(f"the figure {figure} has two panels '{panel}'; rename one")

    def models_of(self, figure: str) -> list[CuratedModel]:
        """Return the models of a figure, in the order of the searches."""
        return [m for search in self.searches if search.figure == figure for m in search.models]
