"""What ``config/affine_maps.yaml`` may say: the blocks of the figures, statements and grid."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from neural_spectra.config import Count, Model
from neural_spectra.studies.affine_maps.curated_settings import CuratedFigures
from neural_spectra.studies.affine_maps.grid_settings import ModelGrid


class Statements(Model):
    """The paper's statements on random networks; one state alone has none to be compared with."""

    seeds: Count
    points: Annotated[int, Field(ge=2)]


class AffineMaps(CuratedFigures):
    """All of the study."""

    statements: Statements
    grid: ModelGrid

    def parameters(self, block: str) -> dict[str, Any]:
        """Return one block's settings as plain values."""
        settings: Model = getattr(self, block)
        return settings.model_dump()
