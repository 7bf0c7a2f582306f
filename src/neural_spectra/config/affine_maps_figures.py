"""What the config may say about the paper's curated models and figures, and their companions."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from neural_spectra.config.checking import (
    Finite,
    Label,
    Listed,
    Model,
    Name,
    NonNegative,
    Panels,
    Positive,
    Seed,
    Seeds,
)
from neural_spectra.config.size_limits import (
    MOST_GRID_STEPS,
    MOST_PANELS,
    at_most,
    not_tiny,
    require_room,
    require_steps,
)

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
# Orbits have escaped where a coordinate is above 1e6.
Extent = Annotated[float, Field(gt=0, le=1e5), AfterValidator(not_tiny)]
Depth = Annotated[int, Field(ge=1, le=100)]
Starts = Annotated[int, Field(ge=1, le=10_000)]
# As ``structured_networks.FACTORISATIONS`` has them, which is slow to import.
VARIANTS: dict[str, tuple[str, ...]] = {
    "unstructured": ("default",),
    "gershgorin": ("real", "complex", "signed", "equation"),
    "spectral": ("householder", "regularised"),
    "perron_frobenius": ("public", "equation"),
    "skew_symmetric": ("damped",),
    "symplectic": ("printed", "symplectic"),
}
RANGED = ("gershgorin", "spectral", "perron_frobenius", "skew_symmetric")
# A step of an orbit takes all layers; what grows beyond this in one overflows in the next few.
LARGEST_PRODUCT = 1e100
# States of an orbit that are looked at together, and numbers of the affine map at a point.
ROUND, MAP = 65, 20


def require_grid(extent: float, step: float, name: str = "grid_step") -> None:
    """Refuse a square grid with less than two points on a side, or with too many to draw."""
    require_steps(f"2 · extent / {name}", 2 * extent, step, most=MOST_GRID_STEPS)


class Following(Model):
    """How long and how closely orbits are followed; the fields of `maps.orbits.Settings`."""

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
    factorisation: Factorisation
    variant: Variant
    lambda_min: Finite | None = None
    lambda_max: Finite | None = None
    depth: Depth
    activation: ActivationName
    bias: bool

    @property
    def largest_factor(self) -> float:
        """The largest modulus in the range."""
        return max(1.0, abs(self.lambda_min or 0.0), abs(self.lambda_max or 0.0))

    @model_validator(mode="after")
    def _exists(self) -> CuratedModel:
        known = VARIANTS[self.factorisation]
        if self.variant not in known:
            raise ValueError(
                f"variant = '{self.variant}': a {self.factorisation} map has none of that name; "
                f"take {' or '.join(known)}"
            )
        ranged, given = self.factorisation in RANGED, (self.lambda_min, self.lambda_max)
        if ranged and None in given:
            raise ValueError(
                f"a {self.factorisation} map needs lambda_min and lambda_max; add them"
            )
        if not ranged and given != (None, None):
            raise ValueError(
                f"a {self.factorisation} map has no range; leave out lambda_min and lambda_max"
            )
        if self.largest_factor ** (self.depth + 1) > LARGEST_PRODUCT:
            raise ValueError(
                f"factors of {self.largest_factor:g} in each of {self.depth + 1} maps overflow; "
                f"narrow the range or lower the depth"
            )
        return self

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


DEPENDING_ON_DEPTH = ("shrinking spectra", "edge of stability", "growing spectra")


class Search(Model):
    """Models that share a seed, and what the caption says of them; ``seeds`` are tried."""

    figure: ModelFigure
    condition: ConditionName
    seeds: Seeds
    row: Annotated[int, Field(ge=1, le=MOST_PANELS)] = 1
    in_table_1: bool = True
    models: Annotated[list[CuratedModel], Field(min_length=1)]

    @model_validator(mode="after")
    def _compares_models(self) -> Search:
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
        return self


class Curated(Model):
    """The search for the seed of every curated model, in the order of Table 1."""

    start_seed: Seed
    most_seeds: Seeds
    extent: Extent
    grid_step: Positive
    starts_per_axis: Annotated[int, Field(ge=1, le=1000)]
    following: Following
    searches: Annotated[list[Search], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_a_job(self) -> Curated:
        require_grid(self.extent, self.grid_step)
        seeds = min(self.most_seeds, max(search.seeds for search in self.searches))
        points = (2 * self.extent / self.grid_step + 1) ** 2
        require_room("seeds · (2 · extent / grid_step)²", seeds * points * MAP)
        require_room("seeds · starts_per_axis²", seeds * self.starts_per_axis**2 * 2 * ROUND)
        return self

    @model_validator(mode="after")
    def _every_figure_has_panels(self) -> Curated:
        for figure in get_args(ModelFigure):
            panels = [s.models for s in self.searches if s.figure == figure]
            count = sum(map(len, panels))
            if not 1 <= count <= MOST_PANELS:
                raise ValueError(
                    f"searches: the figure {figure} has {count} models; give it from 1 to "
                    f"{MOST_PANELS}"
                )
        return self

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

    extent: Extent
    grid_step: Positive
    equilibrium_step: Positive
    basin_step: Positive
    circle_radius: Extent
    trajectories: Annotated[int, Field(ge=1, le=1000)]
    steps: Annotated[int, Field(ge=1, le=10_000)]
    attractor_states: Annotated[int, Field(ge=1, le=100_000)]

    @model_validator(mode="after")
    def _fits_a_job(self) -> Portraits:
        for name in ("grid_step", "equilibrium_step", "basin_step"):
            require_grid(self.extent, getattr(self, name), name)
        # The page follows the 828 models of the grid as well.
        require_room("trajectories · steps", 828 * 2 * self.trajectories * (self.steps + 1))
        return self


class Grid(Model):
    """The square [−extent, extent]² in steps."""

    extent: Extent
    grid_step: Positive

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Grid:
        require_grid(self.extent, self.grid_step)
        return self


class SameWeights(Grid):
    """Fig. 3 with the weights of one of its panels under all activations."""

    panel: Name
    activations: Listed[ActivationName]


class RegionMetrics(Grid):
    """Other metrics of the regions of Fig. 3."""

    bins: Annotated[int, Field(ge=1, le=10_000)]


class DepthShared(Grid):
    """Fig. 5 with the same matrix in all layers."""

    depths: Panels[Depth]


class TrainableSpectra(Model):
    """Singular values of maps that are fitted to a matrix whose own lie outside of the range."""

    dimension: Annotated[int, Field(ge=2, le=100)]
    lambda_min: NonNegative
    lambda_max: NonNegative
    target_singular_values: Annotated[list[NonNegative], Field(min_length=1)]
    steps: Annotated[int, Field(ge=1, le=100_000)]
    learning_rate: Positive
    penalties: Annotated[Listed[NonNegative], AfterValidator(at_most(MOST_PANELS - 1, "panels"))]
    seed: Seed

    @model_validator(mode="after")
    def _range_is_ordered(self) -> TrainableSpectra:
        if self.lambda_min > self.lambda_max:
            raise ValueError(
                f"lambda_min = {self.lambda_min} lies above lambda_max = {self.lambda_max}; "
                f"swap them"
            )
        require_room("steps · dimension²", self.steps * self.dimension**2)
        return self

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

    extent: Extent
    points: Annotated[int, Field(ge=2, le=100_000)]


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

    @model_validator(mode="after")
    def _weights_are_drawn(self) -> CuratedFigures:
        models = {
            figure: [m for s in self.curated.searches if s.figure == figure for m in s.models]
            for figure in get_args(ModelFigure)
        }
        panels = [model.panel for model in models["regions_by_activation"]]
        if self.regions_same_weights.panel not in panels:
            raise ValueError(
                f"regions_same_weights.panel: the figure regions_by_activation has no panel "
                f"'{self.regions_same_weights.panel}'; take one of {', '.join(panels)}"
            )
        factor = max(model.largest_factor for model in models["depth"])
        depth = max(self.depth_shared.depths)
        if factor ** (depth + 1) > LARGEST_PRODUCT:
            raise ValueError(
                f"depth_shared.depths: factors of {factor:g} in each of {depth + 1} maps overflow; "
                f"leave out the depth of {depth}"
            )
        return self
