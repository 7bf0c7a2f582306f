"""Potentials Φ(z) = ∫₀ᶻ σ and quotients (σ(z) − σ(0))/z in forms that keep their digits."""

from __future__ import annotations

import numpy as np
from scipy.special import spence

from neural_spectra.activations.scalar_activation import Array


def tanh_potential(z: Array) -> Array:
    """Return ln cosh z."""
    # ln(1 + 2 sinh²(z/2)) keeps its digits near 0; from 30 on it is |z| − ln 2 to rounding.
    distance: Array = np.abs(z)
    near: Array = np.minimum(distance, 30.0)
    result: Array = np.log1p(2 * np.sinh(near / 2) ** 2)
    return result + (distance - near)


def sigmoid_potential(z: Array) -> Array:
    """Return ln((1 + e^z)/2), which is the shifted softplus, too."""
    return np.maximum(z, 0) + np.log1p(np.expm1(-np.abs(z)) / 2)


def softplus_potential(z: Array) -> Array:
    """Return −Li₂(−e^z) − π²/12."""
    # ∫₀ᵃ ln(1 + e⁻ᵗ) dt = Li₂(−e⁻ᵃ) − Li₂(−1), where Li₂(w) is SciPy's spence(1 − w); the integral
    # of ln(1 + eᵗ) from −a to 0 is the same, and from 0 to a it is a²/2 more.
    tail = spence(1 + np.exp(-np.abs(z))) - spence(2.0)
    return np.maximum(z, 0) ** 2 / 2 + np.sign(z) * tail


def tanh_quotient(z: Array) -> Array:
    """Return tanh(z)/z."""
    z = np.maximum(np.abs(z), 1e-300)
    return np.tanh(z) / z


def softplus_quotient(z: Array) -> Array:
    """Return (ln(1 + e^z) − ln 2)/z."""
    z = apart_from_0(z)
    return sigmoid_potential(z) / z


def exponential_quotient(z: Array) -> Array:
    """Return (e^z − 1)/z."""
    z = apart_from_0(z)
    return np.expm1(z) / z


def apart_from_0(z: Array) -> Array:
    """Replace z = 0 (and what halving would underflow) by a number so small that limits hold."""
    return np.where(np.abs(z) < 1e-300, 1e-300, z)
