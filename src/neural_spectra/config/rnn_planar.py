"""What ``config/rnn.yaml`` may say of planar networks; a block for each table, named after it."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from neural_spectra.config.checking import (
    Count,
    Curves,
    Finite,
    Listed,
    Model,
    Panels,
    Positive,
    Sweep,
    Tolerance,
)
from neural_spectra.config.size_limits import (
    at_most,
    not_tiny,
    require_room,
    require_runs,
    require_steps,
)

Form = Literal["sigma(A x)", "A sigma(x)"]
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
Points = Annotated[int, Field(ge=2, le=20_000)]  # of a trajectory
# A row of a table takes about as much room as this many numbers.
ROW = 10


def _planar(start: list[float]) -> list[float]:
    if len(start) != 2 or math.hypot(*start) < 1e-6:
        raise ValueError(f"{start} should be a point (x, y) of the plane other than the origin")
    return start


def _low(levels: Sweep) -> Sweep:
    if max(levels.values()) > HIGHEST_LEVEL:
        raise ValueError(
            f"levels up to {max(levels.values()):g}: the closed forms reach to {HIGHEST_LEVEL:g}"
        )
    return levels


State = Annotated[list[Finite], AfterValidator(_planar)]
Levels = Annotated[Sweep, AfterValidator(_low)]


def _require_closed_forms(omega: float, start: list[float]) -> None:
    """Refuse orbits too wide for the closed forms of tanh."""
    if omega * (abs(start[0]) + abs(start[1])) > HIGHEST_LEVEL:
        raise ValueError(
            f"omega = {omega:g} from start = {start}: the period is known for omega · (|x| + |y|) "
            f"up to {HIGHEST_LEVEL:g} only; start nearer to the origin"
        )


class Run(Model):
    """A run of steps of equal length, of which there are so many at least."""

    step: Positive
    duration: Positive
    least: ClassVar[int] = 1

    def _check_together(self) -> None:
        require_steps("duration / step", self.duration, self.step, least=self.least)


class Comparison(Model):
    """Runs of the same duration by several integrators with several steps."""

    integrators: Listed[Integrator]
    steps: Listed[Positive]
    duration: Positive

    def _require_steps(self, names: str, networks: int) -> None:
        """Refuse steps that are too long for a run, or too short for all runs together."""
        require_steps("duration / steps", self.duration, max(self.steps))
        time = networks * len(self.integrators) * len(self.steps) * self.duration
        require_steps(f"{names} · integrators · duration / steps", time, min(self.steps))


class LevelSets(Model):
    """Fig. 1."""

    omega: Positive
    levels: Curves[Level]
    points: Annotated[int, Field(ge=8, le=20_000)]
    extent: Positive


class OrbitRow(Run):
    """One row of Fig. 2."""

    omega: Positive
    start: State

    def _check_together(self) -> None:
        super()._check_together()
        _require_closed_forms(self.omega, self.start)


class Orbits(Model):
    """Fig. 2."""

    activations: Panels[ActivationName]
    rows: Annotated[list[OrbitRow], Field(min_length=1), AfterValidator(at_most(12, "rows"))]
    points: Points


class NonOddActivations(Run):
    """Fig. 3."""

    activations: Panels[ActivationName]
    omegas: Panels[Positive]
    start: State
    threshold: Positive

    def _check_together(self) -> None:
        super()._check_together()
        paths = len(self.activations) * len(self.omegas)
        numbers = ROW * paths * self.duration / self.step
        require_room("activations · omegas · duration / step", numbers)


class Curve(Model):
    """An activation of Fig. 4; ``level`` is where hard-tanh clips."""

    activation: ActivationName
    level: Positive = 1.0


class SpectralResponse(Run):
    """Fig. 4."""

    curves: Panels[Curve]
    omegas: Curves[Positive]
    start: State
    every: Count
    highest_frequency: Positive

    def _check_together(self) -> None:
        super()._check_together()
        spacing = self.step * self.every
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


class Periods(Model):
    """Simulated periods and harmonics against their closed forms."""

    forms: Listed[Form]
    activations: Listed[Solvable]
    omegas: Listed[Positive]
    levels: Levels
    harmonics: Annotated[int, Field(ge=1, le=200)]  # of 1024 samples of a period
    rtol: Tolerance
    atol: Tolerance

    def _check_together(self) -> None:
        runs = len(self.forms) * len(self.activations) * len(self.omegas)
        require_runs("forms · activations · omegas · levels", runs * len(self.levels.values()))


class PeriodBackbone(Model):
    """The exact curve beside the simulated periods."""

    activations: Listed[Solvable]
    levels: Levels


class DriftMap(Model):
    """Drift of forward Euler per turn."""

    activations: Panels[Turning]
    omegas: Sweep
    steps: Sweep
    start: State

    def _check_together(self) -> None:
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


class CycleSetting(Model):
    """A frequency and a step size."""

    omega: Positive
    step: Positive

    def _check_together(self) -> None:
        if self.omega * self.step >= 1:
            raise ValueError(
                f"omega · step = {self.omega * self.step:g}: the damping's threshold exists only "
                f"below 1; shorten the step"
            )


class EulerLimitCycle(Model):
    """The cycle that Euler's growth and damping make together."""

    activation: Literal["tanh", "hardtanh"]
    settings: Panels[CycleSetting]
    fractions: Sweep
    inside: Positive
    outside: Positive
    turns: Count

    def _check_together(self) -> None:
        if self.inside >= self.outside:
            raise ValueError(
                f"inside = {self.inside:g} lies beyond outside = {self.outside:g}; swap them"
            )
        for setting in self.settings:
            turn, step = 2 * math.pi / setting.omega, setting.step
            require_steps("turns · 2π / (omega · step)", self.turns * turn, step)
            numbers = 8 * len(self.fractions.values()) * turn / step
            require_room("fractions · 2π / (omega · step)", numbers)


class Integrators(Comparison):
    """Work against drift."""

    activations: Listed[Solvable]
    omega: Positive
    level: Level

    def _check_together(self) -> None:
        if len(self.steps) < 2:
            raise ValueError("steps has one entry, and an order is fitted to several; add a step")
        self._require_steps("activations", len(self.activations))


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

    def _check_together(self) -> None:
        if self.omega * self.duration > 1e5:
            raise ValueError(
                f"omega · duration = {self.omega * self.duration:g} radians take days to follow; "
                f"shorten the duration to {1e5 / self.omega:g}"
            )
