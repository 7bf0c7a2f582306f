"""What the blocks of ``config/saturation.yaml`` may say that only choose what a figure shows."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from neural_spectra.config.checking import Curves, Model, Panels, Positive, Seeds, Tolerance
from neural_spectra.config.size_limits import not_tiny

# Of a figure with a line of text for each: it is two feet high then.
MOST_ROWS = 200


def _radius_and_count(starts: list[float]) -> list[float]:
    if len(starts) != 2 or starts[1] != round(starts[1]) or not 1 <= starts[1] <= 100:
        raise ValueError(f"{starts} should be a radius and how many starts, a whole number to 100")
    return starts


Starts = Annotated[list[Positive], AfterValidator(_radius_and_count)]


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

    def _check_together(self) -> None:
        rows = len(self.networks) * self.seeds
        if rows > MOST_ROWS:
            raise ValueError(
                f"{self.seeds} seeds of {len(self.networks)} networks make {rows} rows of a "
                f"figure, which has room for {MOST_ROWS}; lower seeds"
            )


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


class CertifiedCycles(Model):
    """How many seeds have a proved cycle, or provably no closed orbit in the region."""

    networks: Panels[str]
    region: str
