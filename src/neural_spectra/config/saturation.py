"""What ``config/saturation.yaml`` may say."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from neural_spectra.config.saturation_blocks import SaturationBlocks
from neural_spectra.config.saturation_consistency import (
    require_full_regions,
    require_possible_sizes,
    require_swept_scales,
    variants,
)
from neural_spectra.errors import did_you_mean


class Saturation(SaturationBlocks):
    """All of the study."""

    def _check_together(self) -> None:
        for place, names, known in self._references():
            for name in names:
                if name not in known:
                    hint = did_you_mean(name, known) or "; define it"
                    raise ValueError(f"{place}: there is no '{name}'{hint}")
        require_full_regions(self)
        require_swept_scales(self)
        require_possible_sizes(self)

    def _references(self) -> list[tuple[str, Collection[str], Collection[str]]]:
        """Return the names that blocks use, and those of the networks or regions they can be."""
        networks, regions, own = self.networks, self.regions, self.own_orbits.scales
        swept, along = self.scale_sweep.networks, self.monodromy.networks
        certified, cycles = self.certificates, self.certified_cycles
        spread, portraits, window = self.seed_spread, self.phase_portraits, self.multipliers_window
        return [
            ("scale_sweep", swept, networks),
            ("monodromy", along, networks),
            ("own_orbits", own, networks),
            ("obstruction", [self.obstruction.network], networks),
            ("trajectory_bounds", self.trajectory_bounds.networks, networks),
            ("training_stages", self.training_stages.networks, networks),
            ("sensitivity", self.sensitivity.variants, networks),
            ("silu_converse (own_orbits.scales)", self.silu_converse.networks, own),
            ("yorke_limit (own_orbits.scales)", self.yorke_limit.networks, own),
            ("certificates (own_orbits.scales)", self.certificates.networks, own),
            ("certificates.regions (regions)", self.certificates.regions, regions),
            ("certified_cycles (certificates.networks)", cycles.networks, certified.networks),
            ("certified_cycles (certificates.regions)", [cycles.region], certified.regions),
            ("attenuation (scale_sweep.networks)", [self.attenuation.network], swept),
            ("multipliers_window (scale_sweep.networks)", [window.network], swept),
            ("refined_bound (scale_sweep.networks)", [self.refined_bound.network], swept),
            ("seed_spread.refined (scale_sweep.networks)", [spread.refined], swept),
            ("multipliers_window (monodromy.networks)", [window.network], along),
            ("phase_portraits (monodromy.networks)", [portraits.network], along),
            ("seed_spread.determinant (monodromy.networks)", [spread.determinant], along),
            ("attenuation.region (regions)", [self.attenuation.region], regions),
            ("multipliers_window.region (regions)", [window.region], regions),
            ("refined_bound.region (regions)", [self.refined_bound.region], regions),
            ("phase_portraits.region (regions)", [portraits.region], regions),
            ("seed_spread.region (regions)", [spread.region], regions),
        ]

    def sensitivity_variants(self, network: str) -> dict[str, dict[str, Any]]:
        """Return the settings of every variant of a network, itself first."""
        # As for the networks themselves, how many seeds there are is not what a seed depends on.
        return {
            label: variant.model_dump(exclude={"seeds"})
            for label, variant in variants(self, network).items()
        }
