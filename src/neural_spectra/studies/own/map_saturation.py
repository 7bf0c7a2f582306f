"""How saturated the units of a map are, on its attractors and over its region."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from neural_spectra.networks.deep_maps import DeepMap

DEEP, SHALLOW = 0.01, 0.1


@dataclass(frozen=True)
class LayerSaturation:
    """The slopes of one layer's units, relative to the steepest that the activation has.

    Parameters
    ----------
    activation
        σ of the layer.
    steepest
        sup |σ'|; the largest that was seen where that is infinite.
    on_attractor, over_region
        |σ'| over sup |σ'|, of every state and unit; no states if all orbits escape.
    """

    activation: str
    steepest: float
    on_attractor: Float[np.ndarray, "states units"]
    over_region: Float[np.ndarray, "samples units"]

    @property
    def never_leave(self) -> list[int]:
        """The units, from 1 on, that stay below `SHALLOW` at all states and samples."""
        largest = np.concatenate((self.on_attractor, self.over_region)).max(0)
        return (np.flatnonzero(largest < SHALLOW) + 1).tolist()


def saturation_of(
    f: DeepMap,
    attractor: Float[np.ndarray, "states d"],
    region: Float[np.ndarray, "samples d"],
) -> list[LayerSaturation]:
    """Take the slopes of every layer that has an activation, at all these states."""
    found = []
    at_states = f.pre_activations(attractor), f.pre_activations(region)
    for sigma, *arguments in zip(f.activations, *at_states, strict=True):
        slopes = [np.abs(sigma.slope(z)) for z in arguments]
        seen = max(part.max(initial=0.0) for part in slopes)
        steepest = sigma.lipschitz if math.isfinite(sigma.lipschitz) else float(seen or 1.0)
        relative = [part / steepest for part in slopes]
        found.append(LayerSaturation(sigma.name, steepest, *relative))
    return found


def share_below(slopes: Float[np.ndarray, "states units"], limit: float) -> float:
    """Return the share of states and units with a relative slope below a limit; NaN of none."""
    return float((slopes < limit).mean()) if slopes.size else math.nan
