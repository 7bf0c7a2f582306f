"""What ``config/saturation.yaml`` may say."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from neural_spectra.config import Count, Finite, Model, Name, NonNegative, Positive, Sweep
from neural_spectra.errors import did_you_mean
from neural_spectra.studies.saturation.network_settings import (
    Fraction,
    NetworkSettings,
    with_change,
)

Level = Annotated[int, Field(ge=0, le=30)]
Starts = Annotated[list[Positive], Field(min_length=2, max_length=2)]  # radius, how many


class System(Model):
    """Stuart-Landau oscillator ż = (mu + i omega) z − (1 + i shear) |z|² z."""

    mu: Positive
    omega: Finite
    shear: Finite

    @model_validator(mode="after")
    def _turns(self) -> System:
        if self.omega == self.shear * self.mu:
            raise ValueError("omega = shear · mu: the limit cycle stands still; change one of them")
        return self

    @property
    def period(self) -> float:
        """Period of the limit cycle."""
        return 2 * math.pi / abs(self.omega - self.shear * self.mu)

    @property
    def log_determinant(self) -> float:
        """Exact ln det of the limit cycle's monodromy matrix."""
        return -2 * self.mu * self.period


class Region(Model):
    """A set U of states; the orbit is the reference circle, a ball or box is centred at 0."""

    shape: Literal["orbit", "ball", "box"]
    size: Positive | None = None  # radius of the ball, half width of the box

    @model_validator(mode="after")
    def _sized(self) -> Region:
        if (self.shape == "orbit") != (self.size is None):
            needed = "takes no size" if self.shape == "orbit" else "needs a size above 0"
            raise ValueError(f"shape {self.shape} {needed}")
        return self


class Training(Model):
    """The data that every network is fitted to: the field on points of a disc."""

    radius: Positive
    points: Count


class SeededSweep(Model):
    """Scales for the drawn replicate, and fewer for the others."""

    networks: list[str]
    scales: Sweep
    replicate_scales: list[Positive]


class ScaleSweep(SeededSweep):
    """Saturation, Jacobian norm and bounds over the pre-activation scale s."""

    points_level: Level  # values are sampled at 2^points_level points of a region
    coarsest_level: Level  # a region is covered by 2^level cells, from the coarsest level …
    finest_level: Level  # … down to at most this one
    tightness: Fraction  # wanted relative gap between the certified and the sampled bound


class Solver(Model):
    """Adaptive integration of the variational equation, and of a looser twin for the error."""

    segments: Annotated[int, Field(ge=4)]
    rtol: Positive
    atol: Positive
    loosening: Annotated[float, Field(gt=1)]


class Search(Model):
    """Where and how accurately to look for a periodic orbit (see ``return_map.Search``)."""

    window: Positive
    windows: Count
    step: Positive
    escape_radius: Positive
    segments: Annotated[int, Field(ge=4)]
    rtol: Positive
    atol: Positive


class OwnOrbits(Model):
    """The networks' own periodic orbits."""

    scales: dict[str, Sweep]  # by network
    starts: Annotated[list[Positive], Field(min_length=1)]
    search: Search


class Obstruction(Model):
    """Fig. 3: the bound d·C(U; s)·T under bias offsets b_j = c."""

    network: str
    offsets: list[NonNegative]  # in multiples of c_min
    scales: Sweep
    radius: Positive  # of U


class Shown(Model):
    """The network and region that a figure shows."""

    network: str
    region: str


class PhasePortraits(Shown):
    """Fig. 2: trajectories of f_s."""

    scales: list[Positive]
    duration: Positive
    inner: Starts
    outer: Starts
    extent: Positive
    rtol: Positive
    atol: Positive


class SiluConverse(Model):
    """Which networks hold an attracting limit cycle of their own as s grows."""

    networks: list[str]
    seeds: Count


class SeedSpread(Model):
    """The paper's seed-dependent numbers."""

    determinant: str
    determinant_scales: list[Positive]
    refined: str
    region: str
    improvement_scale: Positive


class YorkeLimit(Model):
    """Own orbits against the scale where the bound excludes any."""

    networks: list[str]
    radius: Positive  # of U


class TrajectoryBounds(Model):
    """The bounds held against trajectories that are no periodic orbits."""

    networks: list[str]
    seeds: Count
    scales: list[Positive]
    trajectories: Count
    segments: Count
    duration: Positive
    radius: Positive  # of the circle of starts
    rtol: Positive
    atol: Positive


class ThreeDimensions(Model):
    """The oscillator with an unstable third axis."""

    rate: Positive


class TrainingStages(Model):
    """Saturation and bound at the start, half-way and at the end of training."""

    networks: list[str]


class Sensitivity(Model):
    """Variants of networks: each replaces some settings of the network it is listed under."""

    seeds: Count
    levels: Annotated[list[Level], Field(min_length=1)]
    variants: dict[str, dict[str, dict[str, Any]]]


class Saturation(Model):
    """All of the study."""

    system: System
    training: Training
    seeds_per_job: Count
    regions: Annotated[dict[Name, Region], Field(min_length=1)]
    networks: Annotated[dict[Name, NetworkSettings], Field(min_length=1)]
    scale_sweep: ScaleSweep
    solver: Solver
    monodromy: SeededSweep
    own_orbits: OwnOrbits
    obstruction: Obstruction
    phase_portraits: PhasePortraits
    attenuation: Shown
    multipliers_window: Shown
    refined_bound: Shown
    table_scales: list[Positive]
    silu_converse: SiluConverse
    seed_spread: SeedSpread
    yorke_limit: YorkeLimit
    trajectory_bounds: TrajectoryBounds
    training_stages: TrainingStages
    three_dimensions: ThreeDimensions
    sensitivity: Sensitivity

    @model_validator(mode="after")
    def _names_exist(self) -> Saturation:
        for block, name, known in self._names_used():
            if name not in known:
                hint = did_you_mean(name, known) or "; define it"
                raise ValueError(f"{block}: there is no '{name}'{hint}")
        for network in self.sensitivity.variants:
            self.sensitivity_variants(network)
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
        """Return the full settings of every variant of a network, itself first."""
        base = self.networks[network].model_dump()
        variants = {"as used": base}
        for label, change in self.sensitivity.variants[network].items():
            variants[label] = with_change(base, change, f"sensitivity.variants.{network}.{label}")
        return variants
