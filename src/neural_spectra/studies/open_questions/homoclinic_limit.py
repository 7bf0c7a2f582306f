"""Cycles beside a homoclinic orbit: what becomes of the bound d C T as the period grows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from neural_spectra.flows.close_returns import Status
from neural_spectra.flows.homoclinic_connections import Connection, cycles_beside, find_connection
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.neuron_models import MORRIS_LECAR_SETS, MorrisLecar, MorrisLecarFamily
from neural_spectra.flows.shooting import refine_periodic_orbits
from neural_spectra.studies.tables import Computed

SEGMENTS = 30
# Points of each segment at which the Jacobian's norm is taken.
FINER = 40


def homoclinic_limit(
    *,
    constants: str,
    saddle: Sequence[float],
    between: Sequence[float],
    first_period: float,
    distances: Sequence[float],
    tolerance: float,
) -> Computed:
    """Follow the cycles to the current at which their period is infinite.

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
    tolerance
        Of the solver, in units of each component's range on the cycle.

    Returns
    -------
    Computed
        ``homoclinic_limit``, a row for each distance, the longest period last.
    """
    family = MorrisLecarFamily(MORRIS_LECAR_SETS[constants])
    unit = torch.tensor([family.constants.v_2, 1.0], dtype=torch.float64)
    low, high = between
    start = torch.tensor(saddle, dtype=torch.float64)
    connection = find_connection(family, start, (low, high), unit)
    away = torch.tensor(sorted(distances, reverse=True), dtype=torch.float64)
    periods = _periods(family, connection, first_period, away, tolerance)
    field = MorrisLecar(family.constants, connection.parameter + away)
    guess = cycles_beside(connection, periods, SEGMENTS)[..., :-1]
    orbits = refine_periodic_orbits(field, guess, periods, tolerance, tolerance)
    found = orbits.multipliers()
    ln_det = orbits.propagators.log_determinant
    norm, coarser = _largest_norms(field, orbits.points, orbits.period, tolerance)
    trace = connection.unstable_rate + connection.stable_rate
    is_orbit = (orbits.status == Status.ORBIT).numpy()
    table = pd.DataFrame(
        {
            "current": field.current,
            "distance": away,
            "homoclinic_current": connection.parameter,
            "homoclinic_error": connection.error,
            "status": [Status(status).label for status in orbits.status.tolist()],
            "period": orbits.period,
            "ln_det": ln_det,
            "ln_modulus": found.log_modulus[:, 1],
            "error_estimate": found.error_estimate[:, 1],
            "rate": _rates(ln_det, orbits.period),
            "trace_at_saddle": trace,
            "expected_period_slope": -1 / connection.unstable_rate,
            "largest_norm": norm,
            "bound": 2 * norm * orbits.period,
            "bound_over_ln_det": 2 * norm * orbits.period / ln_det.abs(),
            "limit_of_ratio": 2 * norm / abs(trace),
        }
    )
    residuals = {
        "shooting_defect": float(orbits.shooting_defect[is_orbit].max()),
        "multiplier_error": float(found.error_estimate[is_orbit].max()),
        "homoclinic_error": connection.error,
        "norm_by_half_the_points": float((norm - coarser).abs()[is_orbit].max()),
    }
    return Computed(table, residuals)


def _periods(
    family: MorrisLecarFamily,
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
    return orbit.period + (distance / away).log() / connection.unstable_rate


def _rates(ln_det: Tensor, period: Tensor) -> np.ndarray:
    """Return d ln det/dT by the difference to the cycle before (NaN: there is none)."""
    rates = ln_det.diff() / period.diff()
    return np.concatenate(([np.nan], rates.numpy()))


def _largest_norms(
    field: MorrisLecar, points: Tensor, period: Tensor, tolerance: float
) -> tuple[Tensor, Tensor]:
    """Return the largest ‖Df‖₂ at points of each orbit, and at every second of them."""
    durations = (period / points.shape[1])[:, None, None]
    times = torch.linspace(0, 1, FINER + 1, dtype=torch.float64)
    states = integrate(lambda _, x: durations * field(x), points, times, tolerance, tolerance)
    norms = torch.linalg.matrix_norm(field.jacobian(states), ord=2).amax(-1)
    return norms.amax(0), norms[::2].amax(0)
