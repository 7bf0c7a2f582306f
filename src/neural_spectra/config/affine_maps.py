"""What ``config/affine_maps.yaml`` may say: a block for each table, or for several alike."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from pydantic import AfterValidator, Field

from neural_spectra.config.affine_maps_curated import (
    MAP,
    ActivationName,
    Curated,
    CuratedModel,
    Depth,
    Extent,
    Grid,
    require_no_overflow,
)
from neural_spectra.config.affine_maps_grid import ModelGrid
from neural_spectra.config.checking import (
    Listed,
    Model,
    Name,
    NonNegative,
    Panels,
    Positive,
    Seed,
    Seeds,
)
from neural_spectra.config.size_limits import MOST_PANELS, at_most, not_tiny, require_room
from neural_spectra.networks.weight_recipes import APPENDIX_D, require_range

# Each way to draw weights with each activation, with bias and without.
MODELS = len(APPENDIX_D) * len(get_args(ActivationName)) * 2
# Of the matrices of all layers, for each of the activations.
NUMBERS_AT_A_STATE = 500
# Of those whose weights are stable.
NETWORKS_AT_ONCE = 200


class Portraits(Grid):
    """Figs 2, 4 and 6; ``attractor_states`` of an orbit that does not come to rest are shown."""

    equilibrium_step: Positive
    basin_step: Positive
    circle_radius: Extent
    trajectories: Annotated[int, Field(ge=1, le=1000)]
    steps: Annotated[int, Field(ge=1, le=10_000)]
    attractor_states: Annotated[int, Field(ge=1, le=100_000)]

    def _check_together(self) -> None:
        super()._check_together()
        for name in ("equilibrium_step", "basin_step"):
            self.require_steps(name)
        # The page follows all models of the grid as well.
        require_room("trajectories · steps", MODELS * 2 * self.trajectories * (self.steps + 1))


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


class RareChaos(Model):
    """So many draws of the row of Table 1 behind a panel of Fig. 6."""

    panel: Name
    seeds: Seeds


class StableWeights(Grid):
    """So many networks whose weights all have the same spectral radius, below 1."""

    seeds: Seeds
    activations: Listed[ActivationName]
    depth: Depth
    radius: Annotated[float, Field(gt=0, lt=1), AfterValidator(not_tiny)]

    def _check_together(self) -> None:
        super()._check_together()
        points = (2 * self.extent / self.grid_step + 1) ** 2
        require_room("(2 · extent / grid_step)²", NETWORKS_AT_ONCE * MAP * points)


class ContractingBalls(Grid):
    """Balls around fixed points, which are looked for from a grid; ``budget`` cells a radius."""

    budget: Annotated[int, Field(ge=64, le=2**20)]


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

    def _check_together(self) -> None:
        require_range(self.lambda_min, self.lambda_max)
        require_room("steps · dimension²", self.steps * self.dimension**2)
        if len(self.target_singular_values) != self.dimension:
            raise ValueError(
                f"target_singular_values has {len(self.target_singular_values)} entries: give "
                f"{self.dimension}, one for each dimension"
            )


class Activations(Model):
    """Fig. 1."""

    extent: Extent
    points: Annotated[int, Field(ge=2, le=100_000)]


class Statements(Model):
    """The paper's statements on random networks; one state alone has none to be compared with."""

    seeds: Seeds
    points: Annotated[int, Field(ge=2, le=100_000)]

    def _check_together(self) -> None:
        require_room("seeds · points", NUMBERS_AT_A_STATE * self.seeds * self.points)


class AffineMaps(Model):
    """All of the study."""

    curated: Curated
    portraits: Portraits
    spectra: Grid
    regions: Grid
    regions_same_weights: SameWeights
    region_metrics: RegionMetrics
    depth_shared: DepthShared
    rare_chaos: RareChaos
    stable_weights: StableWeights
    contracting_balls: ContractingBalls
    trainable_spectra: TrainableSpectra
    activations: Activations
    statements: Statements
    grid: ModelGrid

    def _check_together(self) -> None:
        panels = [model.panel for model in self.curated.models_of("regions_by_activation")]
        if self.regions_same_weights.panel not in panels:
            raise ValueError(
                f"regions_same_weights.panel: the figure regions_by_activation has no panel "
                f"'{self.regions_same_weights.panel}'; take one of {', '.join(panels)}"
            )
        if self.rare_chaos.panel not in self._attractors:
            raise ValueError(
                f"rare_chaos.panel: the figure attractor_types has no panel "
                f"'{self.rare_chaos.panel}'; take one of {', '.join(self._attractors)}"
            )
        factor = max(model.largest_factor for model in self.curated.models_of("depth"))
        require_no_overflow("depth_shared.depths", factor, max(self.depth_shared.depths))

    @property
    def _attractors(self) -> dict[str, CuratedModel]:
        """The models of Fig. 6, by panel."""
        return {model.panel: model for model in self.curated.models_of("attractor_types")}

    def rare_chaos_parameters(self) -> dict[str, Any]:
        """Return the row that is drawn, and how often."""
        model = self._attractors[self.rare_chaos.panel]
        return {"model": model.model_dump(), "seeds": self.rare_chaos.seeds}

    def parameters(self, block: str) -> dict[str, Any]:
        """Return one block's settings as plain values."""
        settings: Model = getattr(self, block)
        return settings.model_dump()
