"""Ranges over random intervals: nothing inside exceeds them, and something attains them."""

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from neural_spectra.activations.torch_activations import ACTIVATIONS, elu, leaky_relu

intervals = st.tuples(st.floats(-50, 50), st.floats(-50, 50)).map(sorted)
FAMILIES = [leaky_relu(0.1), leaky_relu(-0.3), leaky_relu(2.0), elu(0.5), elu(1.673), elu(-0.4)]
activations = st.sampled_from([*ACTIVATIONS.values(), *FAMILIES])


def samples(interval, count=20001):
    """Return both ends of an interval and points equally spaced between them."""
    lower, upper = interval
    inside = lower + (upper - lower) * torch.linspace(0, 1, count, dtype=torch.float64)
    return torch.cat([inside.clamp(lower, upper), torch.tensor(interval, dtype=torch.float64)])


@given(activations, intervals)
def test_values_stay_in_their_range_and_come_close_to_its_ends(activation, interval):
    lower, upper = activation.range(*torch.tensor(interval, dtype=torch.float64))
    values = activation.function(samples(interval))
    rounding = 1e-14 * max(1, abs(lower), abs(upper))
    assert lower - rounding <= values.min() <= lower + 1e-2
    assert upper - 1e-2 <= values.max() <= upper + rounding


@given(activations, intervals)
def test_slopes_stay_in_their_range_and_come_close_to_its_ends(activation, interval):
    lower, upper = activation.abs_slope_range(*torch.tensor(interval, dtype=torch.float64))
    slopes = activation.slope(samples(interval)).abs()
    assert lower * (1 - 1e-14) - 1e-16 <= slopes.min() <= lower + 1e-2
    assert upper - 1e-2 <= slopes.max() <= upper * (1 + 1e-14)


@given(activations, intervals)
def test_the_logarithm_of_the_largest_slope_is_the_largest_logarithm(activation, interval):
    ends = torch.tensor(interval, dtype=torch.float64)
    largest = activation.largest_abs_slope(*ends).log().item()
    assume(largest > -700)
    assert activation.largest_log_abs_slope(*ends).item() == pytest.approx(
        largest, rel=1e-12, abs=1e-12
    )
