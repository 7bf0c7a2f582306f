"""The paper's theory, case by case: what was tried, what came out, and the number behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import scipy.linalg

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.integration_across_kinks import reference_solution
from neural_spectra.flows.skew_symmetry_theory import (
    energy_weights,
    highest_closed_level,
    kernel_velocity,
    linear_stability,
    similar_skew_symmetric,
)
from neural_spectra.networks.recurrent_networks import (
    RecurrentNetwork,
    planar,
    random_skew_symmetric,
)
from neural_spectra.studies.rnn import theory_of_orbits as orbits
from neural_spectra.studies.rnn.closing_condition import return_distance
from neural_spectra.studies.rnn.scaling_study import random_starts
from neural_spectra.studies.rnn.theory_of_orbits import Found, Trials
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

Check = Callable[[Trials], Found]


def theory(trials: Trials) -> Computed:
    """Judge what the paper says of stability, oscillation, invariants, orbits and lines.

    The residual is the largest change of a value when orbits are followed with twice the step and a
    hundred times the tolerances.

    Returns
    -------
    Computed
        ``theory``: statement, case, verdict, value (the number behind the verdict), meaning.
    """
    rtol, atol = 100 * trials.rtol, 100 * trials.atol
    coarser = replace(trials, step=2 * trials.step, rtol=rtol, atol=atol)
    exact = _tabulated(EXACT, trials)
    followed, again = (_tabulated(FOLLOWED, given) for given in (trials, coarser))
    change = (followed["value"] - again["value"]).abs().max()
    table = pd.concat([exact, followed], ignore_index=True)
    return Computed(table, {"change_at_twice_the_step": float(change)})


def _tabulated(checks: Mapping[Check, tuple[str, str]], trials: Trials) -> pd.DataFrame:
    rows = [
        (text, case, verdict, float(value), meaning.format(**asdict(trials)))
        for check, (text, meaning) in checks.items()
        for case, value, verdict in check(trials)
    ]
    return pd.DataFrame(rows, columns=["statement", "case", "verdict", "value", "meaning"])


def spectra(_: Trials) -> Found:
    """Hold the largest real part of an eigenvalue against the stability of the whole network."""
    for case, matrix in LINEAR_SYSTEMS.items():
        yield case, np.linalg.eigvals(matrix).real.max(), linear_stability(matrix)


def growth_rates(trials: Trials) -> Found:
    """Hold ‖exp(TA)‖ against exp(αT) ≤ ‖exp(TA)‖ ≤ κ(V) exp(αT).

    α is the largest real part of an eigenvalue and κ(V) the condition number of the eigenvectors.
    """
    for seed in range(trials.seeds):
        generator = np.random.default_rng(seed)
        matrix = generator.standard_normal((5, 5)) / math.sqrt(5)
        rate = (-0.5, 0.0, 0.5)[seed % 3]
        matrix += (rate - np.linalg.eigvals(matrix).real.max()) * np.eye(5)
        condition = np.linalg.cond(np.linalg.eig(matrix).eigenvectors)
        norm = np.linalg.norm(scipy.linalg.expm(trials.duration * matrix), ord=2)
        excess = (math.log(norm) - rate * trials.duration) / math.log(condition)
        case = f"random matrix, n = 5, seed {seed}, largest real part {rate:g}"
        yield case, excess, "so it is" if 0 <= excess <= 1 else "otherwise"


def growth_on_the_axis(trials: Trials) -> Found:
    """Find the power of t with which solutions grow whose eigenvalues are all imaginary."""
    for case in ("the same imaginary pair twice", "defective imaginary pair"):
        early, late = (
            np.linalg.norm(scipy.linalg.expm(time * LINEAR_SYSTEMS[case]), ord=2)
            for time in (10 * trials.duration, 20 * trials.duration)
        )
        power = math.log2(late / early)
        yield case, power, "unstable" if power > 0.5 else "stable"


def lengths(trials: Trials) -> Found:
    """Follow linear networks with a skew-symmetric matrix by the matrix exponential."""
    seeds = range(trials.seeds)
    for n in (2, 5, 20):
        matrices = random_skew_symmetric(n, seeds, "spectral radius", 5.0)
        starts = random_starts(n, seeds)
        ends = np.matvec(scipy.linalg.expm(trials.duration * matrices), starts)
        ratios = np.linalg.norm(ends, axis=-1) / np.linalg.norm(starts, axis=-1)
        worst = ratios[np.abs(ratios - 1).argmax()]
        verdict = "conserved" if abs(worst - 1) < 1e-10 else "not conserved"
        yield f"{trials.seeds} random matrices, n = {n}", worst, verdict


def necessity(trials: Trials) -> Found:
    """Try matrices that are only similar to a skew-symmetric one."""
    for case, matrix in NOT_SKEW.items():
        similar_skew_symmetric(matrix)  # raises if there were none
        energy = "no weighted energy" if energy_weights(matrix) is None else "an energy"
        for name in ("identity", "tanh"):
            network = RecurrentNetwork(matrix, scalar_activation(name))
            kept = orbits.kept_size(trials.follow(network, np.array([1.0, 0.0])))
            verdict = "oscillates for ever" if kept > OSCILLATES else "dies away"
            yield f"{case}, similar to a skew-symmetric one, {energy}, {name}", kept, verdict


def kernels(_: Trials) -> Found:
    """Take the velocity along the kernel of a matrix, in both forms of the network."""
    matrix = random_skew_symmetric(5, [0], "spectral radius", 2.0)[0]
    states = np.random.default_rng(0).standard_normal((1000, 5))
    for form in orbits.FORMS:
        network = RecurrentNetwork(matrix, scalar_activation("tanh"), form)
        velocity = np.abs(kernel_velocity(network, states)).max()
        verdict = "conserved" if velocity < 1e-12 else "not conserved"
        yield f"{form}, tanh, n = 5", velocity, verdict


def closed_levels(trials: Trials) -> Found:
    """Follow orbits below and above the level up to which those of z·exp(−z²) close."""
    activation = scalar_activation("bump")
    limit = highest_closed_level(activation)
    network = RecurrentNetwork(planar(1.0), activation)
    times = np.arange(0.0, trials.duration / 2, trials.step / orbits.SAMPLES_PER_STEP)
    for level in (0.9 * limit, 1.01 * limit):
        # Φ(z) = (1 − exp(−z²))/2 on both axes.
        start = np.full(2, np.sqrt(-np.log(1 - level)))
        orbit = reference_solution(network, start, times, trials.rtol, trials.atol)
        distance = return_distance(orbit)
        case = f"z·exp(−z²), level {level:g}, limit {limit:g}"
        yield case, distance, orbits.closing(distance)


# What each check is of: the statement, and what its number means. First those of closed forms.
EXACT: dict[Check, tuple[str, str]] = {
    spectra: (
        "the spectrum decides the stability of the linear network",
        "largest real part of an eigenvalue",
    ),
    kernels: (
        "v·x with A v = 0 is conserved for odd n",
        "largest d(v·x)/dt at 1000 random states",
    ),
    growth_rates: (
        "linear networks grow at the rate of the largest real part",
        "ln ‖exp(TA)‖ − αT over the ln of the eigenvectors' condition, T = {duration:g}",
    ),
    growth_on_the_axis: (
        "the power of t with which a linear network grows",
        "log₂ of the growth of ‖exp(tA)‖ as the time doubles",
    ),
    lengths: (
        "linear networks with a skew-symmetric matrix conserve |x|",
        "|x(T)| / |x(0)|, T = {duration:g}, the farthest from 1",
    ),
    orbits.convex_level_sets: (
        "the level sets are closed and convex",
        "sum of the |angles| between successive edges of the curve, over 2π",
    ),
}
# And those of orbits that are followed.
FOLLOWED: dict[Check, tuple[str, str]] = {
    necessity: (
        "oscillation needs a skew-symmetric matrix",
        "largest norm in the last tenth of {duration:g} over that in the first",
    ),
    closed_levels: (
        "orbits close where zσ(z) > 0 and their level is below the limit of Φ",
        "smallest distance from the start after leaving it and turning around, over the extent",
    ),
    orbits.neighbouring_orbits: (
        "neighbouring orbits approach a limit cycle",
        "spread of the orbits' amplitudes after {duration:g}, over that before",
    ),
    orbits.perpetual_motion: (
        "networks never come to rest",
        "largest speed in the last tenth of {duration:g}, the smallest of {seeds} networks",
    ),
    orbits.size_of_the_state: (
        "the size of the state does not decay",
        "largest norm in the last tenth of {duration:g} over that in the first, the smallest of "
        "{seeds} networks",
    ),
    orbits.closed_orbits: (
        "orbits of larger networks close",
        "smallest distance from the start after leaving it and turning around, over the extent, "
        "the largest of {seeds} networks",
    ),
    orbits.odd_harmonics: (
        "x₁ is made of odd harmonics of at most 0.25 Hz",
        "amplitude of everything else over that of x₁",
    ),
}
