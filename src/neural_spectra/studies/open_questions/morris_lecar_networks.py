"""What networks that were fitted to Morris–Lecar neurons do, beside what bounds say of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from neural_spectra.bounds.jacobian_bounds import certified_bounds
from neural_spectra.bounds.regions import Box
from neural_spectra.bounds.saturation import sampled_saturation
from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.integration import solved
from neural_spectra.flows.shooting import find_periodic_orbits
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.open_questions.defects import defects
from neural_spectra.studies.open_questions.measured_trajectories import (
    Trajectories,
    morris_lecar_trajectories,
)
from neural_spectra.studies.open_questions.saturated_units import mean_slopes
from neural_spectra.studies.residuals import merged
from neural_spectra.studies.tables import Computed

NOT_LOOKED_FOR = "not looked for"
_SOLVER = {"method": "dopri5", "rtol": 1e-7, "atol": 1e-9}
# A run with more than this share of the variance of V as its error has not learnt it.
_FAILED = 0.1
_TOLERANCE, _COARSEST, _FINEST = 0.1, 2, 6


class Comparison(NamedTuple):
    """Networks compared with trajectories: a row for each, and where its free run ends."""

    table: pd.DataFrame
    ends: Float[Tensor, "batch dimension"]


def morris_lecar_networks(
    trained: Mapping[str, Network],
    training: pd.DataFrame,
    targets: pd.DataFrame,
    *,
    currents: Mapping[str, float],
    data: Mapping[str, Any],
    protocol: Mapping[str, Any],
    search: Mapping[str, Any],
) -> Computed:
    """Say for every network of a training how well it runs freely, and what bounds it.

    Parameters
    ----------
    trained
        The networks of each kind.
    training
        The table ``morris_lecar_training``.
    targets
        The table ``companion_orbits``: the neurons' own cycles.
    currents, data, protocol
        See `train_morris_lecar`; ``cycles_from`` says from which step on the networks' own cycles
        are looked for.
    search
        See `close_returns.Search`.

    Returns
    -------
    Computed
        ``morris_lecar_networks``, the rows of ``training`` with further columns.
    """
    trajectories = morris_lecar_trajectories(currents, samples=protocol["samples"], **data)
    tables, residuals = [], []
    for kind, networks in trained.items():
        rows = training[training["network"] == kind].reset_index(drop=True)
        sets = torch.tensor([list(currents).index(name) for name in rows["set"]])
        found = compared(networks, trajectories[sets])
        cycles = own_cycles(
            networks,
            trajectories[sets],
            found.ends,
            torch.tensor(rows["step"] >= protocol["cycles_from"]),
            search,
        )
        table = pd.concat((rows, found.table, cycles.table), axis=1)
        table["best_over_error"] = _best_over_error(table)
        tables.append(with_targets(table, targets))
        residuals.append(cycles.residuals)
    return Computed(pd.concat(tables, ignore_index=True), merged(residuals))


def _best_over_error(table: pd.DataFrame) -> pd.Series[float]:
    """Return the least error of V along a training over that at each step, 0 of what explodes."""
    error = table["mse_potential"].fillna(math.inf)
    trained = error.where(table["step"] > 0)
    best = trained.groupby([table["set"], table["seed"]]).transform("min")
    return (best / error).fillna(0.0)


def with_targets(table: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Add the neuron's own cycle to a table of networks, and C T and ln det M over its ln|μ₂|.

    Parameters
    ----------
    table
        With the columns ``set``, ``bound``, ``status`` and ``ln_det``; without a cycle that is 0.
    targets
        The table ``companion_orbits``. A set without a cycle there has NaN.
    """
    of_each = targets[targets["status"] == "orbit"].groupby("set")
    known = pd.DataFrame(
        {"target_period": of_each["period"].min(), "target_ln_det": of_each["ln_det"].max()}
    )
    table = table.join(known, on="set")
    # The logarithm of the trivial multiplier is 0, so ln det M is that of the other.
    reach = table["bound"] * table["target_period"]
    contraction = table["ln_det"].fillna(0.0) / table["target_ln_det"]
    return table.assign(
        bound_over_target=reach / table["target_ln_det"].abs(),
        contraction_over_target=contraction.where(table["status"] != NOT_LOOKED_FOR),
    )


def compared(network: Network, trajectories: Trajectories) -> Comparison:
    """Compare networks, which are fields of the trajectories' coordinates, with the trajectories.

    Parameters
    ----------
    network
        One for each trajectory.

    Returns
    -------
    Comparison
        A row for each network: the mean squared errors of V (mV²) and N of its free run from the
        first sample, NaN where that explodes, and whether it has failed to follow V; the mean
        slope, the steepest that is met, and δ, each of the hidden layer where it is least; C and C̃
        (1/ms) over the range of the data.
    """
    runs = free_runs(network, trajectories)
    difference = (runs - trajectories.states) * trajectories.scale.unsqueeze(1)
    # Of a run that only just ends, the square can overflow.
    errors = difference.square().mean(1).nan_to_num(nan=math.nan, posinf=math.nan)
    states = trajectories.states
    variance = states[..., 0].var(1, correction=0) * trajectories.scale[:, 0].square()
    failed = ~(errors[:, 0] <= _FAILED * variance)
    region = Box(states.amin((0, 1)), states.amax((0, 1)))
    bounds = certified_bounds(network, region, _TOLERANCE, _COARSEST, _FINEST)
    table = pd.DataFrame(
        {
            "mse_potential": errors[:, 0],
            "mse_opening": errors[:, 1],
            "failed": failed,
            "bound": bounds.log_bound.exp() / trajectories.unit,
            "refined_bound": bounds.refined_bound / trajectories.unit,
            # Of the layer that is saturated most.
            "delta": bounds.log_saturation.amin(-1).exp(),
            "steepest_slope_met": sampled_saturation(network, states).amin(-1),
            "mean_slope": mean_slopes(network, states).amin(-1),
        }
    )
    return Comparison(table, runs[:, -1])


def own_cycles(
    network: Network,
    trajectories: Trajectories,
    ends: Float[Tensor, "batch dimension"],
    wanted: Bool[Tensor, " batch"],
    search: Mapping[str, Any],
) -> Computed:
    """Look for what each network settles on after its free run.

    Parameters
    ----------
    network
        One for each trajectory.
    ends
        Where its free run ends, NaN where that explodes.
    wanted
        Whether to look.
    search
        See `close_returns.Search`.

    Returns
    -------
    Computed
        A row for each network: what was found, with period (ms), range of V (mV) and ln det M.
    """
    exploded = ~ends.isfinite().all(-1)
    looked_at = wanted & ~exploded
    orbits = find_periodic_orbits(
        network[looked_at], ends[looked_at].unsqueeze(1), Search(**search)
    )
    is_orbit, multipliers = orbits.status == Status.ORBIT, orbits.multipliers()
    ranges = orbits.points.amax(1) - orbits.points.amin(1)
    millivolts = trajectories.scale[looked_at, 0]
    found = {
        "period": orbits.period * trajectories.unit,
        "amplitude": ranges[:, 0] * millivolts,
        "ln_det": orbits.propagators.log_determinant,
        "error_estimate": multipliers.error_estimate.amax(-1),
    }
    status = ["explodes" if gone else NOT_LOOKED_FOR for gone in exploded.tolist()]
    table = pd.DataFrame({"status": status, **dict.fromkeys(found, math.nan)})
    table.loc[looked_at.numpy(), "status"] = [Status(one).label for one in orbits.status.tolist()]
    for name, values in found.items():
        table.loc[looked_at.numpy(), name] = values.where(is_orbit, math.nan).numpy()
    settled = torch.isin(orbits.status, torch.tensor([Status.EQUILIBRIUM, Status.DIVERGED]))
    undecided = {"share_undecided": float((~is_orbit & ~settled).double().sum() / len(table))}
    measured = defects(orbits, multipliers) if is_orbit.any() else {}
    return Computed(table, undecided | measured)


def free_runs(
    network: Network, trajectories: Trajectories
) -> Float[Tensor, "batch samples dimension"]:
    """Follow each network from its trajectory's first sample; NaN throughout where it explodes."""
    start, times = trajectories.states[:, :1], trajectories.times
    # Samples lie closer together than steps have to be.
    states = solved(lambda _, y: network(y), start, times, {}, **_SOLVER)[:, :, 0].movedim(0, 1)
    explodes = ~states.isfinite().all(-1).all(-1)
    return states.masked_fill(explodes[:, None, None], math.nan)
