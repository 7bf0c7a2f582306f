"""What each block of ``config/saturation.yaml`` may say by itself; figures are elsewhere."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from neural_spectra.config.checking import (
    Count,
    Curves,
    Finite,
    Label,
    Listed,
    Model,
    Name,
    NonNegative,
    Positive,
    Seeds,
    Sweep,
    Tolerance,
)
from neural_spectra.config.saturation_figures import (
    CertifiedCycles,
    PhasePortraits,
    SeedSpread,
    Shown,
    SiluConverse,
    YorkeLimit,
)
from neural_spectra.config.saturation_networks import NetworkSettings
from neural_spectra.config.size_limits import at_most, require_steps

# How far float64 reaches on each side of 1, as a natural logarithm.
RANGE = 700.0

Level = Annotated[int, Field(ge=0, le=16)]  # 2^16 cells or points, all of them looked at
Segments = Annotated[int, Field(ge=4, le=10_000)]


class System(Model):
    """Stuart-Landau oscillator ż = (mu + i omega) z − (1 + i shear) |z|² z."""

    mu: Positive
    omega: Finite
    shear: Finite

    def _check_together(self) -> None:
        if self.omega == self.shear * self.mu:
            raise ValueError("omega = shear · mu: the limit cycle stands still; change one of them")
        if -self.log_determinant > RANGE or self.period > 1e6:
            raise ValueError(
                f"the period 2π/|omega − shear · mu| = {self.period:.3g} is so long that "
                f"det M = exp({self.log_determinant:.3g}) or the time itself is out of reach; "
                f"let it turn faster"
            )

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

    def _check_together(self) -> None:
        if (self.shape == "orbit") != (self.size is None):
            needed = "takes no size" if self.shape == "orbit" else "needs a size above 0"
            raise ValueError(f"shape {self.shape} {needed}")


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

    def _check_together(self) -> None:
        if self.coarsest_level > self.finest_level:
            raise ValueError(
                f"coarsest_level = {self.coarsest_level} lies above finest_level = "
                f"{self.finest_level}; swap them"
            )


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

    def _check_together(self) -> None:
        require_steps("window / step", self.window, self.step, least=20)
        require_steps("window · 2^(windows − 1) / step", self.longest, self.step)


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


class Certificates(Model):
    """Proofs about the closed orbits of the networks that own_orbits searches."""

    networks: Listed[str]
    regions: Listed[str]  # in which there may be no closed orbit
    # Curves are laid along an orbit from 2^states_level states.
    states_level: Annotated[int, Field(ge=6, le=16)]
    budget: Annotated[int, Field(ge=64, le=1_000_000)]  # cells that one proof may look at


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
