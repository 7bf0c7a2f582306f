"""All that is found out about a user's map, before it is written down."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from neural_spectra.errors import InputError
from neural_spectra.maps.cycles import Cycle
from neural_spectra.maps.fixed_points import ROUNDING
from neural_spectra.maps.orbits import Fate
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.own.map_certificates import MapBounds, Proof, bounds_on, proofs
from neural_spectra.studies.own.map_dynamics import NEUTRAL, Dynamics, dynamics_of
from neural_spectra.studies.own.map_planes import AffineParts, Basins, affine_parts, basins_of
from neural_spectra.studies.own.map_region import MapRegion, region_of
from neural_spectra.studies.own.map_saturation import LayerSaturation, saturation_of
from neural_spectra.studies.own.map_settings import MapSettings
from neural_spectra.studies.own.scaled_maps import ScaledMap, in_its_own_units

# So many states of the attractors are looked at in every layer.
_STATES = 2000


@dataclass(frozen=True)
class Found:
    """All that was found out about a map.

    Parameters
    ----------
    f
        The map, in the user's and in its own units.
    cycles
        Its fixed points and cycles, in the user's units.
    dynamics, region, affine, basins, saturation, bounds, proofs
        The parts, as their modules describe them.
    """

    f: ScaledMap
    cycles: list[Cycle]
    dynamics: Dynamics
    region: MapRegion
    affine: AffineParts
    basins: Basins
    saturation: list[LayerSaturation]
    bounds: MapBounds
    proofs: list[Proof]


def findings(
    f: DeepMap, states: Float[np.ndarray, "count d"] | None, settings: MapSettings
) -> Found:
    """Find out what a map does, what is saturated in it, and what can be proved.

    Raises
    ------
    InputError
        If the map or the states cannot be used.
    """
    scaled = in_its_own_units(f, states)
    dynamics = dynamics_of(scaled, states, settings.starts, settings.seed)
    region = region_of(scaled, dynamics, states, settings.plane)
    tails = scaled.states(dynamics.tails.reshape(-1, f.dimension))
    samples = region.samples(np.random.default_rng(settings.seed))
    cycles = [_in_the_users_units(scaled, cycle) for cycle in dynamics.cycles]
    escaping = bool((dynamics.attractors.fates == Fate.ESCAPED).any())
    return Found(
        scaled,
        cycles,
        dynamics,
        region,
        affine_parts(scaled, region),
        basins_of(scaled, region, dynamics.attractors),
        saturation_of(f, tails[:: max(1, len(tails) // _STATES)], samples),
        bounds_on(f, region.lower, region.upper, settings.cells),
        list(proofs(f, cycles, escaping, settings.cells)),
    )


def _in_the_users_units(f: ScaledMap, cycle: Cycle) -> Cycle:
    # A coordinate that is 0 but for rounding is 0.
    points = np.where(np.abs(cycle.points) < ROUNDING, 0.0, cycle.points)
    return replace(cycle, points=f.states(points))


def usable_states(states: np.ndarray, dimension: int) -> Float[np.ndarray, "count d"] | None:
    """Return states in float64, and None if there is none.

    Raises
    ------
    InputError
        If they do not fit the map, or one is not finite.
    """
    if states.ndim != 2 or states.shape[-1] != dimension:
        raise InputError(
            f"states of shape {states.shape} do not fit a map of {dimension} dimensions: give them "
            f"as (count, {dimension})"
        )
    if not np.isfinite(states).all():
        raise InputError("some of the states are not finite: leave them out")
    return states.astype(np.float64) if len(states) else None


def stability(cycle: Cycle) -> str:
    """Say whether a cycle attracts."""
    if cycle.radius < 1 - NEUTRAL:
        return "attracting"
    if cycle.radius <= 1 + NEUTRAL:
        return "neutral"
    return "saddle" if np.abs(cycle.multipliers[-1]) < 1 else "repelling"
