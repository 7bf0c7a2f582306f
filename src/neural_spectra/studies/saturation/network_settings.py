"""What the config may say of one network: how it is trained, or where its weights are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, field_validator, model_validator

from neural_spectra.config import Count, Model, NonNegative, Positive

ActivationName = Literal["tanh", "sigmoid", "softplus", "silu", "gelu", "elu", "relu", "identity"]
Fraction = Annotated[float, Field(gt=0, lt=1)]


class Network(Model):
    """What every trained network has."""

    activation: ActivationName
    hidden: Annotated[list[Count], Field(min_length=1)]
    seeds: Count


class ReadoutNetwork(Network):
    """Bias set for a wanted saturation, hidden layer frozen, readout fitted by ridge regression."""

    method: Literal["readout"]
    saturation: Fraction | None = None
    margin: Positive | None = None
    radius: Positive  # of the ball on which every pre-activation keeps the margin
    ridge: Positive

    @model_validator(mode="after")
    def _one_shift(self) -> ReadoutNetwork:
        if (self.saturation is None) == (self.margin is None):
            raise ValueError(
                "give either saturation (the wanted δ) or margin (the smallest pre-activation)"
            )
        return self


class LevenbergMarquardtNetwork(Network):
    """All parameters trained from the default initialisation, by a second-order method."""

    method: Literal["levenberg_marquardt"]
    steps: Count
    target: NonNegative  # the loss at which a seed stops


class AdamNetwork(Network):
    """All parameters trained from the default initialisation, by Adam with a cosine schedule."""

    method: Literal["adam"]
    steps: Count
    learning_rate: Positive


class GivenNetwork(Model):
    """Weights from a file, trained elsewhere."""

    method: Literal["file"]
    weights: str
    seeds: Count

    @field_validator("weights")
    @classmethod
    def _plain(cls, path: str) -> str:
        # Snakemake takes {…} in a path for a wildcard.
        if set(path) & set("{}") or not path.isprintable():
            raise ValueError(f"{path!r} holds braces or unprintable characters; rename the file")
        return path


NetworkSettings = Annotated[
    ReadoutNetwork | LevenbergMarquardtNetwork | AdamNetwork | GivenNetwork,
    Field(discriminator="method"),
]


def with_change(base: dict[str, Any], change: dict[str, Any], place: str) -> dict[str, Any]:
    """Return a network's settings with some replaced; a new method starts without the old one's."""
    kept = base
    if change.get("method", base["method"]) != base["method"]:
        kept = {key: base[key] for key in Network.model_fields}
    try:
        variant: Model = _NETWORK.validate_python(kept | change)
        return variant.model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        # An unknown method is a mistake of the whole, without a location.
        words = [place, *map(str, first["loc"][-1:]), first["msg"]]
        raise ValueError(": ".join(words)) from None


_NETWORK: TypeAdapter[Any] = TypeAdapter(NetworkSettings)
