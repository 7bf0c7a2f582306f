"""What ``config/affine_maps.yaml`` may say: a block for each table or several alike."""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from neural_spectra.config.affine_maps_curated import Curated, Grid, require_no_overflow
from neural_spectra.config.affine_maps_figures import (
    Activations,
    DepthShared,
    Portraits,
    RegionMetrics,
    SameWeights,
    Statements,
    TrainableSpectra,
)
from neural_spectra.config.affine_maps_grid import ModelGrid
from neural_spectra.config.checking import Model


class AffineMaps(Model):
    """All of the study."""

    curated: Curated
    portraits: Portraits
    spectra: Grid
    regions: Grid
    regions_same_weights: SameWeights
    region_metrics: RegionMetrics
    depth_shared: DepthShared
    trainable_spectra: TrainableSpectra
    activations: Activations
    statements: Statements
    grid: ModelGrid

    @model_validator(mode="after")
    def _weights_are_drawn(self) -> AffineMaps:
        panels = [model.panel for model in self.curated.models_of("regions_by_activation")]
        if self.regions_same_weights.panel not in panels:
            raise ValueError(
                f"regions_same_weights.panel: the figure regions_by_activation has no panel "
                f"'{self.regions_same_weights.panel}'; take one of {', '.join(panels)}"
            )
        factor = max(model.largest_factor for model in self.curated.models_of("depth"))
        require_no_overflow("depth_shared.depths", factor, max(self.depth_shared.depths))
        return self

    def parameters(self, block: str) -> dict[str, Any]:
        """Return one block's settings as plain values."""
        settings: Model = getattr(self, block)
        return settings.model_dump()
