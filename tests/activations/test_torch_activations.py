"""Activations against 40-digit arithmetic, their exact ranges, and how one is added."""

import math

import mpmath
import pytest
import torch

from neural_spectra.activations.activation_ranges import Activation
from neural_spectra.activations.torch_activations import ACTIVATIONS, activation_named
from neural_spectra.errors import InputError

EXACT = {
    "tanh": mpmath.tanh,
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "gelu": lambda z: z * mpmath.ncdf(z),
    "elu": lambda z: z if z > 0 else mpmath.expm1(z),
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "leaky_relu": lambda z: z if z > 0 else mpmath.mpf(0.01) * z,
    "hardtanh": lambda z: min(max(z, mpmath.mpf(-1)), mpmath.mpf(1)),
    "identity": lambda z: z,
}
EXACT_SLOPE = {
    "tanh": lambda z: mpmath.sech(z) ** 2,
    "sigmoid": lambda z: 1 / (2 + 2 * mpmath.cosh(z)),
    "softplus": lambda z: 1 / (1 + mpmath.exp(-z)),
    "silu": lambda z: (1 + z / (1 + mpmath.exp(z))) / (1 + mpmath.exp(-z)),
    "gelu": lambda z: mpmath.ncdf(z) + z * mpmath.npdf(z),
    "elu": lambda z: mpmath.exp(min(z, 0)),
    "relu": lambda z: mpmath.mpf(z > 0),
    "leaky_relu": lambda z: mpmath.mpf(1) if z > 0 else mpmath.mpf(0.01),
    "hardtanh": lambda z: mpmath.mpf(abs(z) < 1),
    "identity": lambda z: mpmath.mpf(1),
}
HARDTANH = Activation(
    "hardtanh",
    lambda z: z.clamp(-1, 1),
    lambda z: (z.abs() < 1).to(z.dtype),
    lambda z: (z.abs() < 1).to(z.dtype).log(),
    kinks=(-1.0, 1.0),
)
Z = [-30.0, -20.0, -5.0, -1.3, -0.75, -1e-3, -1e-12, 1e-12, 0.5, 1.0, 3.0, 20.0, 30.0]

pytestmark = pytest.mark.usefixtures("many_digits")
every_activation = pytest.mark.parametrize("name", ACTIVATIONS)


@pytest.fixture
def many_digits():
    with mpmath.workdps(40):
        yield


def float64(*values):
    return torch.tensor(values, dtype=torch.float64)


@every_activation
def test_values_agree_with_forty_digit_arithmetic(name):
    exact = float64(*(float(EXACT[name](mpmath.mpf(z))) for z in Z))
    torch.testing.assert_close(ACTIVATIONS[name].function(float64(*Z)), exact, rtol=2e-13, atol=0)


@every_activation
def test_slopes_agree_with_forty_digit_arithmetic(name):
    exact = float64(*(float(EXACT_SLOPE[name](mpmath.mpf(z))) for z in Z))
    torch.testing.assert_close(ACTIVATIONS[name].slope(float64(*Z)), exact, rtol=2e-13, atol=0)


@every_activation
def test_slopes_are_the_derivatives_of_the_values(name):
    z = float64(*Z).requires_grad_()
    (derivative,) = torch.autograd.grad(ACTIVATIONS[name].function(z).sum(), z)
    slope = ACTIVATIONS[name].slope(z)
    torch.testing.assert_close(derivative, slope, rtol=1e-12, atol=1e-15)


@every_activation
def test_curvatures_are_the_derivatives_of_the_slopes(name):
    smooth = [x for x in Z if x not in ACTIVATIONS[name].kinks]
    z = float64(*smooth)
    exact = float64(*(float(mpmath.diff(EXACT_SLOPE[name], mpmath.mpf(x))) for x in smooth))
    curvature = ACTIVATIONS[name].curvature(z, ACTIVATIONS[name].slope(z))
    torch.testing.assert_close(curvature, exact, rtol=1e-11, atol=1e-15)


@every_activation
def test_the_third_derivative_stays_below_its_bounds(name):
    sigma = ACTIVATIONS[name]
    for x in torch.linspace(-9, 9, 600, dtype=torch.float64).tolist():
        third = abs(float(mpmath.diff(EXACT_SLOPE[name], mpmath.mpf(x), 2)))
        slope = sigma.slope(float64(x)).abs()
        assert third <= sigma.largest_third_derivative(slope).nan_to_num(nan=0.0).item() + 1e-15


@every_activation
@pytest.mark.parametrize("width", [0.0, 0.02, 0.3, 3.0])
def test_the_third_derivative_stays_in_its_range_over_intervals(name, width):
    sigma = ACTIVATIONS[name]
    for lower in torch.linspace(-6, 6, 25, dtype=torch.float64).tolist():
        ends = float64(lower), float64(lower + width)
        smallest, largest = sigma.slope_range(*ends)
        error = sigma.rounding_error(largest.abs(), float64(10.0))
        low, high = sigma.third_derivative_range(smallest, largest, error)
        if sigma.has_kink(*ends) or not high.isfinite():
            continue  # nothing is claimed
        assert low <= 0 <= high
        for share in (0, 0.3, 0.5, 1):
            with mpmath.workdps(40):
                z = mpmath.mpf(lower) + mpmath.mpf(width) * share
                third = mpmath.diff(EXACT_SLOPE[name], z, 2)
            assert low.item() <= third <= high.item()


@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_the_third_derivative_at_a_point_is_told_by_the_slope(name):
    sigma = ACTIVATIONS[name]
    for x in (-3.0, -0.7, 0.0, 0.2, 1.1):
        slope = sigma.slope(float64(x))
        low, high = sigma.third_derivative_range(slope, slope, 0 * slope)
        third = float(mpmath.diff(EXACT_SLOPE[name], mpmath.mpf(x), 2))
        assert [low.item(), high.item()] == pytest.approx([min(third, 0), max(third, 0)], abs=1e-14)


@every_activation
@pytest.mark.parametrize("z", [-1000.0, -40.0, -1.3, 0.3, 40.0, 1000.0])
def test_logarithms_of_slopes_are_accurate_where_the_slopes_underflow(name, z):
    with mpmath.workdps(1000):
        slope = abs(EXACT_SLOPE[name](mpmath.mpf(z)))
        exact = float(mpmath.log(slope)) if slope else -math.inf
    logarithm = ACTIVATIONS[name].log_abs_slope(float64(z))
    torch.testing.assert_close(logarithm, float64(exact), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(("name", "at"), [("silu", -1.28), ("gelu", -0.75)])
def test_turning_points_are_zeros_of_the_slope_to_the_last_digit(name, at):
    root = mpmath.findroot(EXACT_SLOPE[name], at)
    assert ACTIVATIONS[name].turning_points == (float(root),)


@pytest.mark.parametrize(("name", "at"), [("silu", 2.4), ("gelu", 1.4)])
def test_slope_turning_points_are_zeros_of_the_second_derivative(name, at):
    root = float(mpmath.findroot(lambda z: mpmath.diff(EXACT[name], z, 2), at))
    assert ACTIVATIONS[name].slope_turning_points == pytest.approx((-root, root), rel=1e-15)


def test_lipschitz_constants_are_those_of_the_literature():
    constants = {name: activation.lipschitz for name, activation in ACTIVATIONS.items()}
    assert constants == pytest.approx(
        {
            "tanh": 1,
            "sigmoid": 0.25,
            "softplus": 1,
            "silu": 1.0998393201288669,
            "gelu": 0.5 + 0.5 * math.erf(1) + math.exp(-1) / math.sqrt(math.pi),
            "elu": 1,
            "relu": 1,
            "leaky_relu": 1,
            "hardtanh": 1,
            "identity": 1,
        },
        rel=1e-15,
    )


def test_the_largest_slope_of_silu_lies_inside_the_interval():
    silu = ACTIVATIONS["silu"]
    largest = silu.largest_abs_slope(float64(1.0), float64(4.0))
    assert largest.item() == pytest.approx(1.0998393201288669, rel=1e-15)
    assert largest > silu.slope(float64(1.0, 4.0)).max()


def test_a_sign_change_of_the_slope_makes_zero_the_smallest_abs_slope():
    smallest, _ = ACTIVATIONS["gelu"].abs_slope_range(float64(-1.0), float64(0.0))
    assert smallest.item() == pytest.approx(0, abs=1e-16)


@every_activation
def test_ranges_over_all_of_the_real_line_are_the_limits(name):
    lower, upper = ACTIVATIONS[name].range(float64(-math.inf), float64(math.inf))
    limits = {
        "tanh": (-1, 1),
        "sigmoid": (0, 1),
        "softplus": (0, math.inf),
        "silu": (-0.27846454276107374, math.inf),
        "gelu": (-0.16997120747990369, math.inf),
        "elu": (-1, math.inf),
        "relu": (0, math.inf),
        "leaky_relu": (-math.inf, math.inf),
        "hardtanh": (-1, 1),
        "identity": (-math.inf, math.inf),
    }
    assert (lower.item(), upper.item()) == pytest.approx(limits[name], rel=1e-15)


def test_both_sides_of_a_jump_of_the_slope_count():
    lower, upper = float64(-2, -2, -1, -0.5, 2), float64(-1.5, 0, 3, 0.5, 3)
    smallest, largest = HARDTANH.abs_slope_range(lower, upper)
    assert largest.tolist() == [0, 1, 1, 1, 0]
    assert smallest.tolist() == [0, 0, 0, 1, 0]


def test_a_flat_slope_far_from_zero_is_not_lost_to_cancellation():
    assert ACTIVATIONS["tanh"].slope(float64(20.0)).item() == pytest.approx(
        float(mpmath.sech(20) ** 2), rel=1e-15
    )


def test_an_unknown_name_is_answered_with_the_nearest_known_one():
    with pytest.raises(InputError, match=r"unknown activation 'sigmod'; did you mean 'sigmoid'\?"):
        activation_named("sigmod")


def test_a_known_name_gives_the_activation_of_that_name():
    assert activation_named("silu").name == "silu"


@pytest.mark.parametrize("name", ["leaky_relu(0.1)", "leaky_relu(-0.3)", "elu(0.5)", "elu(-2.0)"])
def test_members_of_families_have_the_slopes_and_curvatures_of_automatic_differentiation(name):
    sigma = activation_named(name)
    assert sigma.name == name
    z = float64(*Z).requires_grad_()
    (slope,) = torch.autograd.grad(sigma.function(z).sum(), z)
    torch.testing.assert_close(sigma.slope(z), slope, rtol=1e-14, atol=0)
    torch.testing.assert_close(sigma.log_abs_slope(z), slope.abs().log(), rtol=1e-14, atol=1e-14)
    z = float64(*Z)
    step = 1e-6
    curvature = (sigma.slope(z + step) - sigma.slope(z - step)) / (2 * step)
    away = z.abs() > step
    found = sigma.curvature(z, sigma.slope(z))
    torch.testing.assert_close(found[away], curvature[away], rtol=1e-6, atol=1e-8)


def test_an_activation_is_made_once_for_each_name():
    assert activation_named("leaky_relu(0.1)") is activation_named("leaky_relu(0.1)")
