"""How well integrators keep the invariant E, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.exact_skew_orbits import hard_tanh_euler_drift, tanh_euler_drift
from neural_spectra.flows.recurrent_integrators import Work, simulate
from neural_spectra.networks.recurrent_networks import (
    Form,
    RecurrentNetwork,
    kernel_vector,
    random_skew_symmetric,
)
from neural_spectra.studies.rnn.planar_networks import (
    INTERCEPTS,
    exact_period,
    level,
    planar_network,
)
from neural_spectra.studies.rnn.scaling_study import random_starts
from neural_spectra.studies.tables import Computed


def invariants(
    *,
    forms: Sequence[Form],
    activations: Sequence[str],
    sizes: Sequence[int],
    integrators: Sequence[str],
    steps: Sequence[float],
    seeds: int,
    scaling: str,
    size: float,
    duration: float,
) -> Computed:
    r"""Drift of E in n dimensions, and of v·x with A v = 0 where n is odd.

    E is conserved by the flow for any activation; v·x by the flow of ẋ = A σ(x) only. The residual
    is the largest drift of E under the average vector field, which conserves it by construction.

    Parameters
    ----------
    forms, activations, sizes, integrators, steps, scaling, size, duration
        See `neural_spectra.studies.rnn`.
    seeds
        So many random matrices of each size.

    Returns
    -------
    Computed
        ``invariants``: form, activation, n, integrator, h, seed, drift (largest change of E over
        the run, relative to \\|E\\| at its start), kernel_drift (largest change of v·x; NaN for
        even n).
    """
    tables = []
    numbers = list(range(seeds))
    for form, name, n in product(forms, activations, sizes):
        matrices = random_skew_symmetric(n, numbers, scaling, size)
        network = RecurrentNetwork(matrices, scalar_activation(name), form)
        for method, h in product(integrators, steps):
            run = simulate(network, random_starts(n, numbers), h, round(duration / h), method)
            energy = network.energy(run.states)
            kernel_drift = np.full(seeds, math.nan)
            if n % 2 == 1:
                moved = run.states - run.states[0]
                kernel_drift = np.abs((moved * kernel_vector(matrices)).sum(-1)).max(0)
            columns = {
                "form": form,
                "activation": name,
                "n": n,
                "integrator": method,
                "h": h,
                "seed": numbers,
                "drift": np.abs(energy - energy[0]).max(0) / np.abs(energy[0]),
                "kernel_drift": kernel_drift,
            }
            tables.append(pd.DataFrame(columns))
    table = pd.concat(tables, ignore_index=True)
    return Computed(table, _rounding(table))


def drift_map(
    *,
    activations: Sequence[str],
    omegas: Sequence[float],
    steps: Sequence[float],
    start: Sequence[float],
) -> Computed:
    """By how much E grows in one turn of forward Euler, measured and by the averaged law.

    Parameters
    ----------
    activations, omegas, steps, start
        See `neural_spectra.studies.rnn`.

    Returns
    -------
    Computed
        ``drift_map``: activation, omega, h, drift, predicted, both relative to E at the start.
    """
    rows = []
    for name, h in product(activations, steps):
        network = planar_network(name, omegas)
        turn = np.array([exact_period(name, omega, start) for omega in omegas])
        whole = np.rint(turn / h).astype(int).clip(min=1)
        run = simulate(network, np.array(start), h, int(whole.max()))
        energy = network.energy(run.states)
        for k, omega in enumerate(omegas):
            if not math.isfinite(turn[k]):
                continue
            after = energy[whole[k], k] / energy[0, k] - 1
            reached = level(network.activation, omega, start)
            predicted = _predicted_drift(name, omega, h, reached) * whole[k] * h
            rows.append((name, omega, h, after, predicted))
    table = pd.DataFrame(rows, columns=["activation", "omega", "h", "drift", "predicted"])
    turn_per_step = table["omega"] * table["h"]
    gentlest = table[turn_per_step <= 1.001 * turn_per_step.min()]
    distance = (gentlest["drift"] / gentlest["predicted"] - 1).abs().max()
    return Computed(table, {"distance_from_law_at_gentlest": float(distance)})


def integrators(
    *,
    activations: Sequence[str],
    integrators: Sequence[str],
    omega: float,
    level: float,
    steps: Sequence[float],
    duration: float,
) -> Computed:
    """Set evaluations of the field per unit time against the drift of E.

    Parameters
    ----------
    activations, integrators, omega, level, steps, duration
        See `neural_spectra.studies.rnn`.

    Returns
    -------
    Computed
        ``integrators``: activation, integrator, h, evaluations, drift, order (the slope of the
        drift against h, NaN where the drift is rounding alone). The residuals are the largest drift
        under the average vector field, which is rounding, and the largest distance of an order from
        the slope between two neighbouring steps.
    """
    tables, scatter = [], [0.0]
    for name, method in product(activations, integrators):
        network = planar_network(name, omega)
        start = np.array([float(INTERCEPTS[name](omega, level)), 0.0])
        evaluations, drifts, order = [], [], math.nan
        for h in steps:
            count, work = round(duration / h), Work()
            energy = network.energy(simulate(work.counted(network), start, h, count, method).states)
            evaluations.append(work.evaluations / (count * h))
            drifts.append(np.abs(energy / energy[0] - 1).max())
        if min(drifts) > 1e-12:
            order = np.polyfit(np.log(steps), np.log(drifts), 1)[0]
            scatter.append(np.abs(np.diff(np.log(drifts)) / np.diff(np.log(steps)) - order).max())
        columns = {"activation": name, "integrator": method, "h": steps}
        found = {"evaluations": evaluations, "drift": drifts, "order": order}
        tables.append(pd.DataFrame(columns | found))
    table = pd.concat(tables, ignore_index=True)
    return Computed(table, {"order_scatter": float(max(scatter)), **_rounding(table)})


def _rounding(table: pd.DataFrame) -> dict[str, float]:
    """Return the largest drift under the method that conserves E by construction, if it is used."""
    drifts = table.loc[table["integrator"] == "average vector field", "drift"]
    return {} if drifts.empty else {"average_vector_field_drift": float(drifts.max())}


def _predicted_drift(activation: str, omega: float, step: float, level: float) -> float:
    """Return the orbit-averaged (dℓ/dt)/ℓ of forward Euler."""
    if activation == "tanh":
        return float(tanh_euler_drift(omega, step, level)) / level
    if activation == "hardtanh":
        return float(hard_tanh_euler_drift(omega, step, level)) / level
    if activation == "identity":
        return omega**2 * step
    return math.nan
