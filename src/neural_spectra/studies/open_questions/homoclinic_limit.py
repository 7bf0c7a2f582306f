"""Cycles beside a homoclinic orbit: what becomes of the bound d C T as the period grows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from neural_spectra.bounds.jacobian_bounds import certified_bounds
from neural_spectra.bounds.regions import Box
from neural_spectra.errors import InputError
from neural_spectra.flows.close_returns import Status
from neural_spectra.flows.floquet_multipliers import Multipliers
from neural_spectra.flows.homoclinic_connections import Connection, cycles_beside, find_connection
from neural_spectra.flows.networks_under_currents import UnderCurrents
from neural_spectra.flows.neuron_models import MORRIS_LECAR_SETS, MorrisLecar, MorrisLecarFamily
from neural_spectra.flows.reference_systems import Field
from neural_spectra.flows.shooting import PeriodicOrbits, refine_periodic_orbits
from neural_spectra.networks.multilayer_perceptron import Network, one_batch
from neural_spectra.networks.random_numbers_on_any_device import uniform
from neural_spectra.studies.open_questions.fitted_networks import fitted
from neural_spectra.studies.open_questions.states_around_orbits import states_along
from neural_spectra.studies.residuals import merged
from neural_spectra.studies.tables import Computed

SEGMENTS = 30
# Points of each segment at which the Jacobian's norm is taken.
FINER = 40
DATA_SEED = 0
# Networks are fitted, and bounded, on a box this much larger than what holds the homoclinic orbit.
ROOM = 1.2
# Times at which the homoclinic orbit is looked at, so many for each unit of 1/λ on both sides.
PER_UNIT, UNITS = 50, 34
TIGHTNESS, COARSEST, FINEST = 0.02, 6, 14


class _Source(NamedTuple):
    """What has cycles beside a homoclinic orbit: the fields under currents, and guesses of T."""

    under: Callable[[Tensor], Any]
    connection: Connection
    periods: Tensor


class _Limit(NamedTuple):
    """Of the homoclinic orbit: ∫ (tr Df − tr at the saddle) dt, and the largest ‖Df‖."""

    excess: float
    largest_norm: float


def homoclinic_limit(
    *,
    constants: str,
    saddle: Sequence[float],
    between: Sequence[float],
    first_period: float,
    distances: Sequence[float],
    periods: Sequence[float],
    tolerance: float,
    networks: Mapping[str, Any],
) -> Computed:
    """Follow the cycles to the current at which their period is infinite, and those of networks.

    Parameters
    ----------
    constants
        The name of the set.
    saddle, between
        A guess of the saddle, and currents on both sides of the homoclinic one.
    first_period
        Of the cycle that tells how the period grows with the distance.
    distances
        I − I_hc of the cycles.
    periods
        Of cycles so near to the homoclinic orbit that no number of 64 bits tells their currents
        apart, but for which the orbit itself gives ln det M to rounding.
    tolerance
        Of the solver, in units of each component's range on the cycle.
    networks
        ``hidden``, ``seeds``, ``points`` and ``steps`` of the fit to the neuron at I_hc, and how
        far from there, in I, their homoclinic orbits may lie (``within``).

    Returns
    -------
    Computed
        ``homoclinic_limit``, for the neuron and each network a row for each cycle, the longest
        period last.
    """
    family = MorrisLecarFamily(MORRIS_LECAR_SETS[constants])
    unit = torch.tensor([family.constants.v_2, 1.0], dtype=torch.float64)
    low, high = between
    start = torch.tensor(saddle, dtype=torch.float64)
    connection = find_connection(family, start, (low, high), unit)
    away = torch.tensor(sorted(distances, reverse=True), dtype=torch.float64)

    def source(of: Field, under: Callable[[Tensor], Field], found: Connection) -> _Source:
        return _Source(under, found, _periods(of, found, first_period, away, tolerance))

    own = source(family, lambda currents: MorrisLecar(family.constants, currents), connection)
    box, fits = _fitted(family, connection, networks)
    theirs: dict[int, _Source] = {}
    for seed, network in enumerate(fits.members()):
        of = UnderCurrents(network, family.constants.capacitance)
        within = (-networks["within"], networks["within"])
        with suppress(InputError):
            found = find_connection(of, torch.as_tensor(connection.saddle), within, unit)
            theirs[seed] = source(of, of.under, found)

    def cycles(sources: Sequence[_Source], field: Field) -> list[Computed]:
        return _cycles(sources, field, box, away, periods, tolerance)

    (neuron,) = cycles([own], own.under(connection.parameter + away))
    neuron.table[["certified_bound", "certified_over_ln_det"]] = math.nan
    parts = {("neuron", 0): neuron}
    if theirs:
        under = [each.under(each.connection.parameter + away) for each in theirs.values()]
        for seed, rows in zip(theirs, cycles([*theirs.values()], one_batch(under)), strict=True):
            bound = certified_bounds(fits[seed : seed + 1], box, TIGHTNESS, COARSEST, FINEST)
            rows.table["certified_bound"] = bound.log_bound.exp().item()
            certified = 2 * rows.table["certified_bound"] * rows.table["period"]
            rows.table["certified_over_ln_det"] = certified / rows.table["ln_det"].abs()
            for name in ("current", "homoclinic_current"):
                rows.table[name] += connection.parameter
            parts["network", seed] = rows
    for (name, seed), part in parts.items():
        part.table.insert(0, "source", name)
        part.table.insert(1, "seed", seed)
    table = pd.concat([part.table for part in parts.values()], ignore_index=True)
    residuals = merged(part.residuals for part in parts.values())
    without = 1 - len(theirs) / networks["seeds"]
    return Computed(table, {**residuals, "share_of_networks_without_connection": without})


def _fitted(
    family: MorrisLecarFamily, connection: Connection, settings: Mapping[str, Any]
) -> tuple[Box, Network]:
    """Fit networks of (V, N) to the neuron at I_hc, on a box around the homoclinic orbit."""
    orbit = _homoclinic_orbit(connection)[1]
    low, high = orbit.amin(0), orbit.amax(0)
    centre, half = (low + high) / 2, ROOM * (high - low) / 2
    generator = torch.Generator().manual_seed(DATA_SEED)
    scaled = uniform(generator, settings["points"], 2, low=-1.0, high=1.0)
    current = torch.full((1,), connection.parameter, dtype=torch.float64)
    velocities = MorrisLecar(family.constants, current)((centre + half * scaled).unsqueeze(0))[0]
    network, _ = fitted(
        scaled,
        velocities,
        hidden=settings["hidden"],
        seeds=range(settings["seeds"]),
        steps=settings["steps"],
    )
    first = network.weights[0] / half
    bias = network.biases[0] - first @ centre
    in_states = replace(
        network, weights=(first, network.weights[1]), biases=(bias, network.biases[1])
    )
    return Box(centre - half, centre + half), in_states


def _cycles(
    sources: Sequence[_Source],
    field: Field,
    box: Box,
    away: Tensor,
    longer: Sequence[float],
    tolerance: float,
) -> list[Computed]:
    """Find the cycles of all sources together; of each a row a cycle, the longest period last."""
    periods = torch.cat([each.periods for each in sources])
    guess = torch.cat([cycles_beside(each.connection, each.periods, SEGMENTS) for each in sources])
    orbits = refine_periodic_orbits(field, guess[..., :-1], periods, tolerance, tolerance)
    found = orbits.multipliers()
    states = states_along(field, orbits.points, orbits.period, FINER, tolerance)
    norms = torch.linalg.matrix_norm(field.jacobian(states), ord=2)
    members = torch.split(torch.arange(len(periods)), len(away))
    return [
        _cycles_of(source, orbits[each], found[each], states[each], norms[each], box, away, longer)
        for source, each in zip(sources, members, strict=True)
    ]


def _cycles_of(
    source: _Source,
    orbits: PeriodicOrbits,
    found: Multipliers,
    states: Tensor,
    norms: Tensor,
    box: Box,
    away: Tensor,
    longer: Sequence[float],
) -> Computed:
    connection = source.connection
    is_orbit = (orbits.status == Status.ORBIT).numpy()
    ln_det = orbits.propagators.log_determinant
    trace = connection.unstable_rate + connection.stable_rate
    limit = _limit(source)
    long = torch.tensor(sorted(longer), dtype=torch.float64)
    nothing = torch.full_like(long, torch.nan)

    def joined(cycles: Tensor, beyond: Tensor) -> Tensor:
        return torch.cat((cycles, beyond))

    period = joined(orbits.period, long)
    everything = joined(ln_det, trace * long + limit.excess)
    norm = joined(norms.amax(-1), torch.full_like(long, limit.largest_norm))
    table = pd.DataFrame(
        {
            "method": ["cycle"] * len(away) + ["homoclinic orbit"] * len(long),
            "current": connection.parameter + joined(away, torch.zeros_like(long)),
            "distance": joined(away, nothing),
            "homoclinic_current": connection.parameter,
            "homoclinic_error": connection.error,
            "status": [Status(k).label for k in orbits.status.tolist()] + ["orbit"] * len(long),
            "period": period,
            "ln_det": everything,
            "ln_modulus": joined(found.log_modulus[:, 1], nothing),
            "error_estimate": joined(found.error_estimate[:, 1], nothing),
            "rate": _rates(everything, period),
            "trace_at_saddle": trace,
            "expected_period_slope": -1 / connection.unstable_rate,
            "largest_norm": norm,
            "bound": 2 * norm * period,
            "bound_over_ln_det": 2 * norm * period / everything.abs(),
            "limit_of_ratio": 2 * norm / abs(trace),
        }
    )
    coarser = norms[:, ::2].amax(-1)
    beyond = torch.maximum(box.lower - states, states - box.upper).clamp(min=0)
    by_orbit = (trace * orbits.period + limit.excess - ln_det).abs()
    residuals = {
        "shooting_defect": float(orbits.shooting_defect[is_orbit].max()),
        "multiplier_error": float(found.error_estimate[is_orbit].max()),
        "homoclinic_error": connection.error,
        "norm_by_half_the_points": float((norms.amax(-1) - coarser).abs()[is_orbit].max()),
        # C of networks holds on the box.
        "outside_the_box": float(beyond[torch.as_tensor(is_orbit)].max()),
        # The longest cycle against the homoclinic orbit, which takes no cycle at all.
        "ln_det_by_homoclinic_orbit": float(by_orbit[is_orbit][-1]),
    }
    return Computed(table, residuals)


def _homoclinic_orbit(connection: Connection) -> tuple[float, Tensor]:
    """Return states of the homoclinic orbit at equal times, and the time between them."""
    step = 1 / (PER_UNIT * connection.unstable_rate)
    times = step * np.arange(-PER_UNIT * UNITS, PER_UNIT * UNITS + 1)
    return step, torch.as_tensor(np.stack([connection.state(time) for time in times]))


def _limit(source: _Source) -> _Limit:
    """Return what ln det M keeps beside T times the trace of the saddle, as T grows.

    The trapezoidal rule converges geometrically for what decays at both ends.
    """
    connection = source.connection
    step, states = _homoclinic_orbit(connection)
    field = source.under(torch.full((1,), connection.parameter, dtype=torch.float64))
    jacobian = field.jacobian(states.unsqueeze(0))[0]
    trace = connection.unstable_rate + connection.stable_rate
    excess = step * (jacobian.diagonal(dim1=-2, dim2=-1).sum(-1) - trace).sum()
    largest = torch.linalg.matrix_norm(jacobian, ord=2).amax()
    return _Limit(float(excess), float(largest))


def _periods(
    family: Field,
    connection: Connection,
    first_period: float,
    away: Tensor,
    tolerance: float,
) -> Tensor:
    """Guess T from T = a − ln(I − I_hc)/λ, which one cycle of the family fixes."""
    first = torch.tensor([first_period], dtype=torch.float64)
    guess = cycles_beside(connection, first, SEGMENTS)
    orbit = refine_periodic_orbits(family, guess, first, tolerance, tolerance)
    distance = orbit.points[:, 0, -1] - connection.parameter
    if orbit.status[0] != Status.ORBIT or not distance[0] > 0:
        raise InputError(
            f"no cycle of about the period {first_period:g} beside the homoclinic orbit at "
            f"{connection.parameter:g}: choose another first_period"
        )
    return orbit.period + (distance / away).log() / connection.unstable_rate


def _rates(ln_det: Tensor, period: Tensor) -> np.ndarray:
    """Return d ln det/dT by the difference to the cycle before (NaN: there is none)."""
    rates = ln_det.diff() / period.diff()
    return np.concatenate(([np.nan], rates.numpy()))
