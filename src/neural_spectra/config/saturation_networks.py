"""What the config may say of one network of the study: how it is trained."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from neural_spectra.config.checking import Model, NonNegative, Positive, Seeds
from neural_spectra.config.size_limits import at_most, not_tiny

ActivationName = Literal[
    "tanh",
    "sigmoid",
    "softplus",
    "silu",
    "gelu",
    "elu",
    "relu",
    "leaky_relu",
    "hardtanh",
    "identity",
]
Fraction = Annotated[float, Field(gt=0, lt=1), AfterValidator(not_tiny)]
Width = Annotated[int, Field(ge=1, le=10_000)]
Steps = Annotated[int, Field(ge=1, le=100_000)]  # of training, some hours at 0.1 s each
DIMENSION = 2  # of the oscillator
# Of the activations that saturate on both sides, for which a saturation says what the margin is.
LARGEST_SLOPES = {"tanh": 1.0, "sigmoid": 0.25}


class Network(Model):
    """What every trained network has."""

    activation: ActivationName
    hidden: Annotated[
        list[Width], Field(min_length=1), AfterValidator(at_most(16, "hidden layers"))
    ]
    seeds: Seeds

    @property
    def parameters(self) -> int:
        """Number of weights and biases."""
        sizes = pairwise([DIMENSION, *self.hidden, DIMENSION])
        return sum((inputs + 1) * outputs for inputs, outputs in sizes)

    def numbers_in_training(self, points: int, seeds: int) -> int:
        """Return the size of the largest array in training so many replicates at so many points."""
        return seeds * (points + max(self.hidden)) * self.parameters


class ReadoutNetwork(Network):
    """Bias set for a wanted saturation, hidden layer frozen, readout fitted by ridge regression."""

    method: Literal["readout"]
    saturation: Fraction | None = None
    margin: Positive | None = None
    radius: Positive  # of the ball on which every pre-activation keeps the margin
    ridge: Positive

    def _check_together(self) -> None:
        if (self.saturation is None) == (self.margin is None):
            raise ValueError(
                "give either saturation (the wanted δ) or margin (the smallest pre-activation)"
            )
        if (self.saturation or 0.0) > LARGEST_SLOPES.get(self.activation, 0.0):
            known = ", ".join(f"{name} to {slope:g}" for name, slope in LARGEST_SLOPES.items())
            raise ValueError(
                f"{self.activation} gives no margin for saturation = {self.saturation:g} ({known} "
                f"do); give the margin itself"
            )


class LevenbergMarquardtNetwork(Network):
    """All parameters trained from the default initialisation, by a second-order method."""

    method: Literal["levenberg_marquardt"]
    steps: Steps
    target: NonNegative  # the loss at which a seed stops

    def numbers_in_training(self, points: int, seeds: int) -> int:
        """Return the size of the Jacobian of one seed, or of the paths of all."""
        return self.parameters * max(DIMENSION * points, seeds * (self.steps + 1))


class AdamNetwork(Network):
    """All parameters trained from the default initialisation, by Adam with a cosine schedule."""

    method: Literal["adam"]
    steps: Steps
    learning_rate: Positive

    def numbers_in_training(self, points: int, seeds: int) -> int:
        """Return the size of what a step goes back through."""
        return seeds * (points * sum(self.hidden) + self.parameters)


TrainedNetwork = ReadoutNetwork | LevenbergMarquardtNetwork | AdamNetwork
NetworkSettings = Annotated[TrainedNetwork, Field(discriminator="method")]


def with_change(network: TrainedNetwork, change: dict[str, Any], place: str) -> TrainedNetwork:
    """Return a network with some settings replaced; a new method starts without the old one's."""
    base = network.model_dump()
    kept = base
    if change.get("method", base["method"]) != base["method"]:
        kept = {key: base[key] for key in Network.model_fields}
    try:
        return _TRAINED.validate_python(kept | change)
    except ValidationError as error:
        first = error.errors()[0]
        # An unknown method is a mistake of the whole, without a location.
        message = first["msg"].removeprefix("Value error, ")
        words = [place, *map(str, first["loc"][-1:]), message]
        raise ValueError(": ".join(words)) from None


_TRAINED: TypeAdapter[TrainedNetwork] = TypeAdapter(NetworkSettings)
