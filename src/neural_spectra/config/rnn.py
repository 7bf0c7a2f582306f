"""What ``config/rnn.yaml`` may say; a block for each table, named after it."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from neural_spectra.config.checking import (
    Count,
    Curves,
    Finite,
    Listed,
    Model,
    Panels,
    Positive,
    Seed,
    Seeds,
    Sweep,
    Tolerance,
)
from neural_spectra.config.size_limits import (
    at_most,
    not_tiny,
    require_jobs,
    require_room,
    require_runs,
    require_steps,
)

Form = Literal["sigma(A x)", "A sigma(x)"]
Scaling = Literal["frobenius norm", "spectral radius", "entries"]
Integrator = Literal["euler", "rk4", "implicit midpoint", "average vector field"]
ActivationName = Literal[
    "identity",
    "tanh",
    "hardtanh",
    "sigmoid",
    "relu",
    "leaky_relu_0.1",
    "elu",
    "shifted_softplus",
    "bump",
]
Solvable = Literal["tanh", "hardtanh"]  # with periods in closed form
Turning = Literal["identity", "tanh", "hardtanh"]  # with turns of known length
HIGHEST_LEVEL = 300.0  # of tanh, whose closed forms need exp(−2 level)
Level = Annotated[float, Field(gt=0, le=HIGHEST_LEVEL), AfterValidator(not_tiny)]
Size = Annotated[int, Field(ge=2, le=1000)]
Sizes = Listed[Size]
Points = Annotated[int, Field(ge=2, le=20_000)]  # of a trajectory
# A row of a table takes about as much room as this many numbers.
ROW = 10


def _planar(start: list[float]) -> list[float]:
    if len(start) != 2 or math.hypot(*start) < 1e-6:
        raise ValueError(f"{start} should be a point (x, y) of the plane other than the origin")
    return start


State = Annotated[list[Finite], AfterValidator(_planar)]


def _require_closed_forms(omega: float, start: list[float]) -> None:
    """Refuse orbits too wide for the closed forms of tanh."""
    if omega * (abs(start[0]) + abs(start[1])) > HIGHEST_LEVEL:
        raise ValueError(
            f"omega = {omega:g} from start = {start}: the period is known for omega · (|x| + |y|) "
            f"up to {HIGHEST_LEVEL:g} only; start nearer to the origin"
        )


def _require_low(levels: Sweep) -> None:
    if max(levels.values()) > HIGHEST_LEVEL:
        raise ValueError(
            f"levels up to {max(levels.values()):g}: the closed forms reach to {HIGHEST_LEVEL:g}"
        )


class LevelSets(Model):
    """Fig. 1."""

    omega: Positive
    levels: Curves[Level]
    points: Annotated[int, Field(ge=8, le=20_000)]
    extent: Positive


class OrbitRow(Model):
    """One row of Fig. 2."""

    omega: Positive
    step: Positive
    duration: Positive
    start: State

    @model_validator(mode="after")
    def _is_possible(self) -> OrbitRow:
        require_steps("duration / step", self.duration, self.step)
        _require_closed_forms(self.omega, self.start)
        return self


class Orbits(Model):
    """Fig. 2."""

    activations: Panels[ActivationName]
    rows: Annotated[list[OrbitRow], Field(min_length=1), AfterValidator(at_most(12, "rows"))]
    points: Points


class NonOddActivations(Model):
    """Fig. 3."""

    activations: Panels[ActivationName]
    omegas: Panels[Positive]
    start: State
    step: Positive
    duration: Positive
    threshold: Positive

    @model_validator(mode="after")
    def _is_possible(self) -> NonOddActivations:
        require_steps("duration / step", self.duration, self.step)
        paths = len(self.activations) * len(self.omegas)
        numbers = ROW * paths * self.duration / self.step
        require_room("activations · omegas · duration / step", numbers)
        return self


class Curve(Model):
    """An activation of Fig. 4; ``level`` is where hard-tanh clips."""

    activation: ActivationName
    level: Positive = 1.0


class SpectralResponse(Model):
    """Fig. 4."""

    curves: Panels[Curve]
    omegas: Curves[Positive]
    start: State
    step: Positive
    every: Count
    duration: Positive
    highest_frequency: Positive

    @model_validator(mode="after")
    def _sampled_fast_enough(self) -> SpectralResponse:
        spacing = self.step * self.every
        require_steps("duration / step", self.duration, self.step)
        require_steps("duration / (step · every)", self.duration, spacing, least=16)
        paths = len(self.curves) * len(self.omegas)
        numbers = ROW * paths * self.duration / spacing
        require_room("curves · omegas · duration / (step · every)", numbers)
        for omega in self.omegas:
            _require_closed_forms(omega, self.start)
        nyquist = 1 / (2 * spacing)
        wanted = max(max(self.omegas) / (2 * math.pi), self.highest_frequency)
        if wanted >= nyquist:
            raise ValueError(
                f"sampling every {self.every} steps of {self.step} shows frequencies below the "
                f"Nyquist limit of {nyquist:.4g} Hz, but {wanted:.4g} Hz is asked for; lower every "
                f"or step"
            )
        return self


class EulerInstability(Model):
    """Fig. 5; ``planar_start`` is the start for n = 2, those of other sizes are drawn."""

    form: Form
    activation: ActivationName
    sizes: Panels[Size]
    scaling: Scaling
    size: Positive
    seed: Seed
    planar_start: State
    step: Positive
    duration: Positive
    window: Annotated[int, Field(ge=8, le=100_000)]
    hop: Count

    @model_validator(mode="after")
    def _windows_fit(self) -> EulerInstability:
        if self.duration < 2 * self.window * self.step:
            raise ValueError(
                f"a window of {self.window} samples lasts {self.window * self.step:g}, more than "
                f"half of the duration {self.duration:g}; shorten it"
            )
        if self.hop > self.window / 2:
            raise ValueError(
                f"hop = {self.hop} skips more than half of a window of {self.window} samples; "
                f"lower it to {self.window // 2}"
            )
        require_steps("duration / step", self.duration, self.step)
        steps = self.duration / self.step
        require_room("sizes · duration / step", sum(self.sizes) * steps)
        frames = len(self.sizes) * steps / self.hop
        require_room("sizes · window · duration / (step · hop)", ROW * frames * self.window / 2)
        return self


class ScalingStudy(Model):
    """Growth, power and spectral entropy over sizes, scalings, forms and seeds."""

    forms: Listed[Form]
    scalings: Annotated[dict[Scaling, Positive], Field(min_length=1)]
    activation: ActivationName
    sizes: Sizes
    seeds: Seeds
    seeds_per_job: Count
    step: Positive
    duration: Positive

    @model_validator(mode="after")
    def _is_possible(self) -> ScalingStudy:
        # Lyapunov exponents are averaged over ten blocks of time.
        require_steps("duration / step", self.duration, self.step, least=10)
        require_jobs("seeds", self.seeds, self.seeds_per_job)
        networks = len(self.scalings) * min(self.seeds, self.seeds_per_job)
        largest = networks * max(self.sizes)
        require_room(
            "scalings · seeds · sizes · duration / step", largest * self.duration / self.step
        )
        require_room("scalings · seeds · sizes²", largest * max(self.sizes))
        return self


class Periods(Model):
    """Simulated periods and harmonics against their closed forms."""

    forms: Listed[Form]
    activations: Listed[Solvable]
    omegas: Listed[Positive]
    levels: Sweep
    harmonics: Annotated[int, Field(ge=1, le=200)]  # of 1024 samples of a period
    rtol: Tolerance
    atol: Tolerance

    @model_validator(mode="after")
    def _is_possible(self) -> Periods:
        _require_low(self.levels)
        runs = len(self.forms) * len(self.activations) * len(self.omegas)
        require_runs("forms · activations · omegas · levels", runs * len(self.levels.values()))
        return self


class PeriodBackbone(Model):
    """The exact curve beside the simulated periods."""

    activations: Listed[Solvable]
    levels: Sweep

    @model_validator(mode="after")
    def _is_possible(self) -> PeriodBackbone:
        _require_low(self.levels)
        return self


class Invariants(Model):
    """Drift of the invariant E by every integrator."""

    forms: Listed[Form]
    activations: Listed[ActivationName]
    sizes: Sizes
    integrators: Listed[Integrator]
    steps: Listed[Positive]
    seeds: Seeds
    scaling: Scaling
    size: Positive
    duration: Positive

    @model_validator(mode="after")
    def _is_possible(self) -> Invariants:
        for step in self.steps:
            require_steps("duration / steps", self.duration, step)
        runs = len(self.forms) * len(self.activations) * len(self.sizes) * len(self.integrators)
        time = runs * self.duration * len(self.steps)
        names = "forms · activations · sizes · integrators · duration / steps"
        require_steps(names, time, min(self.steps))
        numbers = self.seeds * max(self.sizes) * self.duration / min(self.steps)
        require_room("seeds · sizes · duration / steps", numbers)
        require_room("seeds · sizes²", self.seeds * max(self.sizes) ** 2)
        return self


class DriftMap(Model):
    """Drift of forward Euler per turn."""

    activations: Panels[Turning]
    omegas: Sweep
    steps: Sweep
    start: State

    @model_validator(mode="after")
    def _is_possible(self) -> DriftMap:
        omegas, steps = self.omegas.values(), self.steps.values()
        if min(len(omegas), len(steps)) < 2:
            raise ValueError("a map needs at least two omegas and two steps; raise their count")
        for omega in omegas:
            _require_closed_forms(omega, self.start)
        # A turn takes 4 (level + 1)/ω where the activation saturates, and 2π/ω where it does not.
        turn = 11 / min(omegas) + 4 * (abs(self.start[0]) + abs(self.start[1]))
        require_steps("the longest turn / steps", turn, min(steps))
        time = len(self.activations) * len(steps) * turn
        require_steps("activations · steps · the longest turn / steps", time, min(steps))
        require_room("omegas · the longest turn / steps", 2 * len(omegas) * turn / min(steps))
        return self


class CycleSetting(Model):
    """A frequency and a step size."""

    omega: Positive
    step: Positive

    @model_validator(mode="after")
    def _threshold_exists(self) -> CycleSetting:
        if self.omega * self.step >= 1:
            raise ValueError(
                f"omega · step = {self.omega * self.step:g}: the damping's threshold exists only "
                f"below 1; shorten the step"
            )
        return self


class EulerLimitCycle(Model):
    """The cycle that Euler's growth and damping make together."""

    activation: Literal["tanh", "hardtanh"]
    settings: Panels[CycleSetting]
    fractions: Sweep
    inside: Positive
    outside: Positive
    turns: Count

    @model_validator(mode="after")
    def _is_possible(self) -> EulerLimitCycle:
        if self.inside >= self.outside:
            raise ValueError(
                f"inside = {self.inside:g} lies beyond outside = {self.outside:g}; swap them"
            )
        for setting in self.settings:
            turn, step = 2 * math.pi / setting.omega, setting.step
            require_steps("turns · 2π / (omega · step)", self.turns * turn, step)
            numbers = 8 * len(self.fractions.values()) * turn / step
            require_room("fractions · 2π / (omega · step)", numbers)
        return self


class Integrators(Model):
    """Work against drift."""

    activations: Listed[Solvable]
    integrators: Listed[Integrator]
    omega: Positive
    level: Level
    steps: Listed[Positive]
    duration: Positive

    @model_validator(mode="after")
    def _is_possible(self) -> Integrators:
        if len(self.steps) < 2:
            raise ValueError("steps has one entry, and an order is fitted to several; add a step")
        for step in self.steps:
            require_steps("duration / steps", self.duration, step)
        time = len(self.activations) * len(self.integrators) * len(self.steps) * self.duration
        names = "activations · integrators · steps · duration / steps"
        require_steps(names, time, min(self.steps))
        return self


class ClosingCondition(Model):
    """Which activations close the orbits, seen from so many samples; ``points`` are drawn."""

    activations: Panels[ActivationName]
    omega: Positive
    start: State
    duration: Positive
    samples: Annotated[int, Field(ge=10, le=1_000_000)]
    points: Points
    rtol: Tolerance
    atol: Tolerance

    @model_validator(mode="after")
    def _is_possible(self) -> ClosingCondition:
        if self.omega * self.duration > 1e5:
            raise ValueError(
                f"omega · duration = {self.omega * self.duration:g} radians take days to follow; "
                f"shorten the duration to {1e5 / self.omega:g}"
            )
        return self


class Theory(Model):
    """The paper's theory, case by case."""

    seeds: Seeds
    duration: Positive
    step: Positive
    rtol: Tolerance
    atol: Tolerance

    @model_validator(mode="after")
    def _long_enough(self) -> Theory:
        if self.duration < 100 * self.step:
            raise ValueError(
                f"a duration of {self.duration:g} has fewer than 100 steps of {self.step:g}; "
                f"shorten the step"
            )
        require_steps("duration / step", self.duration, self.step)
        return self


class RecurrentNetworks(Model):
    """All of the study."""

    level_sets: LevelSets
    orbits: Orbits
    non_odd_activations: NonOddActivations
    spectral_response: SpectralResponse
    euler_instability: EulerInstability
    scaling_study: ScalingStudy
    lyapunov: ScalingStudy
    periods: Periods
    period_backbone: PeriodBackbone
    invariants: Invariants
    drift_map: DriftMap
    euler_limit_cycle: EulerLimitCycle
    integrators: Integrators
    closing_condition: ClosingCondition
    theory: Theory

    @model_validator(mode="after")
    def _backbone_is_simulated(self) -> RecurrentNetworks:
        missing = {*self.period_backbone.activations} - {*self.periods.activations}
        if missing or "sigma(A x)" not in self.periods.forms:
            wanted = f"activation '{min(missing)}'" if missing else "form 'sigma(A x)'"
            raise ValueError(
                f"period_backbone shows the {wanted}, which periods lacks; add it there"
            )
        return self

    def parameters(self, table: str) -> dict[str, Any]:
        """Return the settings of one table as plain values, sweeps as the lists they stand for."""
        block: Model = getattr(self, table)
        sweeps = {name: value.values() for name, value in block if isinstance(value, Sweep)}
        # A job of these gets the seeds of its chunk.
        exclude = {"seeds", "seeds_per_job"} if isinstance(block, ScalingStudy) else set()
        return block.model_dump(exclude=exclude) | sweeps
