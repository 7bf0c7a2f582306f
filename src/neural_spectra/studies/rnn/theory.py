"""The paper's theory, case by case: what was tried, what came out, and the number behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.recurrent_integrators import reference_solution
from neural_spectra.flows.skew_symmetry_theory import (
    energy_weights,
    highest_closed_level,
    kernel_velocity,
    linear_stability,
    similar_skew_symmetric,
)
from neural_spectra.networks.recurrent_networks import (
    Form,
    RecurrentNetwork,
    planar,
    random_skew_symmetric,
)
from neural_spectra.studies.rnn import theory_of_oscillations as oscillations
from neural_spectra.studies.rnn.closing_condition import CLOSED, return_distance
from neural_spectra.studies.rnn.theory_of_oscillations import SAMPLES_PER_STEP, Check, Row, Trials
from neural_spectra.studies.tables import Computed

PAIR = planar(1.0)
LINEAR_SYSTEMS = {
    "skew-symmetric, n = 5": random_skew_symmetric(5, [0], "spectral radius", 1.0)[0],
    "the same imaginary pair twice": np.kron(np.eye(2), PAIR),
    "defective imaginary pair": np.kron(np.eye(2), PAIR) + np.eye(4, k=2),
    "imaginary pair, damped": PAIR - 0.1 * np.eye(2),
    "imaginary pair with a growing direction": PAIR + np.diag([0.2, 0.0]),
}
# Both have the eigenvalues of a skew-symmetric matrix; only the first has weights for an energy.
NOT_SKEW = {
    "[[0, 1], [-4, 0]]": np.array([[0.0, 1.0], [-4.0, 0.0]]),
    "[[1, -2], [1, -1]]": np.array([[1.0, -2.0], [1.0, -1.0]]),
}
OSCILLATES = 0.9


def theory(*, seeds: int, duration: float, step: float, rtol: float, atol: float) -> Computed:
    """Judge what the paper says of stability, oscillation, invariants, orbits and lines.

    The residual is the largest change of a value when orbits are followed with twice the step and a
    hundred times the tolerances.

    Parameters
    ----------
    seeds, duration, step, rtol, atol
        See `theory_of_oscillations.Trials`.

    Returns
    -------
    Computed
        ``theory``: statement, case, verdict, value (the number behind the verdict), meaning.
    """
    trials = Trials(seeds, duration, step, rtol, atol)
    coarser = replace(trials, step=2 * step, rtol=100 * rtol, atol=100 * atol)
    exact = _tabulated((_linear_stability, _kernel, *oscillations.EXACT), trials)
    checks = (_necessity, _closed_levels, *oscillations.FOLLOWED)
    followed, again = (_tabulated(checks, given) for given in (trials, coarser))
    change = (followed["value"] - again["value"]).abs().max()
    table = pd.concat([exact, followed], ignore_index=True)
    return Computed(table, {"change_at_twice_the_step": float(change)})


def _tabulated(checks: tuple[Check, ...], trials: Trials) -> pd.DataFrame:
    return pd.DataFrame([row for check in checks for row in check(trials)])


def _linear_stability(_: Trials) -> Iterator[Row]:
    for case, matrix in LINEAR_SYSTEMS.items():
        values = np.linalg.eigvals(matrix)
        yield {
            "statement": "the spectrum decides the stability of the linear network",
            "case": case,
            "verdict": linear_stability(matrix),
            "value": float(values.real.max()),
            "meaning": "largest real part of an eigenvalue",
        }


def _necessity(trials: Trials) -> Iterator[Row]:
    """Try matrices that are only similar to a skew-symmetric one."""
    for case, matrix in NOT_SKEW.items():
        similar_skew_symmetric(matrix)  # raises if there were none
        has_energy = energy_weights(matrix) is not None
        for name in ("identity", "tanh"):
            network = RecurrentNetwork(matrix, scalar_activation(name))
            size = np.linalg.norm(trials.follow(network, np.array([1.0, 0.0])), axis=-1)
            kept = size[-len(size) // 10 :].max() / size[: len(size) // 10].max()
            energy = "an energy" if has_energy else "no weighted energy"
            yield {
                "statement": "oscillation needs a skew-symmetric matrix",
                "case": f"{case}, similar to a skew-symmetric one, {energy}, {name}",
                "verdict": "oscillates for ever" if kept > OSCILLATES else "dies away",
                "value": float(kept),
                "meaning": f"largest norm in the last tenth of {trials.duration:g} over that in "
                f"the first",
            }


def _kernel(_: Trials) -> Iterator[Row]:
    matrix = random_skew_symmetric(5, [0], "spectral radius", 2.0)[0]
    states = np.random.default_rng(0).standard_normal((1000, 5))
    forms: tuple[Form, ...] = ("A sigma(x)", "sigma(A x)")
    for form in forms:
        network = RecurrentNetwork(matrix, scalar_activation("tanh"), form)
        velocity = float(np.abs(kernel_velocity(network, states)).max())
        yield {
            "statement": "v·x with A v = 0 is conserved for odd n",
            "case": f"{form}, tanh, n = 5",
            "verdict": "conserved" if velocity < 1e-12 else "not conserved",
            "value": velocity,
            "meaning": "largest d(v·x)/dt at 1000 random states",
        }


def _closed_levels(trials: Trials) -> Iterator[Row]:
    """Follow orbits below and above the level up to which those of z·exp(−z²) close."""
    activation = scalar_activation("bump")
    limit = highest_closed_level(activation)
    network = RecurrentNetwork(planar(1.0), activation)
    times = np.arange(0.0, trials.duration / 2, trials.step / SAMPLES_PER_STEP)
    for level in (0.9 * limit, 1.01 * limit):
        # Φ(z) = (1 − exp(−z²))/2 on both axes.
        start = np.full(2, np.sqrt(-np.log(1 - level)))
        orbit = reference_solution(network, start, times, trials.rtol, trials.atol)
        distance = return_distance(orbit)
        yield {
            "statement": "orbits close where zσ(z) > 0 and their level is below the limit of Φ",
            "case": f"z·exp(−z²), level {level:g}, limit {limit:g}",
            "verdict": "closes" if distance < CLOSED else "does not close",
            "value": distance,
            "meaning": "smallest distance from the start after leaving it and turning around, "
            "over the extent",
        }
