"""The quotients of the activations, the suprema and the stability classes that they give."""

import math

import mpmath
import numpy as np
import pytest

from neural_spectra.activations import parameter_families as families
from neural_spectra.activations.numpy_activations import ACTIVATIONS
from neural_spectra.activations.stability_classes import (
    PAPER_CLASSES,
    computed_class,
    stability_table,
)
from neural_spectra.errors import InputError

VARIANTS = [
    families.elu(0.5),
    families.elu(2.0),
    families.pelu(0.5, 2.0),
    families.pelu(2.0, 0.5),
    families.pelu(1.0, 1.5),
    families.two_slopes("prelu", "", 2.0),
    families.two_slopes("prelu", "", -0.5),
    families.blu(1.0, 0.5),
    families.blu(2.0, -0.5),
    families.soft_exponential(0.3),
    families.aplu(0.5, 1.0),
    families.aplu(0.9, 0.3),
    families.exponential_unit("", "", {}, right=0.5, left=3.0, width=2.0),
    families.hardtanh(2.5),
]
every = pytest.mark.parametrize(
    "activation",
    [*ACTIVATIONS.values(), *VARIANTS],
    ids=[*ACTIVATIONS, *(f"{v.name}{v.parameters}" for v in VARIANTS)],
)
DENSE = np.concatenate([np.linspace(-30, 30, 600_001), np.linspace(-700, 700, 140_000)])


def test_the_footnotes_list_24_functions_of_which_16_are_called_stable():
    classes = list(PAPER_CLASSES.values())
    assert len(classes) == 24
    assert classes.count("asymptotically stable") == 16
    assert classes.count("BIBO") == 2


@every
def test_the_slope_is_the_derivative(activation):
    z = np.random.default_rng(0).normal(0, 2, 200)
    difference = (activation.function(z + 1e-6) - activation.function(z - 1e-6)) / 2e-6
    np.testing.assert_allclose(activation.slope(z), difference, rtol=1e-7, atol=1e-8)


@every
def test_the_quotient_and_the_offset_give_back_the_function(activation):
    tiny = 10.0 ** -np.arange(1, 324, 7)
    z = np.concatenate([np.linspace(-100, 100, 20_001), tiny, -tiny, [0.0, 700.0, -1e6, -1e300]])
    z = z[np.abs(z) < 1e100] if activation.name == "bump" else z  # its square overflows
    z = z[np.isfinite(activation.function(z))]
    again = activation.quotient(z) * z + activation.offset
    np.testing.assert_allclose(again, activation.function(z), rtol=1e-14, atol=2e-15)


@every
def test_the_quotient_at_0_is_the_slope_there_and_its_limit_from_the_left(activation):
    z = np.array([0.0, -5e-324, -1e-310, -1e-290, -1e-12])
    expected = activation.slope(np.zeros(1)).item()
    np.testing.assert_allclose(activation.quotient(z), expected, rtol=2e-12, atol=2e-12)


@pytest.mark.parametrize(
    ("name", "exact"),
    [
        ("sigmoid", lambda z: (1 / (1 + mpmath.exp(-z)) - 0.5) / z),
        ("softplus", lambda z: (mpmath.log(1 + mpmath.exp(z)) - mpmath.log(2)) / z),
        ("logsigmoid", lambda z: (mpmath.log(2) - mpmath.log(1 + mpmath.exp(-z))) / z),
        ("tanh", lambda z: mpmath.tanh(z) / z),
        ("selu", lambda z: ACTIVATIONS["selu"].lipschitz * mpmath.expm1(z) / z),
        ("gelu", mpmath.ncdf),
    ],
)
def test_smooth_quotients_keep_their_digits_near_0_and_far_away(name, exact):
    z = -(10.0 ** np.linspace(-14, 3, 120))
    if name != "selu":
        z = np.concatenate([z, -z])
    with mpmath.workdps(60):
        expected = np.array([float(exact(mpmath.mpf(v))) for v in z])
    np.testing.assert_allclose(
        ACTIVATIONS[name].quotient(z),
        expected,
        rtol=4e-14 if name == "gelu" else 2e-15,
        atol=1e-300,
    )


@every
def test_the_lipschitz_constant_is_the_supremum_of_difference_quotients(activation):
    values = activation.function(np.sort(DENSE))
    steps = np.diff(np.sort(DENSE))
    steepest = (np.abs(np.diff(values))[steps > 1e-9] / steps[steps > 1e-9]).max()
    if activation.lipschitz == math.inf:
        assert steepest > 1e3
    else:
        assert steepest == pytest.approx(activation.lipschitz, rel=2e-4)
        assert np.abs(activation.slope(DENSE)).max() <= activation.lipschitz * (1 + 1e-15)


@every
def test_the_largest_quotient_is_the_supremum_of_the_quotients(activation):
    z = DENSE[DENSE != 0]
    z = np.concatenate([z, [1e-8, -1e-8, 1e5, -1e5]]) if activation.lipschitz < math.inf else z
    largest = np.abs(activation.function(z) / z).max()
    if activation.largest_quotient == math.inf:
        assert largest > 1e3
    else:
        assert largest == pytest.approx(activation.largest_quotient, rel=2e-5)
        assert largest <= activation.largest_quotient * (1 + 1e-15)


@every
def test_no_quotient_beyond_the_stable_radius_exceeds_1_and_one_just_inside_does(activation):
    r = activation.stable_beyond
    if r < math.inf:
        z = DENSE[np.abs(DENSE) >= r]
        assert (np.abs(activation.function(z)) <= np.abs(z) * (1 + 1e-15)).all()
    inside = np.array([-1, 1]) * (np.nextafter(r, 0) * (1 - 1e-9) if r < math.inf else 30.0)
    if r > 0:
        assert (np.abs(activation.function(inside)) > np.abs(inside)).any()


def test_hardswish_and_only_it_and_pelu_differ_from_the_paper():
    differing = {
        row["label"]: row["computed_class"] for row in stability_table() if not row["agree"]
    }
    assert differing == {"Hardswish": "asymptotically stable", "PELU": "asymptotically stable"}


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        (families.elu(1.5), "BIBO"),
        (families.two_slopes("prelu", "", -1.5), "unstable regions"),
        (families.soft_exponential(0.1), "unstable regions"),
        (families.blu(1.0, 0.1), "unstable regions"),
        (families.pelu(2.0, 1.0), "unstable regions"),
        (families.pelu(1.0, 2.0), "asymptotically stable"),
        (families.aplu(0.5, 0.5), "BIBO"),
    ],
)
def test_parameters_decide_the_class(activation, expected):
    assert computed_class(activation) == expected


def test_gelu_is_steeper_than_1_although_no_quotient_is():
    assert ACTIVATIONS["gelu"].lipschitz == pytest.approx(1.1289, abs=1e-4)
    assert computed_class(ACTIVATIONS["gelu"]) == "asymptotically stable"


def test_a_soft_exponential_that_is_not_defined_everywhere_is_refused():
    with pytest.raises(InputError, match=r"a = -0.5 is not defined for all z: give a ≥ 0"):
        families.soft_exponential(-0.5)
