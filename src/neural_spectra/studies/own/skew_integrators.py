"""How integrators keep the invariant of a user's recurrent network, and what Euler's may do."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from jaxtyping import Float

from neural_spectra.errors import InputError
from neural_spectra.flows.integration_across_kinks import reference_solution
from neural_spectra.flows.recurrent_integrators import simulate
from neural_spectra.flows.skew_symmetry_theory import euler_cycle_threshold
from neural_spectra.networks.recurrent_networks import RecurrentNetwork
from neural_spectra.studies.own.skew_matrix import MatrixFacts
from neural_spectra.studies.own.skew_orbits import energy, slopes_beside_0, turn_of

INTEGRATORS = ("euler", "rk4", "implicit midpoint", "average vector field")
_IMPLICIT = INTEGRATORS[2:]
# Lengths of a step, as shares of a turn of the fastest pair, and so many turns.
_SHARES = (1 / 10, 1 / 20, 1 / 40, 1 / 80)
_TURNS = 5
_SEEN = 10  # times in a turn at which drifts are looked at
# A cost of so many multiplications is one of seconds.
_BUDGET = 2e9
_TOLERABLE = 0.01
# Changes between these are proportional to the step.
_LEAST_CHANGE, _LARGEST_CHANGE = 1e-12, 0.3


def drift_table(
    network: RecurrentNetwork, facts: MatrixFacts, start: Float[np.ndarray, " n"]
) -> pd.DataFrame:
    """Follow an orbit with each integrator and step, and hold its energy against the flow's.

    Returns
    -------
    pandas.DataFrame
        integrator, step, steps_per_turn, drift (the largest |E − E of the flow| over five turns,
        relative to E at the start; NaN where the orbit is lost), kernel_drift (the largest change
        of v·x with vᵀA = 0, in the form A σ(x)), order (the slope of the drift against the step;
        NaN where it is rounding).
    """
    turn = turn_of(network, facts)
    exact = _of_flow(network, facts, start, np.linspace(0.0, _TURNS * turn, _TURNS * _SEEN + 1))
    rows = []
    for method in INTEGRATORS:
        for share in _SHARES:
            per_turn = round(1 / share)
            count = _TURNS * per_turn
            if method in _IMPLICIT and count * 5 * len(start) ** 3 > _BUDGET:
                continue
            run = simulate(network, start, turn * share, count, method, every=per_turn // _SEEN)
            drift, kernel = _drifts(network, facts, exact, run.states)
            rows.append((method, turn * share, per_turn, drift, kernel))
    columns = ["integrator", "step", "steps_per_turn", "drift", "kernel_drift"]
    table = pd.DataFrame(rows, columns=columns)
    table["order"] = math.nan
    for method in INTEGRATORS:
        runs = table[table["integrator"] == method]
        seen = runs[np.isfinite(runs["drift"]) & (runs["drift"] < 1)]
        if len(seen) > 1 and seen["drift"].min() > 1e-12:
            order = np.polyfit(np.log(seen["step"]), np.log(seen["drift"]), 1)[0]
            table.loc[table["integrator"] == method, "order"] = order
    return table


def _of_flow(
    network: RecurrentNetwork, facts: MatrixFacts, start: np.ndarray, times: np.ndarray
) -> Float[np.ndarray, " times"]:
    """Return the energy of the flow: where it is conserved that at the start; NaN if it is lost."""
    if facts.weights is not None:
        return np.full(len(times), energy(network, facts.weights, start))
    try:
        return energy(network, None, reference_solution(network, start, times))
    except InputError:
        return np.full(len(times), math.nan)


def _drifts(
    network: RecurrentNetwork, facts: MatrixFacts, exact: np.ndarray, states: np.ndarray
) -> tuple[float, float]:
    """Return how far E comes from that of the flow, relative to its start, and v·x from its own."""
    if not np.isfinite(states).all():
        return math.nan, math.nan
    scale = abs(float(exact[0])) or 1.0
    kernel = math.nan
    if network.form == "A sigma(x)" and len(facts.left_kernel):
        kernel = float(np.abs((states - states[0]) @ facts.left_kernel.T).max())
    drift = np.abs(energy(network, facts.weights, states) - exact).max()
    return float(drift) / scale, kernel


def euler_table(
    network: RecurrentNetwork, facts: MatrixFacts, start: Float[np.ndarray, " n"]
) -> pd.DataFrame:
    """See what a turn of forward Euler does to the energy, by the length of the step.

    Returns
    -------
    pandas.DataFrame
        step, steps_per_turn, change_per_turn (relative, beyond that of the flow), linear_growth
        (|1 + hλ| per step at small states, the largest over the spectrum, to the power of a turn,
        minus 1), damping_needed (see `euler_cycle_threshold`).
    """
    turn = turn_of(network, facts)
    slope = slope_at_rest(network)
    exact = _of_flow(network, facts, start, np.array([0.0, turn]))
    rows = []
    for per_turn in (6, 10, 20, 40, 80, 160, 320, 640):
        h = turn / per_turn
        states = simulate(network, start, h, per_turn, every=per_turn).states
        change, _ = _drifts(network, facts, exact, states)
        growth = np.abs(1 + h * slope * facts.eigenvalues).max() ** per_turn - 1
        damping = float(euler_cycle_threshold(abs(slope) * facts.largest_frequency, h))
        rows.append((h, per_turn, change, growth, damping))
    columns = ["step", "steps_per_turn", "change_per_turn", "linear_growth", "damping_needed"]
    return pd.DataFrame(rows, columns=columns)


def slope_at_rest(network: RecurrentNetwork) -> float:
    """Return σ'(0) if 0 is an equilibrium with a linearisation; NaN if σ(0) ≠ 0 or has a kink."""
    left, right = slopes_beside_0(network)
    if network.activation.offset or abs(left - right) > 1e-6 * max(left, right):
        return math.nan
    return float(network.activation.slope(np.zeros(1))[0])


def largest_stable_step(network: RecurrentNetwork, facts: MatrixFacts) -> float:
    """Return up to which step Euler's method lets small states die away: 0 if at none.

    |1 + hλ| < 1 means h < −2 Re λ/|λ|². NaN if 0 is no equilibrium with a linearisation.
    """
    rates = slope_at_rest(network) * facts.eigenvalues
    rates = rates[np.abs(rates) > 1e-12 * facts.norm] if facts.norm else rates[:0]
    if not len(rates) or np.isnan(rates).any():
        return math.nan
    return max(0.0, float((-2 * rates.real / np.abs(rates) ** 2).min()))


def step_for_one_percent(table: pd.DataFrame) -> float:
    """Return the step at which a turn of Euler's changes the energy by 1 %; NaN if unknown.

    The change is proportional to short steps: it is taken from the two shortest.
    """
    shortest = table.tail(2)
    change = shortest["change_per_turn"].to_numpy()
    if not ((change > _LEAST_CHANGE) & (change < _LARGEST_CHANGE)).all():
        return math.nan
    rates = change / shortest["step"].to_numpy()
    return float(_TOLERABLE / (2 * rates[1] - rates[0]))  # extrapolated to steps of length 0
