"""The mean of σ over a segment, against the adaptive quadrature of SciPy and its own limits."""

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from scipy.integrate import quad

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.scalar_activation import ScalarActivation
from neural_spectra.activations.segment_means import averaged_from
from neural_spectra.config.rnn import ActivationName

NAMES = get_args(ActivationName)


def integrate(activation: ScalarActivation, start: float, end: float) -> float:
    value, _ = quad(lambda z: activation.function(np.array([z]))[0], start, end, epsabs=1e-13)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_the_mean_is_the_integral_over_the_length(name: str) -> None:
    activation = scalar_activation(name)
    rng = np.random.default_rng(0)
    a = rng.uniform(-1.5, 1.5, 60)
    b = a + np.repeat([1e-3, 0.1, 2.0], 20) * rng.standard_normal(60)
    mean = averaged_from(a, activation).function(b)
    for k in range(60):
        between = [kink for kink in activation.kinks if min(a[k], b[k]) < kink < max(a[k], b[k])]
        ends = sorted([a[k], *between, b[k]], reverse=bool(a[k] > b[k]))
        integral = sum(integrate(activation, *pair) for pair in pairwise(ends))
        assert mean[k] == pytest.approx(integral / (b[k] - a[k]), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_the_mean_over_a_point_is_the_value_there_and_half_the_slope(name: str) -> None:
    activation = scalar_activation(name)
    a = np.array([-1.7, -0.3, 0.2, 1.1])
    averaged = averaged_from(a, activation)
    np.testing.assert_allclose(averaged.function(a), activation.function(a), rtol=1e-15)
    np.testing.assert_allclose(averaged.slope(a), activation.slope(a) / 2, rtol=1e-15)


@pytest.mark.parametrize("name", ["relu", "hardtanh", "elu"])
@pytest.mark.parametrize("direction", [-1, 1])
def test_a_tiny_segment_across_a_kink_loses_no_digits(name: str, direction: int) -> None:
    activation = scalar_activation(name)
    kink = activation.kinks[-1]
    a, b = np.array([kink - direction * 3e-9]), np.array([kink + direction * 5e-9])
    sides = (activation.function(a), activation.function(np.array([kink])), activation.function(b))
    trapezoids = (3 * (sides[0] + sides[1]) + 5 * (sides[1] + sides[2])) / 16
    mean = averaged_from(a, activation).function(b)
    np.testing.assert_allclose(mean, trapezoids, rtol=1e-7, atol=0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("length", [0.15, 0.9])
def test_the_slope_is_the_derivative_of_the_mean(name: str, length: float) -> None:
    a = np.linspace(-2.03, 1.97, 9)
    averaged = averaged_from(a, scalar_activation(name))
    b, e = a + length, 1e-6
    difference = (averaged.function(b + e) - averaged.function(b - e)) / (2 * e)
    np.testing.assert_allclose(averaged.slope(b), difference, atol=1e-8)
