"""What each block of ``config/saturation.yaml`` may say by itself."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from neural_spectra.config.checking import (
    Count,
    Curves,
    Finite,
    Label,
    Listed,
    Model,
    Name,
    NonNegative,
    Panels,
    Positive,
    Seeds,
    Sweep,
    Tolerance,
)
from neural_spectra.config.saturation_networks import NetworkSettings
from neural_spectra.config.size_limits import at_most, not_tiny, require_steps

# Of a figure with a line of text for each: it is two feet high then.
MOST_ROWS = 200
# How far float64 reaches on each side of 1, as a natural logarithm.
RANGE = 700.0

Level = Annotated[int, Field(ge=0, le=16)]  # 2^16 cells or points, all of them looked at
Segments = Annotated[int, Field(ge=4, le=10_000)]


def _radius_and_count(starts: list[float]) -> list[float]:
    if len(starts) != 2 or starts[1] != round(starts[1]) or not 1 <= starts[1] <= 100:
        raise ValueError(f"{starts} should be a radius and how many starts, a whole number to 100")
    return starts


Starts = Annotated[list[Positive], AfterValidator(_radius_and_count)]


class System(Model):
    """Stuart-Landau oscillator ż = (mu + i omega) z − (1 + i shear) |z|² z."""

    mu: Positive
    omega: Finite
    shear: Finite

    @model_validator(mode="after")
    def _turns(self) -> System:
        if self.omega == self.shear * self.mu:
            raise ValueError("omega = shear · mu: the limit cycle stands still; change one of them")
        if -self.log_determinant > RANGE or self.period > 1e6:
            raise ValueError(
                f"the period 2π/|omega − shear · mu| = {self.period:.3g} is so long that "
                f"det M = exp({self.log_determinant:.3g}) or the time itself is out of reach; "
                f"let it turn faster"
            )
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

    networks: Listed[str]
    scales: Sweep
    replicate_scales: Listed[Positive]

    @property
    def most_scales(self) -> int:
        """The number of scales that a replicate goes over at most."""
        return max(len(self.scales.values()), len(self.replicate_scales))

    def members(self, seeds: int) -> int:
        """Return how many pairs of a replicate and a scale there are for so many seeds."""
        return len(self.scales.values()) + (seeds - 1) * len(self.replicate_scales)


class ScaleSweep(SeededSweep):
    """Saturation, Jacobian norm and bounds over the pre-activation scale s."""

    points_level: Level  # values are sampled at 2^points_level points of a region
    coarsest_level: Level  # a region is covered by 2^level cells, from the coarsest level …
    finest_level: Annotated[int, Field(ge=0, le=20)]  # … down to at most this one
    # Wanted relative gap between the certified and the sampled bound.
    tightness: Annotated[float, Field(ge=1e-6, lt=1)]
    # The same for the Jacobian's norm itself.
    jacobian_tightness: Annotated[float, Field(ge=1e-6, lt=1)]

    @model_validator(mode="after")
    def _levels_rise(self) -> ScaleSweep:
        if self.coarsest_level > self.finest_level:
            raise ValueError(
                f"coarsest_level = {self.coarsest_level} lies above finest_level = "
                f"{self.finest_level}; swap them"
            )
        return self


class Solver(Model):
    """Adaptive integration of the variational equation, and of a looser twin for the error."""

    segments: Segments
    rtol: Tolerance
    atol: Tolerance
    loosening: Annotated[float, Field(gt=1, le=1e6)]


class Search(Model):
    """Where and how accurately to look for a periodic orbit (see ``close_returns.Search``)."""

    window: Positive
    windows: Annotated[int, Field(ge=1, le=30)]
    step: Positive
    escape_radius: Positive | None = None
    segments: Segments
    rtol: Tolerance
    atol: Tolerance

    @property
    def longest(self) -> float:
        """The length of the last window, each being twice as long as the one before."""
        return self.window * 2.0 ** (self.windows - 1)

    @model_validator(mode="after")
    def _steps_fit(self) -> Search:
        require_steps("window / step", self.window, self.step, least=20)
        require_steps("window · 2^(windows − 1) / step", self.longest, self.step)
        return self


class OwnOrbits(Model):
    """The networks' own periodic orbits."""

    scales: dict[str, Sweep]  # by network
    starts: Listed[Positive]
    search: Search


class Obstruction(Model):
    """Fig. 3: the bound d·C(U; s)·T under bias offsets b_j = c."""

    network: str
    offsets: Curves[NonNegative]  # in multiples of c_min
    scales: Sweep
    radius: Positive  # of U


class Shown(Model):
    """The network and region that a figure shows."""

    network: str
    region: str


class PhasePortraits(Shown):
    """Fig. 2: trajectories of f_s."""

    scales: Panels[Positive]
    duration: Annotated[float, Field(gt=0, le=1000), AfterValidator(not_tiny)]
    inner: Starts
    outer: Starts
    extent: Positive
    rtol: Tolerance
    atol: Tolerance


class SiluConverse(Model):
    """Which networks hold an attracting limit cycle of their own as s grows."""

    networks: Curves[str]
    seeds: Seeds

    @model_validator(mode="after")
    def _rows_fit(self) -> SiluConverse:
        rows = len(self.networks) * self.seeds
        if rows > MOST_ROWS:
            raise ValueError(
                f"{self.seeds} seeds of {len(self.networks)} networks make {rows} rows of a "
                f"figure, which has room for {MOST_ROWS}; lower seeds"
            )
        return self


class SeedSpread(Model):
    """The paper's seed-dependent numbers."""

    determinant: str
    determinant_scales: Panels[Positive]
    refined: str
    region: str
    improvement_scale: Positive


class YorkeLimit(Model):
    """Own orbits against the scale where the bound excludes any."""

    networks: Curves[str]
    radius: Positive  # of U


class Certificates(Model):
    """Proofs about the closed orbits of the networks that own_orbits searches."""

    networks: Listed[str]
    regions: Listed[str]  # in which there may be no closed orbit
    # Curves are laid along an orbit from 2^states_level states.
    states_level: Annotated[int, Field(ge=6, le=16)]
    budget: Annotated[int, Field(ge=64, le=1_000_000)]  # cells that one proof may look at


class CertifiedCycles(Model):
    """How many seeds have a proved cycle, or provably no closed orbit in the region."""

    networks: Panels[str]
    region: str


class TrajectoryBounds(Model):
    """The bounds held against trajectories that are no periodic orbits."""

    networks: Listed[str]
    seeds: Seeds
    scales: Listed[Positive]
    trajectories: Count
    segments: Annotated[int, Field(ge=2, le=10_000)]
    duration: Positive
    radius: Positive  # of the circle of starts
    rtol: Tolerance
    atol: Tolerance


class ThreeDimensions(Model):
    """The oscillator with an unstable third axis."""

    rate: Positive


class SlowClock(Model):
    """A network of saturated units, and the shifts of its biases.

    Below 2 the units are not exponential: the orbit is far from the oscillator's, where it is
    looked for.
    """

    units: Annotated[int, Field(ge=1, le=1000)]
    shifts: Annotated[
        Listed[Annotated[float, Field(ge=2, le=100)]],
        Field(min_length=3),
        AfterValidator(at_most(100, "orbits that are followed at once")),
    ]


class TrainingStages(Model):
    """Saturation and bound at the start, half-way and at the end of training."""

    networks: Listed[str]


class Sensitivity(Model):
    """Variants of networks: each replaces some settings of the network it is listed under."""

    seeds: Seeds
    levels: Listed[Level]
    variants: Annotated[dict[str, dict[Label, dict[str, Any]]], Field(min_length=1)]


class SaturationBlocks(Model):
    """All blocks of the study, each right by itself."""

    system: System
    training: Training
    seeds_per_job: Count
    regions: Annotated[dict[Name, Region], Field(min_length=1), AfterValidator(at_most(20, "sets"))]
    networks: Annotated[
        dict[Name, NetworkSettings], Field(min_length=1), AfterValidator(at_most(100, "networks"))
    ]
    scale_sweep: ScaleSweep
    solver: Solver
    monodromy: SeededSweep
    own_orbits: OwnOrbits
    obstruction: Obstruction
    phase_portraits: PhasePortraits
    attenuation: Shown
    multipliers_window: Shown
    refined_bound: Shown
    table_scales: Listed[Positive]
    silu_converse: SiluConverse
    seed_spread: SeedSpread
    yorke_limit: YorkeLimit
    certificates: Certificates
    certified_cycles: CertifiedCycles
    trajectory_bounds: TrajectoryBounds
    training_stages: TrainingStages
    three_dimensions: ThreeDimensions
    slow_clock: SlowClock
    sensitivity: Sensitivity
