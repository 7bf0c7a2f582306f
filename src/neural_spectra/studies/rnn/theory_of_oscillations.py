"""What the paper says of linear networks, orbits and lines, tried on matrices and orbits.

All rows are those of the table ``theory``: statement, case, verdict, value, meaning.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.exact_skew_orbits import tanh_level, tanh_period, tanh_solution
from neural_spectra.flows.recurrent_integrators import reference_solution, simulate
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

Row = dict[str, Any]

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
        How long orbits are followed, those that may close half as long.
    step
        Step of the Runge–Kutta method.
    rtol, atol
        Tolerances of reference solutions.
    """

    seeds: int
    duration: float
    step: float
    rtol: float
    atol: float

    def follow(
        self, network: RecurrentNetwork, starts: np.ndarray, share: float = 1.0, samples: int = 1
    ) -> np.ndarray:
        """Return states over a share of the duration, so many of them in a step."""
        steps = round(share * samples * self.duration / self.step)
        return simulate(network, starts, self.step / samples, steps, "rk4").states


Check = Callable[[Trials], Iterator[Row]]


def growth_rates(trials: Trials) -> Iterator[Row]:
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
        yield {
            "statement": "linear networks grow at the rate of the largest real part",
            "case": f"random matrix, n = 5, seed {seed}, largest real part {rate:g}",
            "verdict": "so it is" if 0 <= excess <= 1 else "otherwise",
            "value": excess,
            "meaning": f"ln ‖exp(TA)‖ − αT over the ln of the eigenvectors' condition, "
            f"T = {trials.duration:g}",
        }


def growth_on_the_axis(trials: Trials) -> Iterator[Row]:
    """Find the power of t with which solutions grow whose eigenvalues are all imaginary."""
    twice = np.kron(np.eye(2), planar(1.0))
    for case, matrix in {
        "the same imaginary pair twice": twice,
        "defective imaginary pair": twice + np.eye(4, k=2),
    }.items():
        early, late = (
            np.linalg.norm(scipy.linalg.expm(time * matrix), ord=2)
            for time in (10 * trials.duration, 20 * trials.duration)
        )
        power = math.log2(late / early)
        yield {
            "statement": "the power of t with which a linear network grows",
            "case": case,
            "verdict": "unstable" if power > 0.5 else "stable",
            "value": power,
            "meaning": "log₂ of the growth of ‖exp(tA)‖ as the time doubles",
        }


def lengths(trials: Trials) -> Iterator[Row]:
    """Follow linear networks with a skew-symmetric matrix by the matrix exponential."""
    seeds = range(trials.seeds)
    for n in (2, 5, 20):
        matrices = random_skew_symmetric(n, seeds, "spectral radius", 5.0)
        starts = random_starts(n, seeds)
        ends = np.matvec(scipy.linalg.expm(trials.duration * matrices), starts)
        ratios = np.linalg.norm(ends, axis=-1) / np.linalg.norm(starts, axis=-1)
        worst = float(ratios[np.abs(ratios - 1).argmax()])
        yield {
            "statement": "linear networks with a skew-symmetric matrix conserve |x|",
            "case": f"{trials.seeds} random matrices, n = {n}",
            "verdict": "conserved" if abs(worst - 1) < 1e-10 else "not conserved",
            "value": worst,
            "meaning": f"|x(T)| / |x(0)|, T = {trials.duration:g}, the farthest from 1",
        }


def neighbouring_orbits(trials: Trials) -> Iterator[Row]:
    """Follow planar orbits of several sizes: a limit cycle would draw them together."""
    starts = np.linspace(0.5, 3.0, 6)[:, None] * [1.0, 0.0]
    for form in FORMS:
        network = RecurrentNetwork(planar(1.0), scalar_activation("tanh"), form)
        states = trials.follow(network, starts)
        # The last fifth of the time holds a turn of each.
        sizes = states[-len(states) // 5 :, :, 0].max(axis=0)
        kept = float(np.ptp(sizes) / np.ptp(starts[:, 0]))
        yield {
            "statement": "neighbouring orbits approach a limit cycle",
            "case": f"{form}, tanh, n = 2",
            "verdict": "they do" if kept < 1 - SHARE else "they do not",
            "value": kept,
            "meaning": f"spread of the orbits' amplitudes after {trials.duration:g}, over that "
            f"before",
        }


def perpetual_motion(trials: Trials) -> Iterator[Row]:
    """Follow random networks, and odd ones that start in the kernel of their matrix.

    Whether the size of a state decays is asked of random starts only: at rest it cannot.
    """
    seeds = range(trials.seeds)
    for n in (2, 5, 20):
        matrices = random_skew_symmetric(n, seeds, "spectral radius", 2.0)
        network = RecurrentNetwork(matrices, scalar_activation("tanh"))
        starts = {"random starts": random_starts(n, seeds)}
        if n % 2:
            starts["starts in the kernel of A"] = kernel_vector(matrices)
        for words, start in starts.items():
            states = trials.follow(network, start)
            speed = float(
                np.linalg.norm(network(states[-len(states) // 10 :]), axis=-1).max(0).min()
            )
            case = f"tanh, n = {n}, {words}"
            yield {
                "statement": "networks never come to rest",
                "case": case,
                "verdict": "at rest" if speed < RESTING_SPEED else "moving",
                "value": speed,
                "meaning": f"largest speed in the last tenth of {trials.duration:g}, "
                f"the smallest of {trials.seeds} networks",
            }
            if words != "random starts":
                continue
            early, late = _ends(np.linalg.norm(states, axis=-1))
            yield {
                "statement": "the size of the state does not decay",
                "case": case,
                "verdict": "does not decay" if (late / early).min() > 1 - SHARE else "decays",
                "value": float((late / early).min()),
                "meaning": f"largest norm in the last tenth of {trials.duration:g} over that in "
                f"the first, the smallest of {trials.seeds} networks",
            }


def closed_orbits(trials: Trials) -> Iterator[Row]:
    """See whether the orbits of larger networks come back to their starts."""
    seeds = range(trials.seeds)
    for n in (3, 4, 10):
        matrices = random_skew_symmetric(n, seeds, "spectral radius", 2.0)
        for name in ("identity", "tanh"):
            network = RecurrentNetwork(matrices, scalar_activation(name))
            states = trials.follow(network, random_starts(n, seeds), 0.5, SAMPLES_PER_STEP)
            distance = max(return_distance(states[:, seed]) for seed in seeds)
            yield {
                "statement": "orbits of larger networks close",
                "case": f"{name}, n = {n}",
                "verdict": "closes" if distance < CLOSED else "does not close",
                "value": distance,
                "meaning": f"smallest distance from the start after leaving it and turning around, "
                f"over the extent, the largest of {trials.seeds} networks",
            }


def convex_level_sets(_: Trials) -> Iterator[Row]:
    """Walk along the curves of Fig. 1: only a closed, convex one turns by 2π in all (Fenchel)."""
    for level in (0.2, 1.5, 3.0):
        times = np.linspace(0.0, float(tanh_period(1.0, level)), 400)
        points = np.stack(tanh_solution(1.0, level, times), axis=-1)
        edges = np.diff(points, axis=0) @ [1, 1j]
        turns = np.angle(np.roll(edges, -1) / edges)
        yield {
            "statement": "the level sets are closed and convex",
            "case": f"level {level:g}",
            "verdict": "closed and convex" if abs(turns).sum() < 2 * math.pi + 1e-6 else "neither",
            "value": float(np.abs(turns).sum() / (2 * math.pi)),
            "meaning": "sum of the |angles| between successive edges of the curve, over 2π",
        }


def odd_harmonics(trials: Trials) -> Iterator[Row]:
    """Take from x_1 the odd harmonics of its fundamental, or of 0.25 Hz if that is lower."""
    for omega in (1.0, 5.0, 25.0):
        network = RecurrentNetwork(planar(omega), scalar_activation("tanh"))
        period = float(tanh_period(omega, tanh_level(omega, 1.0, 0.0)))
        window = max(period, 1 / HIGHEST_FUNDAMENTAL)
        times = window / 1024 * np.arange(1024)
        start = np.array([1.0, 0.0])
        signal = reference_solution(network, start, times, trials.rtol, trials.atol)[:, 0]
        power = harmonic_amplitudes(signal, 500) ** 2
        even = float(np.sqrt(power[1::2].sum() / power.sum()))
        yield {
            "statement": "x₁ is made of odd harmonics of at most 0.25 Hz",
            "case": f"tanh, ω = {omega:g}",
            "verdict": "so it is" if even < 1e-6 else "otherwise",
            "value": even,
            "meaning": "amplitude of everything else over that of x₁",
        }


def _ends(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest values in the first and in the last tenth of the time."""
    tenth = len(values) // 10
    return values[:tenth].max(axis=0), values[-tenth:].max(axis=0)


# Of closed forms, and of orbits that are followed.
EXACT: tuple[Check, ...] = (growth_rates, growth_on_the_axis, lengths, convex_level_sets)
FOLLOWED: tuple[Check, ...] = (neighbouring_orbits, perpetual_motion, closed_orbits, odd_harmonics)
