"""Figs 1 to 3: level sets, and orbits of planar networks by forward Euler."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.flows.exact_skew_orbits import tanh_intercept, tanh_period, tanh_solution
from neural_spectra.flows.integration_across_kinks import reference_solution
from neural_spectra.flows.recurrent_integrators import simulate
from neural_spectra.networks.recurrent_networks import RecurrentNetwork
from neural_spectra.studies.rnn.planar_networks import exact_period, planar_network
from neural_spectra.studies.tables import Computed

# Relative and absolute, of the flow's orbits that Euler's are held against.
TOLERANCES = 1e-6, 1e-7


def level_sets(*, omega: float, levels: Sequence[float], points: int, extent: float) -> Computed:
    """Fig. 1: the closed curves log(cosh ωx · cosh ωy) = ℓ.

    Each curve is the exact orbit at equal steps of time; the residual is by how much log cosh + log
    cosh misses ℓ on it, relative to ℓ.

    Parameters
    ----------
    omega, levels
        See `neural_spectra.studies.rnn`.
    points
        So many points of each curve.
    extent
        Half the width of what the figure shows.

    Returns
    -------
    Computed
        ``level_sets``: level, x, y, intercept, extent.
    """
    tables, defects = [], []
    network = planar_network("tanh", omega)
    for level in levels:
        times = np.linspace(0.0, float(tanh_period(omega, level)), points)
        x, y = tanh_solution(omega, level, times)
        reached = network.energy(np.stack((x, y), axis=-1))
        defects.append(np.abs(reached / level - 1).max())
        columns = {"level": level, "x": x, "y": y, "intercept": float(tanh_intercept(omega, level))}
        tables.append(pd.DataFrame(columns))
    table = pd.concat(tables, ignore_index=True).assign(extent=extent)
    return Computed(table, {"level_defect": float(max(defects))})


def orbits(
    *, activations: Sequence[str], rows: Sequence[Mapping[str, Any]], points: int
) -> Computed:
    """Fig. 2: orbits of ẋ = σ(A x) by forward Euler, and by how much their invariant drifts.

    The residual of each row is the largest distance of its orbits from those of the flow, relative
    to their size: Euler's error, which is no small number where the figure is to show the drift.

    Returns
    -------
    Computed
        ``orbits``: row, omega, h, duration, activation, t, x, y, closed_period (the exact period
        of the flow, which Euler only approximates), drift (relative change of E over the run).
    """
    tables, errors = [], {}
    for row, given in enumerate(rows):
        distances = []
        omega, h, duration = given["omega"], given["step"], given["duration"]
        every = math.ceil(duration / h / points)
        steps = every * round(duration / h / every)
        for name in activations:
            network = planar_network(name, omega)
            run = simulate(network, np.array(given["start"]), h, steps, every=every)
            energy = network.energy(run.states)
            distances.append(_distance_from_flow(network, run.times, run.states))
            columns = {
                "row": row,
                "omega": omega,
                "h": h,
                "duration": duration,
                "activation": name,
                "t": run.times,
                "x": run.states[:, 0],
                "y": run.states[:, 1],
                "closed_period": exact_period(name, omega, given["start"]),
                "drift": energy[-1] / energy[0] - 1,
            }
            tables.append(pd.DataFrame(columns))
        errors[f"distance_from_flow_row_{row}"] = max(distances)
    return Computed(pd.concat(tables, ignore_index=True), errors)


def non_odd_activations(
    *,
    activations: Sequence[str],
    omegas: Sequence[float],
    start: Sequence[float],
    step: float,
    duration: float,
    threshold: float,
) -> Computed:
    """Fig. 3: orbits by forward Euler, stopped where their norm passes the threshold.

    The residual of each activation is the largest distance of its orbits from those of the flow,
    relative to their size.

    Parameters
    ----------
    activations, omegas, start, step, duration
        See `neural_spectra.studies.rnn`.
    threshold
        The norm.

    Returns
    -------
    Computed
        ``non_odd_activations``: omega, activation, h, threshold, t, x, y, stopped, stopped_step
        (−1 where the run went to its end).
    """
    tables, errors = [], {}
    for name in activations:
        distances = []
        network = planar_network(name, omegas)
        steps = round(duration / step)
        run = simulate(network, np.array(start), step, steps, threshold=threshold)
        for k, omega in enumerate(omegas):
            kept = np.isfinite(run.states[:, k]).all(-1)
            times, states = run.times[kept], run.states[kept, k]
            distances.append(_distance_from_flow(planar_network(name, omega), times, states))
            columns = {
                "omega": omega,
                "activation": name,
                "h": step,
                "threshold": threshold,
                "t": times,
                "x": states[:, 0],
                "y": states[:, 1],
                "stopped": bool(run.stopped[k] >= 0),
                "stopped_step": int(run.stopped[k]),
            }
            tables.append(pd.DataFrame(columns))
        errors[f"distance_from_flow_{name}"] = max(distances)
    table = pd.concat(tables, ignore_index=True).sort_values(
        "omega", kind="stable", ignore_index=True
    )
    return Computed(table, errors)


def _distance_from_flow(network: RecurrentNetwork, times: np.ndarray, states: np.ndarray) -> float:
    """Return how far states get from the flow's orbit of the same start, relative to its size."""
    flow = reference_solution(network, states[0], times, *TOLERANCES)
    distance = np.linalg.norm(states - flow, axis=-1).max()
    return float(distance / np.linalg.norm(flow, axis=-1).max())
