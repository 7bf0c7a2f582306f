"""What ``config/saturation.yaml`` may say."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from pydantic import model_validator

from neural_spectra.config.saturation_blocks import SaturationBlocks
from neural_spectra.config.saturation_consistency import (
    require_possible_sizes,
    require_swept_scales,
    require_trained_networks,
    variants,
)
from neural_spectra.errors import did_you_mean


class Saturation(SaturationBlocks):
    """All of the study."""

    @model_validator(mode="after")
    def _names_exist(self) -> Saturation:
        for block, name, known in self._names_used():
            if name not in known:
                hint = did_you_mean(name, known) or "; define it"
                raise ValueError(f"{block}: there is no '{name}'{hint}")
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Saturation:
        for require in (require_swept_scales, require_trained_networks, require_possible_sizes):
            require(self)
        return self

    def _names_used(self) -> Iterator[tuple[str, str, Collection[str]]]:
        """Yield every reference from a block to a network, region or swept network."""
        listed = {
            "scale_sweep": self.scale_sweep.networks,
            "monodromy": self.monodromy.networks,
            "own_orbits": self.own_orbits.scales,
            "obstruction": [self.obstruction.network],
            "trajectory_bounds": self.trajectory_bounds.networks,
            "training_stages": self.training_stages.networks,
            "sensitivity": self.sensitivity.variants,
        }
        for block, names in listed.items():
            yield from ((block, name, self.networks) for name in names)
        for block, names in {
            "silu_converse": self.silu_converse.networks,
            "yorke_limit": self.yorke_limit.networks,
        }.items():
            yield from (
                (f"{block} (own_orbits.scales)", name, self.own_orbits.scales) for name in names
            )
        spread, portraits, window = self.seed_spread, self.phase_portraits, self.multipliers_window
        for block, name in {
            "attenuation": self.attenuation.network,
            "multipliers_window": window.network,
            "refined_bound": self.refined_bound.network,
            "seed_spread.refined": spread.refined,
        }.items():
            yield f"{block} (scale_sweep.networks)", name, self.scale_sweep.networks
        for block, name in {
            "multipliers_window": window.network,
            "phase_portraits": portraits.network,
            "seed_spread.determinant": spread.determinant,
        }.items():
            yield f"{block} (monodromy.networks)", name, self.monodromy.networks
        for block, name in {
            "attenuation": self.attenuation.region,
            "multipliers_window": window.region,
            "refined_bound": self.refined_bound.region,
            "phase_portraits": portraits.region,
            "seed_spread": spread.region,
        }.items():
            yield f"{block}.region (regions)", name, self.regions

    def planar_uses(self, network: str) -> list[str]:
        """Name the settings that take a network along the oscillator's circle, which is planar."""
        circles = {name for name, region in self.regions.items() if region.shape == "orbit"}
        shown = {
            "attenuation": (self.attenuation.network, self.attenuation.region),
            "refined_bound": (self.refined_bound.network, self.refined_bound.region),
            "seed_spread": (self.seed_spread.refined, self.seed_spread.region),
        }
        uses = [
            block
            for block, (name, region) in shown.items()
            if name == network and region in circles
        ]
        if circles == set(self.regions) and network in self.scale_sweep.networks:
            uses.append("scale_sweep.networks")
        return uses + ["monodromy.networks"] * (network in self.monodromy.networks)

    def sensitivity_variants(self, network: str) -> dict[str, dict[str, Any]]:
        """Return the settings of every variant of a network, itself first."""
        # As for the networks themselves, how many seeds there are is not what a seed depends on.
        return {
            label: variant.model_dump(exclude={"seeds"})
            for label, variant in variants(self, network).items()
        }
