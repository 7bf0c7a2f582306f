"""What ``config/rnn.yaml`` may say; a block for each table, named after it."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from neural_spectra.config import Count, Finite, Model, Positive, Sweep

Form = Literal["sigma(A x)", "A sigma(x)"]
Scaling = Literal["frobenius norm", "spectral radius", "entries"]
Integrator = Literal["euler", "rk4", "implicit midpoint", "average vector field"]
ActivationName = Literal[
    "linear", "tanh", "hard_tanh", "sigmoid", "relu", "leaky_relu", "elu", "softplus", "bump"
]
Solvable = Literal["tanh", "hard_tanh"]  # with periods in closed form
State = Annotated[list[Finite], Field(min_length=2, max_length=2)]
Forms = Annotated[list[Form], Field(min_length=1)]
Activations = Annotated[list[ActivationName], Field(min_length=1)]
Frequencies = Annotated[list[Positive], Field(min_length=1)]
Size = Annotated[int, Field(ge=2)]
Sizes = Annotated[list[Size], Field(min_length=1)]
Level = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class LevelSets(Model):
    """Fig. 1."""

    omega: Positive
    levels: Annotated[list[Level], Field(min_length=1)]
    points: Annotated[int, Field(ge=8)]
    extent: Positive


class OrbitRow(Model):
    """One row of Fig. 2."""

    omega: Positive
    step: Positive
    duration: Positive
    start: State


class Orbits(Model):
    """Fig. 2."""

    activations: Activations
    rows: Annotated[list[OrbitRow], Field(min_length=1)]
    points: Annotated[int, Field(ge=2)]


class NonOddActivations(Model):
    """Fig. 3."""

    activations: Activations
    omegas: Frequencies
    start: State
    step: Positive
    duration: Positive
    threshold: Positive


class Curve(Model):
    """An activation of Fig. 4; ``level`` is where hard-tanh clips."""

    activation: ActivationName
    level: Positive = 1.0


class SpectralResponse(Model):
    """Fig. 4."""

    curves: Annotated[list[Curve], Field(min_length=1)]
    omegas: Frequencies
    start: State
    step: Positive
    every: Count
    duration: Positive
    highest_frequency: Positive

    @model_validator(mode="after")
    def _sampled_fast_enough(self) -> SpectralResponse:
        nyquist = 1 / (2 * self.step * self.every)
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
    sizes: Sizes
    scaling: Scaling
    size: Positive
    seed: Annotated[int, Field(ge=0)]
    planar_start: State
    step: Positive
    duration: Positive
    window: Annotated[int, Field(ge=8)]
    hop: Count

    @model_validator(mode="after")
    def _windows_fit(self) -> EulerInstability:
        if self.duration < 2 * self.window * self.step:
            raise ValueError(
                f"a window of {self.window} samples lasts {self.window * self.step:g}, more than "
                f"half of the duration {self.duration:g}; shorten it"
            )
        return self


class ScalingStudy(Model):
    """Growth, power and spectral entropy over sizes, scalings, forms and seeds."""

    forms: Forms
    scalings: Annotated[dict[Scaling, Positive], Field(min_length=1)]
    activation: ActivationName
    sizes: Sizes
    seeds: Count
    seeds_per_job: Count
    step: Positive
    duration: Positive


class Periods(Model):
    """Simulated periods and harmonics against their closed forms."""

    forms: Forms
    activations: Annotated[list[Solvable], Field(min_length=1)]
    omegas: Frequencies
    levels: Sweep
    harmonics: Count
    rtol: Positive
    atol: Positive


class PeriodBackbone(Model):
    """The exact curve beside the simulated periods."""

    activations: Annotated[list[Solvable], Field(min_length=1)]
    levels: Sweep


class Invariants(Model):
    """Drift of the invariant E by every integrator."""

    forms: Forms
    activations: Activations
    sizes: Sizes
    integrators: Annotated[list[Integrator], Field(min_length=1)]
    steps: Annotated[list[Positive], Field(min_length=1)]
    seeds: Count
    scaling: Scaling
    size: Positive
    duration: Positive


class DriftMap(Model):
    """Drift of forward Euler per turn."""

    activations: Activations
    omegas: Sweep
    steps: Sweep
    start: State


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

    activation: Literal["tanh", "hard_tanh"]
    settings: Annotated[list[CycleSetting], Field(min_length=1)]
    fractions: Sweep
    inside: Positive
    outside: Positive
    turns: Count


class Integrators(Model):
    """Work against drift."""

    activations: Annotated[list[Solvable], Field(min_length=1)]
    integrators: Annotated[list[Integrator], Field(min_length=1)]
    omega: Positive
    level: Level
    steps: Annotated[list[Positive], Field(min_length=2)]
    duration: Positive


class ClosingCondition(Model):
    """Which activations close the orbits, seen from so many samples; ``points`` are drawn."""

    activations: Activations
    omega: Positive
    start: State
    duration: Positive
    samples: Annotated[int, Field(ge=10)]
    points: Annotated[int, Field(ge=2)]
    rtol: Positive
    atol: Positive


class Theory(Model):
    """The paper's theory, case by case."""

    seeds: Count
    duration: Positive
    step: Positive
    rtol: Positive
    atol: Positive

    @model_validator(mode="after")
    def _long_enough(self) -> Theory:
        if self.duration < 100 * self.step:
            raise ValueError(
                f"a duration of {self.duration:g} has fewer than 100 steps of {self.step:g}; "
                f"shorten the step"
            )
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

    def parameters(self, table: str) -> dict[str, Any]:
        """Return the settings of one table as plain values, sweeps as the lists they stand for."""
        block: Model = getattr(self, table)
        sweeps = {name: value.values() for name, value in block if isinstance(value, Sweep)}
        # A job of these gets the seeds of its chunk.
        exclude = {"seeds", "seeds_per_job"} if isinstance(block, ScalingStudy) else set()
        return block.model_dump(exclude=exclude) | sweeps
