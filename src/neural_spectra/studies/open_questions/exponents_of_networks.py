"""Networks in a tube around a cycle: their own cycles, all exponents, and windows for these.

Windows depend on the norm, and so on the units of the states: here every component is measured by
half its range along the cycle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.bounds.certified_quantities import logarithmic_norm
from neural_spectra.bounds.exponent_windows import exponent_window
from neural_spectra.bounds.jacobian_bounds import certified_bounds, weight_factor
from neural_spectra.bounds.regions import Orbit
from neural_spectra.flows.close_returns import Status
from neural_spectra.flows.reference_systems import Field
from neural_spectra.flows.rescaled_fields import Rescaled, with_units_of_its_own
from neural_spectra.flows.shooting import PeriodicOrbits, refine_periodic_orbits
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.open_questions.fitted_networks import fitted
from neural_spectra.studies.open_questions.states_around_orbits import states_along, tube

# A power of two, as the states of a tube need it.
SEGMENTS = 32
# Of the curve that data are drawn around: so many states for each segment.
FINE = 32
# C T is at most as large as the number of the tube's states; beyond the most of them, no window.
MOST_FINE = 2048
# The tube is so much wider, as the states are computed: more than the shooting defect tells them to
# be off, which is an estimate and no proof.
DISTANCE = 1e-8
TIGHTNESS, COARSEST, FINEST = 0.02, 5, 12


class Windows(NamedTuple):
    """Where the exponents of each orbit have to lie; NaN where there is no orbit.

    Parameters
    ----------
    bound, refined_bound
        C and C̃ on a tube around the orbit: exponents lie in [−C, C].
    lower, upper
        Of the logarithmic norm along the same tube, certified.
    lower_sampled, upper_sampled
        The same at states of the orbit.
    largest_norm
        The largest ‖Df‖ at states of the orbit.
    """

    bound: Float[Tensor, " orbits"]
    refined_bound: Float[Tensor, " orbits"]
    lower: Float[Tensor, " orbits"]
    upper: Float[Tensor, " orbits"]
    lower_sampled: Float[Tensor, " orbits"]
    upper_sampled: Float[Tensor, " orbits"]
    largest_norm: Float[Tensor, " orbits"]


@dataclass(frozen=True)
class Fits:
    """Networks beside a cycle, with their own.

    Parameters
    ----------
    field
        The field in the coordinates of the networks.
    cycle
        States of its cycle in these coordinates, at equal times; one orbit.
    networks
        One for each seed.
    losses
        Mean squared errors of the equalised velocities.
    orbits
        The networks' own.
    """

    field: Rescaled
    cycle: Float[Tensor, "1 times dimension"]
    networks: Network
    losses: Float[Tensor, " seeds"]
    orbits: PeriodicOrbits


def networks_beside(
    field: Field,
    cycle: PeriodicOrbits,
    *,
    hidden: int,
    seeds: int,
    points: int,
    radius: float,
    steps: int,
    tolerance: float,
) -> Fits:
    """Fit networks to a field in a tube around its cycle, and find their cycles.

    Parameters
    ----------
    field
        A single one.
    cycle
        Its cycle: a batch of one.
    hidden, seeds, steps
        See `fitted`.
    points, radius
        So many points are drawn from balls around the cycle, half of them equally spaced in time
        and half in length; the unit is half of each component's range.
    tolerance
        Of the solver, in that unit.
    """
    own = with_units_of_its_own(field, cycle.points, cycle.period)
    # Coordinates of its own, but the field's time.
    own = Rescaled(field, own.center, own.scale, torch.ones_like(own.unit))
    start = own.to_own(cycle.points)
    curve = states_along(own, start, cycle.period, SEGMENTS * FINE, tolerance)
    curve = curve[:, :: start.shape[1]]
    states = tube(curve[0], points, radius)
    velocities = own(states.unsqueeze(0))[0]
    networks, losses = fitted(states, velocities, hidden=hidden, seeds=range(seeds), steps=steps)
    guess = curve[:, ::FINE].expand(seeds, -1, -1).contiguous()
    periods = cycle.period.expand(seeds).contiguous()
    orbits = refine_periodic_orbits(networks, guess, periods, tolerance, tolerance)
    return Fits(own, curve, networks, losses, orbits)


def windows_of_field(field: Field, states: Float[Tensor, "orbits times dimension"]) -> Windows:
    """Take means of logarithmic norms along orbits of a field that has no weights to bound."""
    jacobian = field.jacobian(states)
    unknown = torch.full(states.shape[:1], torch.nan, dtype=torch.float64)
    return Windows(
        unknown,
        unknown,
        unknown,
        unknown,
        -logarithmic_norm(-jacobian).mean(-1),
        logarithmic_norm(jacobian).mean(-1),
        torch.linalg.matrix_norm(jacobian, ord=2).amax(-1),
    )


def windows_of_networks(networks: Network, orbits: PeriodicOrbits, tolerance: float) -> Windows:
    """Certify the windows of each network along a tube around its own orbit."""
    found = [
        _windows_of(networks[k], orbits[k : k + 1], tolerance) for k in range(len(orbits.period))
    ]
    return Windows._make(torch.tensor(found, dtype=torch.float64).unbind(-1))


def _windows_of(network: Network, orbit: PeriodicOrbits, tolerance: float) -> Sequence[float]:
    unknown = [math.nan] * 7
    if orbit.status[0] != Status.ORBIT:
        return unknown
    steepest, period = weight_factor(network, 0).item(), orbit.period.item()
    finer = 2 ** max(0, math.ceil(math.log2(steepest * period / SEGMENTS)))
    if finer > MOST_FINE:
        return unknown
    states = states_along(network, orbit.points, orbit.period, finer, tolerance)[0]
    region = Orbit(states, network(states), period / len(states), steepest)
    bounds = certified_bounds(
        network, region, TIGHTNESS, COARSEST, min(FINEST, region.finest_level)
    )
    window = exponent_window(network, region, DISTANCE)
    largest = torch.linalg.matrix_norm(network.jacobian(states), ord=2).amax()
    return [
        bounds.log_bound.exp().item(),
        bounds.refined_bound.item(),
        window.lower,
        window.upper,
        window.lower_sampled,
        window.upper_sampled,
        largest.item(),
    ]
