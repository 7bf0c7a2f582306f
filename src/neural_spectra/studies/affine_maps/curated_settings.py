"""What the config may say about the paper's curated models and figures, and their companions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from neural_spectra.config import Count, Finite, Model, Name, NonNegative, Positive

ActivationName = Literal["relu", "selu", "gelu", "tanh", "sigmoid", "softplus"]
Factorisation = Literal[
    "unstructured", "gershgorin", "spectral", "perron_frobenius", "skew_symmetric", "symplectic"
]
Variant = Literal[
    "default",
    "real",
    "complex",
    "signed",
    "equation",
    "householder",
    "regularised",
    "public",
    "damped",
    "printed",
    "symplectic",
]
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
Seed = Annotated[int, Field(ge=0)]


class Following(Model):
    """How long and how closely orbits are followed; the fields of `orbit_fates.Settings`."""

    rounds: Count
    escape_radius: Positive
    newton_steps: Count
    exponent_steps: Annotated[int, Field(ge=20)]
    exponent_orbits: Count
    seed: Seed


class CuratedModel(Model):
    """A row of Table 1 as a panel of a figure; no range for a factorisation that has none."""

    panel: Name
    label: str
    factorisation: Factorisation
    variant: Variant
    lambda_min: Finite | None = None
    lambda_max: Finite | None = None
    depth: Count
    activation: ActivationName
    bias: bool

    @model_validator(mode="after")
    def _range_is_ordered(self) -> CuratedModel:
        if None not in (self.lambda_min, self.lambda_max) and self.lambda_min > self.lambda_max:  # type: ignore[operator]
            raise ValueError(
                f"lambda_min = {self.lambda_min} lies above lambda_max = {self.lambda_max}; "
                f"swap them"
            )
        return self

    @model_validator(mode="after")
    def _range_is_possible(self) -> CuratedModel:
        if self.factorisation == "perron_frobenius" and (self.lambda_min or 0.0) < 0:
            raise ValueError(
                f"lambda_min = {self.lambda_min}: the entries of a Perron-Frobenius matrix are "
                f"positive, and so are its row sums; raise lambda_min to 0 or more"
            )
        return self


class Search(Model):
    """Models that share a seed, and what the caption says of them; ``seeds`` are tried."""

    figure: ModelFigure
    condition: ConditionName
    seeds: Count
    row: Count = 1
    in_table_1: bool = True
    models: Annotated[list[CuratedModel], Field(min_length=1)]


class Curated(Model):
    """The search for the seed of every curated model, in the order of Table 1."""

    start_seed: Seed
    most_seeds: Count
    extent: Positive
    grid_step: Positive
    starts_per_axis: Count
    following: Following
    searches: Annotated[list[Search], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_panel_once(self) -> Curated:
        panels = [
            (search.figure, model.panel) for search in self.searches for model in search.models
        ]
        for figure, panel in panels:
            if panels.count((figure, panel)) > 1:
                raise ValueError(f"the figure {figure} has two panels '{panel}'; rename one")
        return self


class Portraits(Model):
    """Figs 2, 4 and 6; ``attractor_states`` of an orbit that does not come to rest are shown."""

    extent: Positive
    grid_step: Positive
    equilibrium_step: Positive
    basin_step: Positive
    circle_radius: Positive
    trajectories: Count
    steps: Count
    attractor_states: Count


class Grid(Model):
    """The square [−extent, extent]² in steps."""

    extent: Positive
    grid_step: Positive


class SameWeights(Grid):
    """Fig. 3 with the weights of one of its panels under all activations."""

    panel: Name
    activations: Annotated[list[ActivationName], Field(min_length=1)]


class RegionMetrics(Grid):
    """Other metrics of the regions of Fig. 3."""

    bins: Count


class DepthShared(Grid):
    """Fig. 5 with the same matrix in all layers."""

    depths: Annotated[list[Count], Field(min_length=1)]


class TrainableSpectra(Model):
    """Singular values of maps that are fitted to a matrix whose own lie outside of the range."""

    dimension: Annotated[int, Field(ge=2)]
    lambda_min: Finite
    lambda_max: Finite
    target_singular_values: Annotated[list[NonNegative], Field(min_length=1)]
    steps: Count
    learning_rate: Positive
    penalties: Annotated[list[NonNegative], Field(min_length=1)]
    seed: Seed

    @model_validator(mode="after")
    def _target_has_the_dimension(self) -> TrainableSpectra:
        if len(self.target_singular_values) != self.dimension:
            raise ValueError(
                f"target_singular_values has {len(self.target_singular_values)} entries: give "
                f"{self.dimension}, one for each dimension"
            )
        return self


class Activations(Model):
    """Fig. 1."""

    extent: Positive
    points: Annotated[int, Field(ge=2)]


class CuratedFigures(Model):
    """The blocks for the curated models."""

    curated: Curated
    portraits: Portraits
    spectra: Grid
    regions: Grid
    regions_same_weights: SameWeights
    region_metrics: RegionMetrics
    depth_shared: DepthShared
    trainable_spectra: TrainableSpectra
    activations: Activations
