"""The orbits of a user's recurrent network: which close, and how they move if none does."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from neural_spectra.errors import InputError
from neural_spectra.flows.integration_across_kinks import reference_solution
from neural_spectra.flows.lyapunov_of_recurrent_networks import largest_lyapunov_exponent
from neural_spectra.networks.recurrent_networks import RecurrentNetwork
from neural_spectra.studies.own.skew_matrix import ROUNDING, SKEW, MatrixFacts
from neural_spectra.studies.rnn.planar_networks import exact_period

# The sizes of the arguments of σ (root mean square) at which orbits start.
SIZES = (0.5, 1.0, 2.0)
# Orbits are followed for so many turns of the fastest pair, and seen so often in each.
TURNS, SAMPLES = 12, 60
# An orbit closes if it comes back up to this share of its extent.
CLOSED = 1e-6
# A sample so near to the start is worth a closer look.
_NEAR, _LOOKS, _NEWTON_STEPS = 0.2, 40, 4
_BESIDE = 1e-9
_LYAPUNOV_TURNS, _STEPS_PER_TURN = 200, 30


@dataclass(frozen=True)
class SkewOrbit:
    """An orbit, followed to nearly full precision.

    Parameters
    ----------
    size
        Of the arguments of σ at its start.
    times, states
        Until it blows up, if it does.
    blows_up
        Whether it does, as far as the solver can tell.
    period
        When it comes back; NaN if it does not within its time.
    return_distance
        How near it comes back, relative to its extent; NaN if it never turns back.
    exact_period
        The period in closed form, where there is one.
    """

    size: float
    times: Float[np.ndarray, " times"]
    states: Float[np.ndarray, "times n"]
    blows_up: bool
    period: float
    return_distance: float
    exact_period: float


def energy(
    network: RecurrentNetwork,
    weights: Float[np.ndarray, " n"] | None,
    x: Float[np.ndarray, "*batch n"],
) -> Float[np.ndarray, "*batch"]:
    """Return Σ w_i Φ(z_i) with z = A x or x; with w = 1 where there are no weights."""
    potentials = network.activation.potential(network.preactivation(x))
    return np.asarray(potentials.sum(-1) if weights is None else potentials @ weights)


def turn_of(network: RecurrentNetwork, facts: MatrixFacts) -> float:
    """Return 2π over the fastest frequency of small states, or over the norm if nothing turns."""
    slope = max(slopes_beside_0(network)) or 1.0
    frequency = slope * facts.largest_frequency
    rate = frequency if frequency > ROUNDING * facts.norm else slope * facts.norm
    return 2 * math.pi / rate if rate else 1.0


def slopes_beside_0(network: RecurrentNetwork) -> tuple[float, float]:
    """Return |σ'| a little on the left and on the right of 0: it may have a kink there."""
    left, right = np.abs(network.activation.slope(np.array([-_BESIDE, _BESIDE])))
    return float(left), float(right)


def starts_of(network: RecurrentNetwork, seed: int) -> Float[np.ndarray, "sizes n"]:
    """Return a start for each of `SIZES`, in one direction: of a pair of units along the first."""
    n = network.matrix.shape[-1]
    direction = np.array([1.0, 0.0])
    if n != 2:
        direction = np.random.default_rng(seed).standard_normal((n,))
    argument = network.preactivation(direction)
    length = math.sqrt(float(np.square(argument).mean())) or 1.0
    return np.outer(SIZES, direction / length)


def follow_orbit(
    network: RecurrentNetwork, facts: MatrixFacts, start: Float[np.ndarray, " n"], size: float
) -> SkewOrbit:
    """Follow an orbit, and look whether it comes back to its start.

    Parameters
    ----------
    network, facts
        The network, and what is known of its matrix.
    start
        Where the orbit starts.
    size
        The root mean square of the arguments of σ there.
    """
    turn = turn_of(network, facts)
    times = np.linspace(0.0, TURNS * turn, TURNS * SAMPLES + 1)
    states, blows_up = _followed(network, start, times)
    times = times[: len(states)]
    period, distance = _first_return(network, times, states)
    exact = math.nan
    if facts.kind == SKEW and len(start) == 2:
        omega = abs(float(facts.matrix[0, 1]))
        scaled = start if network.form == "sigma(A x)" else start / omega
        exact = exact_period(network.activation.name, omega, scaled.tolist())
    return SkewOrbit(size, times, states, blows_up, period, distance, exact)


def _followed(
    network: RecurrentNetwork, start: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, bool]:
    """Return the states at the times, up to half of the last time that can be reached."""
    reached = len(times)
    while reached > 2:
        try:
            states = reference_solution(network, start, times[:reached])
        except InputError:
            reached = reached // 2
        else:
            return states, reached < len(times)
    return start[None], True


def _first_return(
    network: RecurrentNetwork, times: np.ndarray, states: np.ndarray
) -> tuple[float, float]:
    """Return when an orbit is back at its start, and how near it comes, over its extent until then.

    It passes there where (x − x₀)·f(x₀) rises through 0.
    """
    origin = states[0]
    away = np.linalg.norm(states - origin, axis=-1)
    farthest, velocity = np.maximum.accumulate(away), network(origin)
    if not farthest[-1] > 0:
        return math.nan, math.nan
    along = (states - origin) @ velocity
    passes = np.flatnonzero((along[1:-1] < 0) & (along[2:] >= 0)) + 1
    passes = passes[np.minimum(away[passes], away[passes + 1]) <= _NEAR * farthest[passes]][:_LOOKS]
    nearest = math.nan
    for k in passes:
        wait, x = 0.0, states[k]
        for _ in range(_NEWTON_STEPS):
            wait -= float((x - origin) @ velocity) / float(network(x) @ velocity)
            if not 0 < wait < 4 * (times[1] - times[0]):
                break
            x = reference_solution(network, states[k], np.array([0.0, wait]))[-1]
        distance = float(np.linalg.norm(x - origin) / farthest[k])
        if distance <= CLOSED:
            return float(times[k] + wait), distance
        nearest = float(np.fmin(distance, nearest))
    return math.nan, nearest


def exponents_of(
    network: RecurrentNetwork, facts: MatrixFacts, starts: Float[np.ndarray, "sizes n"], seed: int
) -> tuple[Float[np.ndarray, " sizes"], Float[np.ndarray, " sizes"]]:
    """Return the largest Lyapunov exponent from each start, and its error estimate.

    Parameters
    ----------
    network, facts
        The network, and what is known of its matrix.
    starts
        Where orbits start.
    seed
        Of the tangent vectors.
    """
    step = turn_of(network, facts) / _STEPS_PER_TURN
    cost = 8 * len(starts) * facts.matrix.size
    steps = 10 * int(np.clip(3e9 / cost, 300, _LYAPUNOV_TURNS * _STEPS_PER_TURN) / 10)
    directions = np.random.default_rng(seed).standard_normal(starts.shape)
    return largest_lyapunov_exponent(network, starts, directions, step, steps)
