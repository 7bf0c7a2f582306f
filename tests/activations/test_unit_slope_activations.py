"""Activations with a steepest slope of 1: slopes, and ranges over random intervals."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from neural_spectra.activations.unit_slope_activations import UNIT_SLOPE, unit_slope_activation
from neural_spectra.config.open_questions_budgets import UnitSlopeName
from neural_spectra.errors import InputError

each = pytest.mark.parametrize("name", UNIT_SLOPE)
intervals = st.tuples(st.floats(-20, 20), st.floats(-20, 20)).map(sorted)


def samples(interval):
    return torch.linspace(*interval, 20001, dtype=torch.float64)


@each
def test_the_steepest_slope_is_one(name):
    activation = UNIT_SLOPE[name]
    assert activation.name == name
    assert activation.lipschitz == pytest.approx(1, abs=1e-15)
    assert activation.slope(samples((-20, 20))).abs().max() == pytest.approx(1, abs=1e-6)


@each
def test_slopes_are_derivatives_and_logarithms_are_of_them(name):
    activation = UNIT_SLOPE[name]
    z = samples((-6.01, 6)).requires_grad_()
    (derivative,) = torch.autograd.grad(activation.function(z).sum(), z)
    z = z.detach()
    torch.testing.assert_close(activation.slope(z), derivative, rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(activation.log_abs_slope(z), derivative.abs().log())


@each
def test_curvatures_are_derivatives_of_the_slopes_and_change_no_faster_than_said(name):
    activation, h = UNIT_SLOPE[name], 1e-5
    z = samples((-6, 6))
    curvature = activation.curvature(z, activation.slope(z))
    difference = (activation.slope(z + h) - activation.slope(z - h)) / (2 * h)
    torch.testing.assert_close(curvature, difference, rtol=0, atol=1e-9)
    largest = activation.largest_third_derivative(torch.ones(1, dtype=torch.float64)).item()
    assert curvature.diff().abs().max() / (z[1] - z[0]) <= largest * (1 + 1e-6)


@given(st.sampled_from(list(UNIT_SLOPE.values())), intervals)
def test_values_and_slopes_stay_in_their_ranges_and_come_close_to_their_ends(activation, interval):
    ends, z = torch.tensor(interval, dtype=torch.float64), samples(interval)
    for values, (low, high) in (
        (activation.function(z), activation.range(*ends)),
        (activation.slope(z), activation.slope_range(*ends)),
        (activation.slope(z).abs(), activation.abs_slope_range(*ends)),
    ):
        assert low - 1e-13 <= values.min() <= low + 1e-2
        assert high - 1e-2 <= values.max() <= high + 1e-13
    largest = activation.largest_abs_slope(*ends)
    assert largest == activation.abs_slope_range(*ends)[1]
    torch.testing.assert_close(activation.largest_log_abs_slope(*ends).exp(), largest)


def test_an_unknown_name_is_refused_with_those_that_are_known():
    with pytest.raises(InputError, match="unknown activation 'cos'"):
        unit_slope_activation("cos")


def test_the_config_knows_exactly_these():
    assert set(UnitSlopeName.__args__) == set(UNIT_SLOPE)


def test_scaled_sigmoids_are_tanh_at_half_the_argument():
    z = samples((-8, 8))
    expected = 2 + 2 * torch.tanh(z / 2)
    torch.testing.assert_close(unit_slope_activation("sigmoid").function(z), expected)
    assert math.isclose(unit_slope_activation("erf").function(z)[-1], math.sqrt(math.pi / 2))
