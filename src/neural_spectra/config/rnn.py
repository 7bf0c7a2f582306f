"""What ``config/rnn.yaml`` may say; a block for each table, named after it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from neural_spectra.config.checking import (
    Count,
    Listed,
    Model,
    Panels,
    Positive,
    Seed,
    Seeds,
    Sweep,
    Tolerance,
)
from neural_spectra.config.rnn_planar import (
    ROW,
    ActivationName,
    ClosingCondition,
    Comparison,
    DriftMap,
    EulerLimitCycle,
    Form,
    Integrators,
    LevelSets,
    NonOddActivations,
    Orbits,
    PeriodBackbone,
    Periods,
    Run,
    SpectralResponse,
    State,
)
from neural_spectra.config.size_limits import require_jobs, require_room

Scaling = Literal["frobenius norm", "spectral radius", "entries"]
Size = Annotated[int, Field(ge=2, le=1000)]
Sizes = Listed[Size]


class EulerInstability(Run):
    """Fig. 5; ``planar_start`` is the start for n = 2, those of other sizes are drawn."""

    form: Form
    activation: ActivationName
    sizes: Panels[Size]
    scaling: Scaling
    size: Positive
    seed: Seed
    planar_start: State
    window: Annotated[int, Field(ge=8, le=100_000)]
    hop: Count

    def _check_together(self) -> None:
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
        super()._check_together()
        steps = self.duration / self.step
        require_room("sizes · duration / step", sum(self.sizes) * steps)
        frames = len(self.sizes) * steps / self.hop
        require_room("sizes · window · duration / (step · hop)", ROW * frames * self.window / 2)


class ScalingStudy(Run):
    """Growth, power and spectral entropy over sizes, scalings, forms and seeds."""

    forms: Listed[Form]
    scalings: Annotated[dict[Scaling, Positive], Field(min_length=1)]
    activation: ActivationName
    sizes: Sizes
    seeds: Seeds
    seeds_per_job: Count
    least = 10  # Lyapunov exponents are averaged over ten blocks of time.

    def _check_together(self) -> None:
        super()._check_together()
        require_jobs("seeds", self.seeds, self.seeds_per_job)
        units = len(self.scalings) * min(self.seeds, self.seeds_per_job) * max(self.sizes)
        numbers = units * self.duration / self.step
        require_room("scalings · seeds · sizes · duration / step", numbers)
        require_room("scalings · seeds · sizes²", units * max(self.sizes))


class Invariants(Comparison):
    """Drift of the invariant E by every integrator."""

    forms: Listed[Form]
    activations: Listed[ActivationName]
    sizes: Sizes
    seeds: Seeds
    scaling: Scaling
    size: Positive

    def _check_together(self) -> None:
        networks = len(self.forms) * len(self.activations) * len(self.sizes)
        self._require_steps("forms · activations · sizes", networks)
        numbers = self.seeds * max(self.sizes) * self.duration / min(self.steps)
        require_room("seeds · sizes · duration / steps", numbers)
        require_room("seeds · sizes²", self.seeds * max(self.sizes) ** 2)


class Theory(Run):
    """The paper's theory, case by case."""

    seeds: Seeds
    rtol: Tolerance
    atol: Tolerance
    least = 100


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

    def _check_together(self) -> None:
        missing = {*self.period_backbone.activations} - {*self.periods.activations}
        if missing or "sigma(A x)" not in self.periods.forms:
            wanted = f"activation '{min(missing)}'" if missing else "form 'sigma(A x)'"
            raise ValueError(
                f"period_backbone shows the {wanted}, which periods lacks; add it there"
            )

    def parameters(self, table: str) -> dict[str, Any]:
        """Return the settings of one table as plain values, sweeps as the lists they stand for."""
        block: Model = getattr(self, table)
        sweeps = {name: value.values() for name, value in block if isinstance(value, Sweep)}
        # A job of these gets the seeds of its chunk.
        exclude = {"seeds", "seeds_per_job"} if isinstance(block, ScalingStudy) else set()
        return block.model_dump(exclude=exclude) | sweeps
