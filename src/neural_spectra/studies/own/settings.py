"""What an analysis may cost, and what it starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from neural_spectra.errors import InputError, did_you_mean


@dataclass(frozen=True)
class FlowSettings:
    """The settings of an analysis of a vector field; the defaults serve a network of a few layers.

    Parameters
    ----------
    starts
        How many trajectories are followed, to see where they go.
    seed
        Of the places that are drawn, and of the frames that exponents are found with.
    evaluations
        How often the field is evaluated to follow them, at most.
    cells
        How many cells the proof around one closed orbit may look at; others, and bounds, look at a
        part of them.
    turns
        How long trajectories that never close are followed for their Lyapunov exponents, in times
        in which one goes as far as it comes from its mean.
    scales
        The factors s of the pre-activations at which everything is asked again.
    """

    starts: int = 32
    seed: int = 0
    evaluations: int = 40_000
    cells: int = 2**16
    turns: float = 400.0
    scales: tuple[float, ...] = (0.5, 0.71, 1.0, 1.41, 2.0, 2.83, 4.0)

    def __post_init__(self) -> None:
        if self.starts < 1 or self.cells < 2**10 or self.evaluations < 1000:
            raise InputError(
                f"settings of an analysis: at least 1 start, 1000 evaluations and 1024 cells are "
                f"needed, but starts = {self.starts}, evaluations = {self.evaluations} and cells = "
                f"{self.cells}"
            )
        if not all(s > 0 for s in self.scales):
            raise InputError(f"settings of an analysis: scales = {list(self.scales)} must be > 0")


def flow_settings(given: Mapping[str, Any]) -> FlowSettings:
    """Return the settings with what was given in place of the defaults.

    Raises
    ------
    InputError
        If there is no setting of a name, or a value is not usable.
    """
    known = [field.name for field in fields(FlowSettings)]
    for name in given:
        if name not in known:
            raise InputError(
                f"settings of an analysis: there is none named {name!r}"
                f"{did_you_mean(name, known)}; known are {', '.join(known)}"
            )
    values: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in given.items()
    }
    return FlowSettings(**values)
