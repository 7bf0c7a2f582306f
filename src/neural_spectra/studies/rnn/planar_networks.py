"""What the planar networks of several tables share: one orbit, its level and its exact period."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.parameter_families import hardtanh
from neural_spectra.activations.scalar_activation import ScalarActivation
from neural_spectra.flows.exact_skew_orbits import (
    hard_tanh_harmonics,
    hard_tanh_intercept,
    hard_tanh_period,
    tanh_harmonics,
    tanh_intercept,
    tanh_period,
)
from neural_spectra.networks.recurrent_networks import RecurrentNetwork, planar

Exact = Callable[..., Any]
PERIODS: dict[str, Exact] = {"tanh": tanh_period, "hardtanh": hard_tanh_period}
INTERCEPTS: dict[str, Exact] = {"tanh": tanh_intercept, "hardtanh": hard_tanh_intercept}
HARMONICS: dict[str, Exact] = {"tanh": tanh_harmonics, "hardtanh": hard_tanh_harmonics}


def planar_network(
    activation: str, omega: float | Sequence[float], clip: float = 1.0
) -> RecurrentNetwork:
    """Return ẋ = σ(A x) with A = [[0, ω], [−ω, 0]], a network for each ω."""
    sigma = hardtanh(clip) if activation == "hardtanh" else scalar_activation(activation)
    return RecurrentNetwork(planar(np.asarray(omega, dtype=float)), sigma)


def level(activation: ScalarActivation, omega: float, start: Sequence[float]) -> float:
    """Return ℓ = Φ(ωx) + Φ(ωy), which is ω times the invariant E."""
    return float(activation.potential(omega * np.asarray(start)).sum())


def exact_period(activation: str, omega: float, start: Sequence[float], clip: float = 1.0) -> float:
    """Return the period of an orbit of ẋ = σ(A x), NaN without a closed form.

    Hard-tanh that clips at c moves ωx/c as hard-tanh that clips at 1 moves ωx.

    Parameters
    ----------
    activation, omega, start
        See `neural_spectra.studies.rnn`.
    clip
        Where hard-tanh clips.
    """
    if activation == "identity":
        return 2 * math.pi / omega
    if activation not in PERIODS:
        return math.nan
    scaled = omega / clip if activation == "hardtanh" else omega
    return float(PERIODS[activation](omega, level(scalar_activation(activation), scaled, start)))
