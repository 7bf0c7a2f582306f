"""What ``config/affine_maps.yaml`` may say: the blocks of the figures, statements and grid."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from neural_spectra.config.affine_maps_figures import CuratedFigures
from neural_spectra.config.affine_maps_grid import ModelGrid
from neural_spectra.config.checking import Model, Seeds
from neural_spectra.config.size_limits import require_room

# Of the matrices of all layers, for each of the activations.
NUMBERS_AT_A_STATE = 500


class Statements(Model):
    """The paper's statements on random networks; one state alone has none to be compared with."""

    seeds: Seeds
    points: Annotated[int, Field(ge=2, le=100_000)]

    @model_validator(mode="after")
    def _fits_a_job(self) -> Statements:
        require_room("seeds · points", NUMBERS_AT_A_STATE * self.seeds * self.points)
        return self


class AffineMaps(CuratedFigures):
    """All of the study."""

    statements: Statements
    grid: ModelGrid

    def parameters(self, block: str) -> dict[str, Any]:
        """Return one block's settings as plain values."""
        settings: Model = getattr(self, block)
        return settings.model_dump()
