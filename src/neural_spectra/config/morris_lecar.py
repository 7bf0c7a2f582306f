"""What the config may say on networks that are trained along trajectories of neurons."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from neural_spectra.config.checking import Count, Listed, Model, Name, Positive, Seeds, Tolerance
from neural_spectra.config.size_limits import require_room, require_steps


def _in_order(steps: list[int]) -> list[int]:
    if sorted(steps) != steps:
        raise ValueError(f"{steps} does not rise; sort the steps")
    if steps[0] != 0:
        raise ValueError(f"{steps} does not begin with 0, where networks are drawn; add it")
    return steps


Steps = Annotated[Listed[Annotated[int, Field(ge=0, le=1_000_000)]], AfterValidator(_in_order)]


class OrbitSearch(Model):
    """How periodic orbits are looked for; see ``close_returns.Search``."""

    window: Positive
    windows: Annotated[int, Field(ge=1, le=30)]
    step: Positive
    return_distance: Positive
    segments: Annotated[int, Field(ge=2, le=1000)]
    rtol: Tolerance
    atol: Tolerance

    def _check_together(self) -> None:
        if 20 * self.step > self.window:
            raise ValueError(
                f"window = {self.window:g} is less than 20 steps of {self.step:g}; lengthen it"
            )


class FixedSteps(Model):
    """A step of the classical Runge–Kutta method from sample to sample."""

    method: Literal["rk4"]


class AdaptiveSteps(Model):
    """Dormand and Prince's method of order 5, whose steps all networks of a job share."""

    method: Literal["dopri5"]
    rtol: Positive
    atol: Positive


class Data(Model):
    """The trajectories."""

    duration: Positive
    unit: Positive


class Kind(Model):
    """A kind of network: σ, and what it sees of the states."""

    activation: Literal["tanh", "silu", "sigmoid", "softplus", "sin", "relu", "gelu", "elu"]
    inputs: Literal["scaled", "millivolts"]


class Protocol(Model):
    """How networks are trained; see ``followed_along_trajectories``."""

    samples: Annotated[int, Field(ge=2, le=100_000)]
    segment: Count
    optimiser: Literal["Adam", "SGD"]
    learning_rate: Positive
    largest_gradient: Positive
    steps: Steps
    cycles_from: Annotated[int, Field(ge=0, le=1_000_000)]
    solver: Annotated[FixedSteps | AdaptiveSteps, Field(discriminator="method")]

    def _check_together(self) -> None:
        if self.samples % self.segment:
            raise ValueError(
                f"segment = {self.segment} does not divide samples = {self.samples}; choose one "
                f"of its divisors"
            )


class MorrisLecar(Model):
    """Networks trained along the trajectories of the companion paper's neurons."""

    data: Data
    hidden: Annotated[list[Annotated[int, Field(ge=1, le=1000)]], Field(min_length=1, max_length=8)]
    seeds: Seeds
    networks: Annotated[dict[Name, Kind], Field(min_length=1, max_length=6)]
    target: Positive
    protocols: Annotated[dict[Name, Protocol], Field(min_length=1, max_length=6)]
    search: OrbitSearch

    def _check_together(self) -> None:
        for name, protocol in self.protocols.items():
            steps = max(protocol.steps) * protocol.segment
            require_steps(f"protocols: {name}: steps · segment", steps, 1, most=10**8)

    def require_room_for(self, seeds_per_job: int) -> None:
        """Make sure that a job can hold what it needs for the gradient.

        Raises
        ------
        ValueError
            If it cannot.
        """
        seeds = min(self.seeds, seeds_per_job)
        for name, protocol in self.protocols.items():
            # Every layer's output at every stage of every sample.
            numbers = 4 * seeds * len(self.networks) * protocol.samples * sum(self.hidden)
            names = f"morris_lecar.protocols.{name}: seeds · networks · samples · hidden"
            require_room(names, numbers)
