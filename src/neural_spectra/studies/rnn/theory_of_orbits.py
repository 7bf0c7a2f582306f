"""What the paper says of orbits and lines, tried on networks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.exact_skew_orbits import tanh_level, tanh_period, tanh_solution
from neural_spectra.flows.integration_across_kinks import reference_solution
from neural_spectra.flows.recurrent_integrators import simulate
from neural_spectra.flows.signal_spectra import harmonic_amplitudes
from neural_spectra.networks.recurrent_networks import (
    Form,
    RecurrentNetwork,
    kernel_vector,
    planar,
    random_skew_symmetric,
)
from neural_spectra.studies.rnn.closing_condition import CLOSED, return_distance
from neural_spectra.studies.rnn.scaling_study import random_starts

FORMS: tuple[Form, ...] = ("A sigma(x)", "sigma(A x)")
# What separates one verdict from the other.
SHARE = 0.1
RESTING_SPEED = 1e-6
# So many samples in a step show where an orbit comes nearest to its start.
SAMPLES_PER_STEP = 5
HIGHEST_FUNDAMENTAL = 0.25


@dataclass(frozen=True)
class Trials:
    """How the statements are tried.

    Parameters
    ----------
    seeds
        So many random matrices of each size.
    duration
        How long orbits are followed, in units of time; those that may close, half as long.
    step
        Step of the Runge–Kutta method, in units of time.
    rtol, atol
        Tolerances of reference solutions.
    """

    seeds: int
    duration: float
    step: float
    rtol: float
    atol: float

    def follow(self, network: RecurrentNetwork, starts: np.ndarray, samples: int = 1) -> np.ndarray:
        """Return states over the duration, so many of them in a step."""
        steps = round(samples * self.duration / self.step)
        return simulate(network, starts, self.step / samples, steps, "rk4").states


# In each case: the case in words, the number behind the verdict, the verdict.
Found = Iterator[tuple[str, float, str]]


def neighbouring_orbits(trials: Trials) -> Found:
    """Follow planar orbits of several sizes: a limit cycle would draw them together."""
    starts = np.linspace(0.5, 3.0, 6)[:, None] * [1.0, 0.0]
    for form in FORMS:
        network = RecurrentNetwork(planar(1.0), scalar_activation("tanh"), form)
        states = trials.follow(network, starts)
        # The last fifth of the time holds a turn of each.
        sizes = states[-len(states) // 5 :, :, 0].max(axis=0)
        kept = np.ptp(sizes) / np.ptp(starts[:, 0])
        yield f"{form}, tanh, n = 2", kept, "they do" if kept < 1 - SHARE else "they do not"


def perpetual_motion(trials: Trials) -> Found:
    """Follow random networks, and odd ones that start in the kernel of their matrix."""
    for n, network, start in _random_networks(trials):
        starts = {"random starts": start}
        if n % 2:
            starts["starts in the kernel of A"] = kernel_vector(network.matrix)
        for words, at in starts.items():
            states = trials.follow(network, at)
            speed = np.linalg.norm(network(states[-len(states) // 10 :]), axis=-1).max(0).min()
            verdict = "at rest" if speed < RESTING_SPEED else "moving"
            yield f"tanh, n = {n}, {words}", speed, verdict


def size_of_the_state(trials: Trials) -> Found:
    """Follow random networks from random starts: at rest a state could not decay."""
    for n, network, start in _random_networks(trials):
        kept = kept_size(trials.follow(network, start))
        verdict = "does not decay" if kept > 1 - SHARE else "decays"
        yield f"tanh, n = {n}, random starts", kept, verdict


def _random_networks(trials: Trials) -> Iterator[tuple[int, RecurrentNetwork, np.ndarray]]:
    """Yield the size, the networks and the starts of all seeds."""
    for n in (2, 5, 20):
        matrices = random_skew_symmetric(n, range(trials.seeds), "spectral radius", 2.0)
        network = RecurrentNetwork(matrices, scalar_activation("tanh"))
        yield n, network, random_starts(n, range(trials.seeds))


def kept_size(states: np.ndarray) -> float:
    """Return the largest norm in the last tenth of the time over that in the first tenth.

    Of several orbits, that of the one where it is smallest.
    """
    sizes, tenth = np.linalg.norm(states, axis=-1), len(states) // 10
    return float((sizes[-tenth:].max(axis=0) / sizes[:tenth].max(axis=0)).min())


def closed_orbits(trials: Trials) -> Found:
    """See whether the orbits of larger networks come back to their starts."""
    seeds, half = range(trials.seeds), replace(trials, duration=trials.duration / 2)
    for n in (3, 4, 10):
        matrices = random_skew_symmetric(n, seeds, "spectral radius", 2.0)
        for name in ("identity", "tanh"):
            network = RecurrentNetwork(matrices, scalar_activation(name))
            states = half.follow(network, random_starts(n, seeds), SAMPLES_PER_STEP)
            distance = max(return_distance(states[:, seed]) for seed in seeds)
            yield f"{name}, n = {n}", distance, closing(distance)


def closing(distance: float) -> str:
    """Say whether an orbit with that `return_distance` closes."""
    return "closes" if distance < CLOSED else "does not close"


def convex_level_sets(_: Trials) -> Found:
    """Walk along the curves of Fig. 1: only a closed, convex one turns by 2π in all (Fenchel)."""
    for level in (0.2, 1.5, 3.0):
        times = np.linspace(0.0, float(tanh_period(1.0, level)), 400)
        points = np.stack(tanh_solution(1.0, level, times), axis=-1)
        edges = np.diff(points, axis=0) @ [1, 1j]
        turned = np.abs(np.angle(np.roll(edges, -1) / edges)).sum()
        verdict = "closed and convex" if turned < 2 * math.pi + 1e-6 else "neither"
        yield f"level {level:g}", turned / (2 * math.pi), verdict


def odd_harmonics(trials: Trials) -> Found:
    """Take from x_1 the odd harmonics of its fundamental, or of 0.25 Hz if that is lower."""
    for omega in (1.0, 5.0, 25.0):
        network = RecurrentNetwork(planar(omega), scalar_activation("tanh"))
        period = float(tanh_period(omega, tanh_level(omega, 1.0, 0.0)))
        window = max(period, 1 / HIGHEST_FUNDAMENTAL)
        times = window / 1024 * np.arange(1024)
        start = np.array([1.0, 0.0])
        signal = reference_solution(network, start, times, trials.rtol, trials.atol)[:, 0]
        power = harmonic_amplitudes(signal, 500) ** 2
        even = np.sqrt(power[1::2].sum() / power.sum())
        yield f"tanh, ω = {omega:g}", even, "so it is" if even < 1e-6 else "otherwise"
