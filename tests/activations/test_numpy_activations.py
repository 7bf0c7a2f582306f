"""The scalar activations and their potentials against many digits, PyTorch and the torch table."""

import math

import mpmath
import numpy as np
import pytest
import torch
from torch.nn import functional

from neural_spectra.activations import torch_activations
from neural_spectra.activations.numpy_activations import ACTIVATIONS, scalar_activation
from neural_spectra.activations.parameter_families import hardtanh
from neural_spectra.errors import InputError

SMALL = [1e-9, 1e-5, 1e-3, 0.3]
POINTS = [*SMALL, 1.0, 2.5, 7.0, 29.9, 30.1, 40.0, 700.0, 800.0, 1e6]
Z = np.array([0.0, *POINTS, *(-z for z in POINTS)])

EXACT = {
    "identity": lambda z: z,
    "tanh": mpmath.tanh,
    "hardtanh": lambda z: min(max(z, -1), 1),
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "relu": lambda z: max(z, 0),
    "leaky_relu": lambda z: z if z > 0 else mpmath.mpf("0.01") * z,
    "leaky_relu_0.1": lambda z: z if z > 0 else mpmath.mpf("0.1") * z,
    "elu": lambda z: z if z > 0 else mpmath.expm1(z),
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "shifted_softplus": lambda z: mpmath.log((1 + mpmath.exp(z)) / 2),
    "bump": lambda z: z * mpmath.exp(-(z**2)),
}
EXACT_POTENTIAL = {
    "identity": lambda z: z**2 / 2,
    "tanh": lambda z: mpmath.log(mpmath.cosh(z)),
    "hardtanh": lambda z: z**2 / 2 if abs(z) <= 1 else abs(z) - mpmath.mpf("0.5"),
    "sigmoid": lambda z: mpmath.log((1 + mpmath.exp(z)) / 2),
    "relu": lambda z: max(z, 0) ** 2 / 2,
    "leaky_relu": lambda z: z**2 / 2 * (1 if z > 0 else mpmath.mpf("0.01")),
    "leaky_relu_0.1": lambda z: z**2 / 2 * (1 if z > 0 else mpmath.mpf("0.1")),
    "elu": lambda z: z**2 / 2 if z > 0 else mpmath.expm1(z) - z,
    "softplus": lambda z: (-mpmath.polylog(2, -mpmath.exp(z)) - mpmath.pi**2 / 12).real,
    "shifted_softplus": lambda z: EXACT_POTENTIAL["softplus"](z) - z * mpmath.log(2),
    "bump": lambda z: -mpmath.expm1(-(z**2)) / 2,
    "silu": lambda z: z * EXACT["softplus"](z) - EXACT_POTENTIAL["softplus"](z),
}
PYTORCH = {
    "softexponential": lambda z: z,
    "blu": lambda z: z,
    "prelu": lambda z: functional.leaky_relu(z, 0.25),
    "relu": functional.relu,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "rrelu": functional.rrelu,
    "hardtanh": functional.hardtanh,
    "relu6": functional.relu6,
    "tanh": torch.tanh,
    "elu": functional.elu,
    "celu": functional.celu,
    "hardshrink": functional.hardshrink,
    "leaky_relu": functional.leaky_relu,
    "leaky_relu_0.1": lambda z: functional.leaky_relu(z, 0.1),
    "softshrink": functional.softshrink,
    "softsign": functional.softsign,
    "tanhshrink": functional.tanhshrink,
    "aplu": lambda z: functional.relu(z) + functional.relu(0.5 - z),
    "pelu": functional.elu,
    "sigmoid": torch.sigmoid,
    # Written out: the derivative of functional.hardsigmoid is 1/6 in single precision.
    "hardsigmoid": lambda z: (z / 6 + 0.5).clamp(0, 1),
    "hardswish": functional.hardswish,
    "selu": functional.selu,
    "logsigmoid": functional.logsigmoid,
    "softplus": lambda z: functional.softplus(z, threshold=1000),
    "shifted_softplus": lambda z: functional.softplus(z, threshold=1000) - math.log(2),
    "identity": lambda z: z,
    "bump": lambda z: z * torch.exp(-(z**2)),
}
SHARED = sorted(set(ACTIVATIONS) & set(torch_activations.ACTIVATIONS))
with_a_potential = pytest.mark.parametrize("name", EXACT_POTENTIAL)


def many_digits(formula, z=Z):
    with mpmath.workdps(60):
        return np.array([float(formula(mpmath.mpf(float(point)))) for point in z])


@pytest.mark.parametrize("name", EXACT)
def test_values_are_accurate_to_rounding(name):
    values = scalar_activation(name).function(Z)
    np.testing.assert_allclose(values, many_digits(EXACT[name]), rtol=4e-13, atol=1e-300)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_slopes_are_those_of_pytorch(name):
    z = np.concatenate([np.random.default_rng(0).normal(0, 4, 1000), [0.0, -40.0, 40.0, -800.0]])
    x = torch.tensor(z, requires_grad=True)
    y = PYTORCH[name](x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    np.testing.assert_allclose(ACTIVATIONS[name].function(z), y.detach(), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(ACTIVATIONS[name].slope(z), slope, rtol=1e-13, atol=2e-15)


def test_these_names_are_in_both_tables():
    assert SHARED == [
        "elu",
        "gelu",
        "hardtanh",
        "identity",
        "leaky_relu",
        "relu",
        "sigmoid",
        "silu",
        "softplus",
        "tanh",
    ]


@pytest.mark.parametrize("name", SHARED)
def test_one_name_is_one_function_on_arrays_and_on_tensors(name):
    here, there = ACTIVATIONS[name], torch_activations.ACTIVATIONS[name]
    z = np.concatenate([Z, np.linspace(-20, 20, 4001)])
    values, slopes = (f(torch.tensor(z)) for f in (there.function, there.slope))
    np.testing.assert_allclose(here.function(z), values, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(here.slope(z), slopes, rtol=1e-12, atol=1e-300)
    assert here.kinks == there.kinks
    assert here.lipschitz == pytest.approx(there.lipschitz, rel=1e-15)


@with_a_potential
def test_potentials_are_accurate_to_rounding_and_do_not_overflow(name):
    z = Z[np.abs(Z) <= 800] if "softplus" in name else Z
    values = scalar_activation(name).potential(z)
    expected = many_digits(EXACT_POTENTIAL[name], z)
    np.testing.assert_allclose(values, expected, rtol=1e-15, atol=2e-15)


@pytest.mark.parametrize("name", ["identity", "tanh", "hardtanh", "sigmoid", "bump"])
def test_these_potentials_keep_their_digits_near_zero(name):
    z = np.array([*SMALL, *(-z for z in SMALL)])
    values = scalar_activation(name).potential(z)
    np.testing.assert_allclose(values, many_digits(EXACT_POTENTIAL[name], z), rtol=1e-15)


@pytest.mark.parametrize("name", EXACT)
def test_the_slope_is_the_derivative_to_many_digits(name):
    smooth = Z[(np.abs(Z) > 1e-8) & (np.abs(Z) < 50) & (np.abs(Z) != 1)]

    def derivative(z):
        return mpmath.diff(EXACT[name], z, h=mpmath.mpf("1e-25"))

    slopes = scalar_activation(name).slope(smooth)
    np.testing.assert_allclose(slopes, many_digits(derivative, smooth), rtol=1e-12, atol=1e-25)


@pytest.mark.parametrize(
    "activation",
    [*(ACTIVATIONS[name] for name in EXACT_POTENTIAL), hardtanh(1.3), ACTIVATIONS["selu"]],
    ids=lambda activation: activation.name,
)
def test_the_potential_is_the_integral_of_the_function(activation):
    nodes, weights = np.polynomial.legendre.leggauss(40)
    for z in (-2.0, -0.4, 0.7, 3.0):
        inside = [kink for kink in activation.kinks if min(z, 0) < kink < max(z, 0)]
        ends = np.array(sorted([0.0, *inside, z], reverse=z < 0))
        lengths = np.diff(ends)[:, None]
        values = activation.function(ends[:-1, None] + lengths * (nodes + 1) / 2)
        integral = (lengths / 2 * weights * values).sum()
        assert activation.potential(np.array([z]))[0] == pytest.approx(integral, abs=1e-14)


def test_a_potential_that_is_not_known_is_refused():
    with pytest.raises(InputError, match="the potential of this activation is not known"):
        scalar_activation("gelu").potential(Z)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_all_functions_keep_the_shape(name):
    activation = scalar_activation(name)
    z = np.linspace(-2, 2, 12).reshape(3, 2, 2)
    functions = [activation.function, activation.slope, activation.quotient]
    for function in [*functions, activation.potential] if name in EXACT_POTENTIAL else functions:
        assert function(z).shape == z.shape
        assert function(z).dtype == np.float64


@pytest.mark.parametrize(
    "activation",
    [*ACTIVATIONS.values(), hardtanh(2.0)],
    ids=[*ACTIVATIONS, "hardtanh at 2"],
)
def test_slopes_jump_or_bend_only_at_the_kinks(activation):
    step = 1e-3
    z = np.arange(-7.0005, 7, step)
    second_difference = np.diff(activation.slope(z), 2)
    bends = z[1:-1][np.abs(second_difference) > 20 * step**2]
    assert all(min(abs(z - kink) for kink in activation.kinks) < step for z in bends)
    assert all(min(abs(bends - kink)) < step for kink in activation.kinks)


def test_hardtanh_is_clipped_at_its_level():
    activation = hardtanh(10.0)
    z = np.array([-25.0, -4.0, 9.0, 11.0])
    assert activation.function(z).tolist() == [-10.0, -4.0, 9.0, 10.0]
    assert activation.potential(z).tolist() == [200.0, 8.0, 40.5, 60.0]
    assert activation.slope(z).tolist() == [0.0, 1.0, 1.0, 0.0]
    assert activation.kinks == (-10.0, 10.0)


def test_an_unknown_activation_is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="unknown activation 'hard_tanh'; did you mean 'hardtanh'"):
        scalar_activation("hard_tanh")


@pytest.mark.parametrize("level", [0.0, -1.0, math.inf, math.nan])
def test_a_level_that_clips_nothing_or_everything_is_refused(level):
    with pytest.raises(InputError, match=f"cannot clip at level {level}"):
        hardtanh(level)
