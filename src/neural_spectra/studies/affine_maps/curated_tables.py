"""Which figure's models a table is about, and what it has of them."""

from __future__ import annotations

from collections.abc import Callable

from neural_spectra.studies.affine_maps.portraits import portraits
from neural_spectra.studies.affine_maps.regions import (
    radius_maps,
    region_metrics,
    regions_same_weights,
)
from neural_spectra.studies.affine_maps.spectra import depth_shared, portraits_and_spectra, spectra
from neural_spectra.studies.tables import Computed

TABLES: dict[str, tuple[str, Callable[..., Computed]]] = {
    "attractors_by_weights": ("attractors_by_weights", portraits_and_spectra),
    "regions_by_activation": ("regions_by_activation", radius_maps),
    "bias": ("bias", portraits),
    "depth": ("depth", spectra),
    "attractor_types": ("attractor_types", portraits),
    "attractor_regions": ("attractor_types", radius_maps),
    "attractor_spectra": ("attractor_types", spectra),
    "regions_same_weights": ("regions_by_activation", regions_same_weights),
    "region_metrics": ("regions_by_activation", region_metrics),
    "depth_shared": ("depth", depth_shared),
}
