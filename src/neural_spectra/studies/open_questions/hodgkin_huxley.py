"""All four multipliers of the Hodgkin–Huxley neuron, and of networks fitted to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.floquet_multipliers import Method
from neural_spectra.flows.neuron_models import HodgkinHuxley
from neural_spectra.flows.shooting import PeriodicOrbits, find_periodic_orbits
from neural_spectra.studies.open_questions.defects import defects
from neural_spectra.studies.open_questions.exponents_of_networks import (
    SEGMENTS,
    Fits,
    Windows,
    networks_beside,
    windows_of_field,
    windows_of_networks,
)
from neural_spectra.studies.open_questions.states_around_orbits import states_along
from neural_spectra.studies.tables import Computed, joined, tabulated

# Of the potential over a period, for each segment.
DRAWN = 4


def hodgkin_huxley(
    *,
    currents: Sequence[float],
    start: Sequence[float],
    search: Mapping[str, Any],
    networks: Mapping[str, Any],
) -> Computed:
    """Find the cycle under each current, and its multipliers, and those of networks beside it.

    ln det M is only the sum of what the multipliers say.

    Parameters
    ----------
    currents
        I.
    start
        V, n, m and h at the start.
    search
        See `close_returns.Search`.
    networks
        See `networks_beside`.

    Returns
    -------
    Computed
        ``hodgkin_huxley``, for each current and each source, the neuron and its networks, a row
        for each multiplier and some for the potential over a period.
    """
    parts = []
    for current in currents:
        starts = torch.tensor([[start]], dtype=torch.float64)
        cycle = find_periodic_orbits(HodgkinHuxley(current), starts, Search(**search))
        parts.append(of_neuron_and_networks(current, cycle, networks))
    return joined(parts)


def of_neuron_and_networks(
    current: float, cycle: PeriodicOrbits, networks: Mapping[str, Any]
) -> Computed:
    """Measure the cycle under one current, and networks beside it if there is one.

    Parameters
    ----------
    current
        I.
    cycle
        What was found for the neuron: a batch of one.
    networks
        See `networks_beside`.
    """
    unknown = torch.full((1,), torch.nan, dtype=torch.float64)
    if cycle.status[0] != Status.ORBIT:
        return _multipliers("neuron", current, cycle, cycle, Windows(*[unknown] * 7), unknown)
    fits = networks_beside(HodgkinHuxley(current), cycle, **networks)
    own = windows_of_field(fits.field, fits.cycle)
    theirs = windows_of_networks(fits.networks, fits.orbits, networks["tolerance"])
    parts = [
        _multipliers("neuron", current, cycle, cycle, own, unknown),
        _multipliers("network", current, fits.orbits, cycle, theirs, fits.losses),
        Computed(_potentials(current, fits, cycle.period, networks["tolerance"])),
    ]
    return joined(parts)


def _multipliers(
    source: str,
    current: float,
    orbits: PeriodicOrbits,
    cycle: PeriodicOrbits,
    windows: Windows,
    losses: Tensor,
) -> Computed:
    """Return a row for each orbit and multiplier."""
    found, of_neuron = orbits.multipliers(), cycle.multipliers()
    period = orbits.period.unsqueeze(-1)
    exponent = found.log_modulus / period
    true = of_neuron.log_modulus / cycle.period.unsqueeze(-1)
    # The first is 0, but for rounding.
    relative = (exponent / true - 1).abs()
    relative[..., 0] = torch.nan
    lower, upper = windows.lower.unsqueeze(-1), windows.upper.unsqueeze(-1)
    bound, refined_bound = windows.bound.unsqueeze(-1), windows.refined_bound.unsqueeze(-1)
    columns = {
        "status": [[Status(k).label] for k in orbits.status.tolist()],
        "period": period,
        "ln_det": orbits.propagators.log_determinant.unsqueeze(-1),
        "loss": losses.unsqueeze(-1),
        "ln_modulus": found.log_modulus,
        "phase_real": found.phase.real,
        "exponent": exponent,
        "error_estimate": found.error_estimate,
        "method": [[Method(k).label for k in row] for row in found.method.tolist()],
        "relative_error": relative,
        "bound": bound,
        "refined_bound": refined_bound,
        "window_lower": lower,
        "window_upper": upper,
        "window_lower_sampled": windows.lower_sampled.unsqueeze(-1),
        "window_upper_sampled": windows.upper_sampled.unsqueeze(-1),
        "largest_norm": windows.largest_norm.unsqueeze(-1),
        "inside_by": torch.minimum(exponent - lower, upper - exponent),
        "narrower": 2 * bound / (upper - lower),
        "narrower_than_refined": 2 * refined_bound / (upper - lower),
    }
    axes = {"seed": range(len(orbits.period)), "index": range(1, 5)}
    table = tabulated(axes, columns, kind="multiplier", source=source, current=current)
    # The smallest is what the others leave of ln det M, so that their sum tells little.
    is_orbit = orbits.status == Status.ORBIT
    error = found.error_estimate[is_orbit].max() if is_orbit.any() else 1.0
    residual = {"multiplier_error": float(error), **defects(orbits, found)}
    gap = torch.maximum(
        windows.upper - windows.upper_sampled, windows.lower_sampled - windows.lower
    )
    if gap.isfinite().any():
        residual["window_gap"] = float(gap.nan_to_num().max())
    return Computed(table, residual)


def _potentials(current: float, fits: Fits, period: Tensor, tolerance: float) -> pd.DataFrame:
    """Return V over a period: of the neuron, and of each network that has a cycle."""
    field, orbits = fits.field, fits.orbits
    has_orbit = orbits.status == Status.ORBIT
    theirs = states_along(
        fits.networks[has_orbit],
        orbits.points[has_orbit],
        orbits.period[has_orbit],
        DRAWN,
        tolerance,
    )
    neurons = fits.cycle[:, :: fits.cycle.shape[1] // (SEGMENTS * DRAWN)]
    seeds = has_orbit.nonzero().flatten().tolist()
    parts = [("neuron", [0], neurons, period), ("network", seeds, theirs, orbits.period[has_orbit])]
    tables = []
    for source, numbers, states, periods in parts:
        phases = torch.arange(states.shape[1], dtype=torch.float64) / states.shape[1]
        columns = {
            "time": periods.unsqueeze(-1) * phases,
            "potential": field.from_own(states)[..., 0],
        }
        axes = {"seed": numbers, "index": range(states.shape[1])}
        constants = {"kind": "potential", "source": source, "current": current, "status": "orbit"}
        tables.append(tabulated(axes, columns, **constants))
    return pd.concat(tables, ignore_index=True)
