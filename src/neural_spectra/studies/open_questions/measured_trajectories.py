"""The trajectories that networks are fitted to, in coordinates of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.integration import simulate_accurately
from neural_spectra.flows.neuron_models import MORRIS_LECAR_SETS, MorrisLecar

_TOLERANCE = 1e-10


@dataclass(frozen=True)
class Trajectories:
    """Trajectories x(t) in the coordinates y and the time τ: x = c + S y, t = u τ.

    Parameters
    ----------
    states
        y at equally spaced times, from 0 on.
    center, scale
        c and the diagonal of S of each.
    unit
        u, the same for all.
    duration
        In units of τ.
    """

    states: Float[Tensor, "batch samples dimension"]
    center: Float[Tensor, "batch dimension"]
    scale: Float[Tensor, "batch dimension"]
    unit: float
    duration: float

    def __getitem__(self, index: Any) -> Trajectories:
        """Index the batch axis."""
        states, center, scale = (part[index] for part in (self.states, self.center, self.scale))
        return Trajectories(states, center, scale, self.unit, self.duration)

    @property
    def times(self) -> Float[Tensor, " samples"]:
        """The times τ of the states."""
        return torch.linspace(0, self.duration, self.states.shape[1], dtype=torch.float64)


def morris_lecar_trajectories(
    currents: Mapping[str, float], *, duration: float, samples: int, unit: float
) -> Trajectories:
    """Follow Morris–Lecar neurons from (0, 0), and scale both components to [−1, 1].

    Parameters
    ----------
    currents
        I by the name of the set of constants.
    duration, unit
        In milliseconds; ``unit`` is u.
    samples
        How many after the first.
    """
    each = (followed_from_origin(*neuron, duration, samples) for neuron in currents.items())
    x = torch.stack(list(each))
    lowest, highest = x.amin(1), x.amax(1)
    center, scale = (lowest + highest) / 2, (highest - lowest) / 2
    states = (x - center.unsqueeze(1)) / scale.unsqueeze(1)
    return Trajectories(states, center, scale, unit, duration / unit)


def followed_from_origin(
    name: str, current: float, duration: float, samples: int
) -> Float[Tensor, "samples dimension"]:
    """Follow a Morris–Lecar neuron from (0, 0), in millivolts and milliseconds.

    Parameters
    ----------
    name, current
        Its set of constants, and I.
    duration, samples
        How long, and how many samples after the first.
    """
    field = MorrisLecar(MORRIS_LECAR_SETS[name], torch.tensor([current], dtype=torch.float64))
    start = torch.zeros(1, 1, 2, dtype=torch.float64)
    path = simulate_accurately(
        field, start, duration, duration / samples, rtol=_TOLERANCE, atol=_TOLERANCE
    )
    return path[:, 0, 0]
