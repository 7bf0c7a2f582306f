"""Numbers as people write them; a bound that is rounded is still a bound."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from neural_spectra.studies.own.numbers_in_sentences import (
    at_least,
    at_most,
    figures,
    known,
    listed,
    percent,
    point,
    with_error,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (6.6632868, "6.66"),
        (26574.37, "26,600"),
        (-12.566, "−12.6"),
        (1.23e-7, "1.23·10⁻⁷"),
        (0.0714, "0.0714"),
        (0.0, "0"),
        (4.0, "4"),
        (3.2e9, "3.2·10⁹"),
        (math.nan, "unknown"),
        (-math.inf, "−∞"),
    ],
)
def test_a_number_has_three_digits(value, text):
    assert figures(value) == text


def number(text):
    """Read a number back."""
    text = text.replace(",", "").replace("−", "-")
    if "·10" in text:
        mantissa, power = text.split("·10")
        text = f"{mantissa}e{power.translate(str.maketrans('⁻⁰¹²³⁴⁵⁶⁷⁸⁹', '-0123456789'))}"
    return float(text)


@given(st.floats(-1e12, 1e12), st.integers(2, 7))
def test_rounded_bounds_are_bounds(value, digits):
    assert number(at_least(value, digits)) <= value <= number(at_most(value, digits))


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.0704, 0.0018, "0.070 ± 0.002"),
        (-5.3972, 0.0115, "−5.40 ± 0.01"),
        (-0.0004, 0.001, "0.000 ± 0.001"),
        (2e-9, 3e-10, "2·10⁻⁹ ± 3·10⁻¹⁰"),
        (1.5, 0.0, "1.5"),
    ],
)
def test_a_number_has_the_digits_that_its_error_leaves(value, error, text):
    assert with_error(value, error) == text


def test_points_shares_and_lists_are_written_out():
    assert point([1.0, -0.25]) == "(1, −0.25)"
    assert point(range(6)) == "(0, 1, 2, 3, …)"
    assert percent(0.034) == "3.4 %"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a"]) == "a"


def test_what_is_not_known_is_nothing_in_json():
    assert known(math.nan) is None
    assert known(math.inf) is None
    assert known(1.5) == 1.5
