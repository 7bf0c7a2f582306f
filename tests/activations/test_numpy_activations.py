"""The scalar activations and their potentials against formulas with many digits."""

import math

import mpmath
import numpy as np
import pytest

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.errors import InputError

NAMES = [
    "linear",
    "tanh",
    "hard_tanh",
    "sigmoid",
    "relu",
    "leaky_relu",
    "elu",
    "softplus",
    "bump",
]
SMALL = [1e-9, 1e-5, 1e-3, 0.3]
POINTS = [*SMALL, 1.0, 2.5, 7.0, 29.9, 30.1, 40.0, 700.0, 800.0, 1e6]
Z = np.array([0.0, *POINTS, *(-z for z in POINTS)])

EXACT = {
    "linear": lambda z: z,
    "tanh": mpmath.tanh,
    "hard_tanh": lambda z: min(max(z, -1), 1),
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "relu": lambda z: max(z, 0),
    "leaky_relu": lambda z: z if z > 0 else mpmath.mpf("0.1") * z,
    "elu": lambda z: z if z > 0 else mpmath.expm1(z),
    "softplus": lambda z: mpmath.log((1 + mpmath.exp(z)) / 2),
    "bump": lambda z: z * mpmath.exp(-(z**2)),
}
EXACT_POTENTIAL = {
    "linear": lambda z: z**2 / 2,
    "tanh": lambda z: mpmath.log(mpmath.cosh(z)),
    "hard_tanh": lambda z: z**2 / 2 if abs(z) <= 1 else abs(z) - mpmath.mpf("0.5"),
    "sigmoid": lambda z: mpmath.log((1 + mpmath.exp(z)) / 2),
    "relu": lambda z: max(z, 0) ** 2 / 2,
    "leaky_relu": lambda z: z**2 / 2 * (1 if z > 0 else mpmath.mpf("0.1")),
    "elu": lambda z: z**2 / 2 if z > 0 else mpmath.expm1(z) - z,
    "softplus": lambda z: (
        (-mpmath.polylog(2, -mpmath.exp(z)) - mpmath.pi**2 / 12 - z * mpmath.log(2)).real
    ),
    "bump": lambda z: -mpmath.expm1(-(z**2)) / 2,
}


def many_digits(formula, z=Z):
    with mpmath.workdps(60):
        return np.array([float(formula(mpmath.mpf(float(point)))) for point in z])


@pytest.mark.parametrize("name", NAMES)
def test_values_are_accurate_to_rounding(name):
    values = scalar_activation(name).function(Z)
    np.testing.assert_allclose(values, many_digits(EXACT[name]), rtol=4e-13, atol=1e-300)


@pytest.mark.parametrize("name", NAMES)
def test_potentials_are_accurate_to_rounding_and_do_not_overflow(name):
    z = Z[np.abs(Z) <= 800] if name == "softplus" else Z
    values = scalar_activation(name).antiderivative(z)
    expected = many_digits(EXACT_POTENTIAL[name], z)
    np.testing.assert_allclose(values, expected, rtol=1e-15, atol=2e-15)


@pytest.mark.parametrize("name", ["linear", "tanh", "hard_tanh", "sigmoid", "bump"])
def test_these_potentials_keep_their_digits_near_zero(name):
    z = np.array([*SMALL, *(-z for z in SMALL)])
    values = scalar_activation(name).antiderivative(z)
    np.testing.assert_allclose(values, many_digits(EXACT_POTENTIAL[name], z), rtol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_the_slope_is_the_derivative(name):
    smooth = Z[(np.abs(Z) > 1e-8) & (np.abs(Z) < 50) & (np.abs(Z) != 1)]

    def derivative(z):
        return mpmath.diff(EXACT[name], z, h=mpmath.mpf("1e-25"))

    slopes = scalar_activation(name).slope(smooth)
    np.testing.assert_allclose(slopes, many_digits(derivative, smooth), rtol=1e-12, atol=1e-25)


@pytest.mark.parametrize("name", NAMES)
def test_the_potential_is_the_integral_of_the_function(name):
    activation = scalar_activation(name, level=1.3)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    for z in (-2.0, -0.4, 0.7, 3.0):
        inside = [kink for kink in activation.kinks if min(z, 0) < kink < max(z, 0)]
        ends = np.array(sorted([0.0, *inside, z], reverse=z < 0))
        lengths = np.diff(ends)[:, None]
        values = activation.function(ends[:-1, None] + lengths * (nodes + 1) / 2)
        integral = (lengths / 2 * weights * values).sum()
        assert activation.antiderivative(np.array([z]))[0] == pytest.approx(integral, abs=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_values_slopes_and_potentials_keep_the_shape(name):
    activation = scalar_activation(name)
    z = np.linspace(-2, 2, 12).reshape(3, 2, 2)
    for function in (activation.function, activation.antiderivative, activation.slope):
        assert function(z).shape == z.shape
        assert function(z).dtype == np.float64


@pytest.mark.parametrize("name", NAMES)
def test_slopes_jump_or_bend_only_at_the_kinks(name):
    activation = scalar_activation(name, level=2.0)
    step = 1e-3
    z = np.arange(-5.0005, 5, step)
    second_difference = np.diff(activation.slope(z), 2)
    bends = z[1:-1][np.abs(second_difference) > 20 * step**2]
    assert all(min(abs(z - kink) for kink in activation.kinks) < step for z in bends)
    assert all(min(abs(bends - kink)) < step for kink in activation.kinks)


def test_hard_tanh_is_clipped_at_its_level():
    activation = scalar_activation("hard_tanh", level=10.0)
    z = np.array([-25.0, -4.0, 9.0, 11.0])
    assert activation.function(z).tolist() == [-10.0, -4.0, 9.0, 10.0]
    assert activation.antiderivative(z).tolist() == [200.0, 8.0, 40.5, 60.0]
    assert activation.slope(z).tolist() == [0.0, 1.0, 1.0, 0.0]
    assert activation.kinks == (-10.0, 10.0)


def test_an_unknown_activation_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="unknown activation 'hardtanh'; did you mean 'hard_tanh'"):
        scalar_activation("hardtanh")


@pytest.mark.parametrize("level", [0.0, -1.0, math.inf, math.nan])
def test_a_level_that_clips_nothing_or_everything_is_refused(level):
    with pytest.raises(InputError, match=f"cannot clip at level {level}"):
        scalar_activation("hard_tanh", level)
