"""What ``config/open_questions.yaml`` may say; a block for each table, named after it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from neural_spectra.config.checking import (
    Count,
    Curves,
    Finite,
    Listed,
    Model,
    NonNegative,
    Positive,
    Seeds,
    Sweep,
    Tolerance,
)
from neural_spectra.config.companion_folder import complete_folder
from neural_spectra.config.fitted_networks import NetworksBesideConnection, NetworksBesideCycle
from neural_spectra.config.learning_settings import BatchNormalisation, LearningAndRadius
from neural_spectra.config.morris_lecar import MorrisLecar, OrbitSearch, Steps
from neural_spectra.config.open_questions_budgets import (
    ActivationsAtEqualBudget,
    CycleSearch,
    DepthAttenuation,
)
from neural_spectra.config.size_limits import (
    each_once,
    require_jobs,
    require_room,
    require_runs,
    require_steps,
)

SetName = Literal["hopf", "snlc", "homoclinic", "dimensionless"]


def _rising(ends: list[float]) -> list[float]:
    if not ends[0] < ends[1]:
        raise ValueError(
            f"{ends[0]:g} does not lie below {ends[1]:g}; swap them or widen the range"
        )
    return ends


Pair = Annotated[list[Finite], Field(min_length=2, max_length=2)]
Range = Annotated[Pair, AfterValidator(_rising)]


class CyclesOfSet(Model):
    """Where the equilibria of a set lie, and up to which period its cycles are followed."""

    potentials: Range
    longest_period: Positive


class Connection(Model):
    """Where a homoclinic connection is looked for: at a saddle, between two currents."""

    saddle: Pair
    between: Range


class CurrentDiagram(Model):
    """Equilibria and cycles over the current."""

    equilibria: Annotated[int, Field(ge=20, le=100_000)]
    tolerance: Tolerance
    sets: Annotated[dict[SetName, CyclesOfSet], Field(min_length=1)]
    connections: dict[SetName, Connection]

    def _check_together(self) -> None:
        if missing := set(self.connections) - set(self.sets):
            raise ValueError(
                f"connections: the set '{min(missing)}' is not among sets; add it there"
            )


class CompanionOrbits(Model):
    """What the companion paper's sets settle on."""

    currents: Annotated[dict[SetName, Finite], Field(min_length=1)]
    potentials: Listed[Finite]
    openings: Listed[Finite]
    search: OrbitSearch

    def _check_together(self) -> None:
        starts = len(self.currents) * len(self.potentials) * len(self.openings)
        require_runs("currents · potentials · openings", starts)


class HomoclinicLimit(Connection):
    """The cycles beside a homoclinic orbit, of a neuron and of networks."""

    constants: SetName
    first_period: Positive
    distances: Sweep
    periods: Listed[Positive]
    tolerance: Tolerance
    networks: NetworksBesideConnection


class HodgkinHuxley(Model):
    """All multipliers of the Hodgkin–Huxley neuron, and of networks."""

    currents: Listed[Finite]
    start: Annotated[list[Finite], Field(min_length=4, max_length=4)]
    search: OrbitSearch
    networks: NetworksBesideCycle

    def _check_together(self) -> None:
        fits = len(self.currents) * self.networks.seeds * self.networks.steps
        require_steps("currents · networks.seeds · networks.steps", fits, 1)


class FirstOrder(Model):
    """An optimiser that goes down the gradient."""

    name: Literal["Adam", "SGD"]
    learning_rate: Positive
    steps: Steps


class SecondOrder(Model):
    """A method that needs no learning rate."""

    name: Literal["L-BFGS", "Levenberg-Marquardt"]
    steps: Steps


class WeightGrowth(Model):
    """Weights, saturation, loss and period along training."""

    # The keys of `fields_to_learn.FIELDS`.
    systems: Listed[Literal["stuart_landau", "morris_lecar"]]
    hidden: Annotated[int, Field(ge=1, le=1000)]
    seeds: Seeds
    shifts: Curves[NonNegative]
    radius: Positive
    points: Count
    target: Positive
    optimisers: Annotated[
        list[Annotated[FirstOrder | SecondOrder, Field(discriminator="name")]],
        Field(min_length=1, max_length=4),
    ]
    cycles: CycleSearch

    def _check_together(self) -> None:
        each_once([optimiser.name for optimiser in self.optimisers])
        networks = self.seeds * len(self.shifts)
        require_room("seeds · shifts · points · hidden", networks * self.points * self.hidden)
        # The Levenberg–Marquardt method holds the derivative of every residual by every weight.
        require_room("points · hidden", 2 * self.points * 5 * self.hidden)
        longest = max(max(optimiser.steps) for optimiser in self.optimisers)
        require_steps("steps · seeds · shifts · systems", longest * networks * len(self.systems), 1)


class TrainableSteepness(Model):
    """The steepness of the activation along training."""

    hidden: Annotated[int, Field(ge=1, le=1000)]
    seeds: Seeds
    steepness: Curves[Positive]
    radius: Positive
    points: Count
    target: Positive
    optimiser: Literal["Adam", "SGD"]
    learning_rate: Positive
    steps: Steps
    cycles: CycleSearch

    def _check_together(self) -> None:
        require_room("seeds · points · hidden", self.seeds * self.points * self.hidden)
        require_steps("steps · steepness", max(self.steps) * len(self.steepness), 1)


class OpenQuestions(Model):
    """All of the study."""

    seeds_per_job: Count
    current_diagram: CurrentDiagram
    companion_orbits: CompanionOrbits
    homoclinic_limit: HomoclinicLimit
    hodgkin_huxley: HodgkinHuxley
    morris_lecar: MorrisLecar
    companion: Annotated[str, AfterValidator(complete_folder)] | None = None
    weight_growth: WeightGrowth
    batch_normalisation: BatchNormalisation
    learning_and_radius: LearningAndRadius
    depth_attenuation: DepthAttenuation
    activations_at_equal_budget: ActivationsAtEqualBudget
    trainable_steepness: TrainableSteepness

    def _check_together(self) -> None:
        for name, block in self:
            if isinstance(seeds := getattr(block, "seeds", None), int):
                require_jobs(f"{name}.seeds / seeds_per_job", seeds, self.seeds_per_job)
        self.morris_lecar.require_room_for(self.seeds_per_job)

    def parameters(self, table: str) -> dict[str, Any]:
        """Return the settings of one table as plain values, sweeps as the lists they stand for."""
        block: Model = getattr(self, table)
        sweeps = {name: value.values() for name, value in block if isinstance(value, Sweep)}
        # The diagram marks the currents of the companion paper.
        marked = {"marked": self.companion_orbits.currents} if table == "current_diagram" else {}
        # Not how many seeds there are: a further one leaves the others as they were.
        return block.model_dump(exclude={"seeds"}) | sweeps | marked

    def training_parameters(self, protocol: str) -> dict[str, Any]:
        """Return what `train_morris_lecar` is told by one protocol."""
        block = self.morris_lecar.model_dump(include={"data", "hidden", "networks", "target"})
        return {**block, **self._by_protocol(protocol)}

    def measuring_parameters(self, protocol: str) -> dict[str, Any]:
        """Return what `morris_lecar_networks` is told by one protocol."""
        block = self.morris_lecar.model_dump(include={"data", "search"})
        return {**block, **self._by_protocol(protocol)}

    def _by_protocol(self, protocol: str) -> dict[str, Any]:
        chosen = self.morris_lecar.protocols[protocol].model_dump()
        return {"currents": self.companion_orbits.currents, "protocol": chosen}

    def shown_parameters(self) -> dict[str, Any]:
        """Return what `morris_lecar` is told."""
        protocols = self.morris_lecar.protocols.items()
        return {
            "currents": self.companion_orbits.currents,
            "data": self.morris_lecar.data.model_dump(),
            "samples": {name: protocol.samples for name, protocol in protocols},
        }

    def companion_parameters(self) -> dict[str, Any]:
        """Return what `companion_networks` is told."""
        search = self.morris_lecar.search.model_dump()
        return {"currents": self.companion_orbits.currents, "search": search}
