"""What ``config/affine_maps.yaml`` may say: the curated figures' blocks and the grid's."""

from __future__ import annotations

from typing import Any

from neural_spectra.config import Model
from neural_spectra.studies.affine_maps.curated_settings import CuratedFigures
from neural_spectra.studies.affine_maps.grid_settings import ModelGrid


class AffineMaps(CuratedFigures):
    """All of the study."""

    grid: ModelGrid

    def parameters(self, block: str) -> dict[str, Any]:
        """Return one block's settings as plain values."""
        settings: Model = getattr(self, block)
        return settings.model_dump()
