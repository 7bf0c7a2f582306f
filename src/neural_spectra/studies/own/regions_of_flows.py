"""The region over which a field is bounded, in units of its own, and the bounds there."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.bounds.certified_quantities import JACOBIAN_NORM, LOGARITHMIC_NORMS, largest
from neural_spectra.bounds.exponent_windows import ExponentWindow, exponent_window
from neural_spectra.bounds.jacobian_bounds import certified_bounds, weight_factor
from neural_spectra.bounds.regions import Box, Orbit
from neural_spectra.networks.multilayer_perceptron import Network, has_kinks
from neural_spectra.studies.own.attractors import Behaviour
from neural_spectra.studies.own.closed_orbits import ClosedOrbit, states_of
from neural_spectra.studies.own.exponents import Wandering
from neural_spectra.studies.own.layers import in_units, powers_of_two_near
from neural_spectra.studies.own.where_to_look import spread_out

_WIDER = 0.1
_THINNEST = 1e-3  # of the size of the place
_TIGHTNESS, _COARSEST, _FINEST = 0.05, 6, 12
_CELLS_AT_FULL_DEPTH = 2**13  # weights of a hidden layer
_FEWEST_STATES, _MOST_STATES = 2**9, 2**14


@dataclass(frozen=True)
class OwnRegion:
    """A box in the space of states.

    Parameters
    ----------
    lower, upper
        Its ends, in the states' own units.
    units
        Powers of two by which lengths are measured in norms.
    description
        What it is, in words.
    """

    lower: Float[Tensor, " dimension"]
    upper: Float[Tensor, " dimension"]
    units: Float[Tensor, " dimension"]
    description: str

    @property
    def box(self) -> Box:
        """The box in its units."""
        return Box(self.lower / self.units, self.upper / self.units)

    def spread(self, count: int, seed: int = 0) -> Float[Tensor, "count dimension"]:
        """Return states spread evenly over it."""
        middle, half = (self.upper + self.lower) / 2, (self.upper - self.lower) / 2
        return middle + half * spread_out(count, len(half), seed)

    @property
    def one_unit(self) -> bool:
        """Whether all coordinates are measured by one unit: norms are then the usual ones."""
        return bool((self.units == self.units[0]).all())


@dataclass(frozen=True)
class BoundsOfRegion:
    """What holds everywhere in a region, rounding included.

    Parameters
    ----------
    log_saturation
        ln δ_k of each hidden layer.
    log_bound
        ln C(U).
    refined, jacobian
        C̃(U) and sup ‖Df‖.
    lowest, highest
        Between these lie all Floquet and Lyapunov exponents of whatever stays in U.
    """

    log_saturation: Float[Tensor, " layers"]
    log_bound: float
    refined: float
    jacobian: float
    lowest: float
    highest: float

    @property
    def bound(self) -> float:
        """C(U), or 1e304 if it is more."""
        return math.exp(min(self.log_bound, 700.0))


def region_of(behaviour: Behaviour, wandering: Wandering | None) -> OwnRegion:
    """Return the box around what goes on for ever, a tenth wider; else that of all starts."""
    states = [orbit.states for orbit in behaviour.orbits]
    if wandering is not None:
        states.append(wandering.states.flatten(0, 1))
    description = "the box around the closed orbits, a tenth wider"
    if wandering is not None:
        description = "the box around what the trajectories do, a tenth wider"
    if not states:
        rests = [point.point.unsqueeze(0) for point in behaviour.equilibria if point.stable]
        states = [behaviour.place.starts, *rests]
        description = "the box that the trajectories start in, a tenth wider"
    points = torch.cat(states)
    lower, upper = points.amin(0), points.amax(0)
    half = (upper - lower).clamp(min=_THINNEST * behaviour.place.sizes) / 2
    centre = (upper + lower) / 2
    half = (1 + _WIDER) * half
    return OwnRegion(centre - half, centre + half, powers_of_two_near(half), description)


def bounds_of(network: Network, region: OwnRegion, cells: int) -> BoundsOfRegion:
    """Bound f in its region.

    Parameters
    ----------
    network
        f.
    region
        U.
    cells
        How many cells to look at for each bound, at most.
    """
    scaled, box = in_units(network, region.units), region.box
    found = certified_bounds(scaled, box, _TIGHTNESS, _COARSEST, finest_level(network))
    norm = largest(JACOBIAN_NORM, scaled, box, budget=cells).bound.item()
    above, below = largest(LOGARITHMIC_NORMS, scaled, box, budget=cells).bound.tolist()
    refined = found.refined_bound.item()
    norm = min(norm, refined)
    return BoundsOfRegion(
        found.log_saturation,
        found.log_bound.item(),
        refined,
        norm,
        max(-below, -norm),
        min(above, norm),
    )


def finest_level(network: Network) -> int:
    """Return how deep cells are halved: a level less for each doubling of the largest layer."""
    largest_layer = max(weight.numel() for weight in network.weights)
    excess = max(0.0, math.log2(largest_layer / _CELLS_AT_FULL_DEPTH))
    return max(_COARSEST, _FINEST - math.ceil(excess))


def window_along(network: Network, region: OwnRegion, orbit: ClosedOrbit) -> ExponentWindow | None:
    """Bound the exponents of an orbit by means along it; None where that costs too much."""
    scaled = in_units(network, region.units)
    lipschitz = weight_factor(scaled, 0).item()
    needed = lipschitz * orbit.period / 2
    if has_kinks(network) or not needed <= _MOST_STATES:
        return None
    count = max(_FEWEST_STATES, 2 ** math.ceil(math.log2(needed)))
    states = states_of(network, orbit.found, count) / region.units
    return exponent_window(scaled, Orbit(states, scaled(states), orbit.period / count, lipschitz))
