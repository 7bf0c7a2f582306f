"""What an analysis of a map may cost, and where it looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from neural_spectra.errors import InputError


@dataclass(frozen=True)
class MapSettings:
    """The settings of an analysis of a map; the defaults serve a network of a few layers.

    Parameters
    ----------
    starts
        How many orbits are followed, to see where they go.
    seed
        Of their starts, and of the vectors that exponents are found with.
    cells
        How many cells one proof may look at.
    scales
        The factors s of the pre-activations at which everything is asked again.
    plane
        The numbers, from 1 on, of the two coordinates along which maps are drawn; chosen from the
        orbits if there are none.

    Raises
    ------
    InputError
        If a value cannot be used.
    """

    starts: int = 48
    seed: int = 0
    cells: int = 2**12
    scales: tuple[float, ...] = (0.5, 0.71, 1.0, 1.41, 2.0, 2.83, 4.0)
    plane: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.starts < 2 or self.cells < 1:
            raise InputError(
                f"settings of an analysis: starts = {self.starts} and cells = {self.cells}, but at "
                f"least 2 starts and 1 cell are needed"
            )
        if not self.scales or not all(s > 0 for s in self.scales):
            raise InputError(
                f"settings of an analysis: scales = {list(self.scales)}, but positive ones are "
                f"needed, and at least one"
            )


def map_settings(given: Mapping[str, Any]) -> MapSettings:
    """Return the settings with what was given in place of the defaults.

    Those that only other kinds of network have are left aside: a config has one set for all.
    """
    known = {field.name for field in fields(MapSettings)} & given.keys()
    values = {name: given[name] for name in known}
    for name in {"scales", "plane"} & known:
        values[name] = values[name] if values[name] is None else tuple(values[name])
    return MapSettings(**values)
