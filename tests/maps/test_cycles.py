"""Fixed points and cycles found by Newton's method, and exponents by QR, where they are known."""

import math

import numpy as np
import pytest
from test_attractor_classes import Affine, Same, henon_jacobian, logistic

from neural_spectra.maps.cycles import Iterate, find_cycles
from neural_spectra.maps.lyapunov_of_maps import largest_exponent, largest_exponents

HENON = Same(
    lambda x: np.stack((1 - 1.4 * x[..., 0] ** 2 + x[..., 1], 0.3 * x[..., 0]), -1), henon_jacobian
)


def guesses(count, d, extent=2.0):
    return np.random.default_rng(0).uniform(-extent, extent, (count, d))


def test_the_logistic_map_has_its_six_cycles_up_to_period_4():
    found = find_cycles(logistic(4.0), guesses(300, 1) / 4 + 0.5, range(1, 5), 60, 20)
    # 2, 1, 2 and 3 cycles of the periods 1 to 4, all repelling: |multiplier| = 2^p, and 4 at 0.
    assert [cycle.period for cycle in found] == [1, 1, 2, 3, 3, 4, 4, 4]
    assert sorted(cycle.radius for cycle in found) == pytest.approx([2, 4, 4, 8, 8, 16, 16, 16])


def test_the_cycle_of_period_2_is_that_of_its_quadratic():
    (cycle,) = find_cycles(logistic(3.2), guesses(50, 1) / 4 + 0.5, [2], 60, 20)
    roots = np.roots([3.2**2, -3.2 * 4.2, 4.2])
    np.testing.assert_allclose(np.sort(cycle.points[:, 0]), np.sort(roots), rtol=1e-12)
    assert cycle.multipliers[0] == pytest.approx(4 + 2 * 3.2 - 3.2**2, rel=1e-12)


def test_the_henon_map_has_its_saddles_and_its_determinant():
    found = find_cycles(HENON, guesses(100, 2), range(1, 3), 60, 20)
    assert [cycle.period for cycle in found] == [1, 1, 2]
    x = (-0.7 + np.array([1, -1]) * math.sqrt(0.49 + 4 * 1.4)) / 2.8
    points = sorted(cycle.points[0, 0] for cycle in found[:2])
    np.testing.assert_allclose(points, np.sort(x), rtol=1e-12)
    for cycle in found:
        assert cycle.ln_det == pytest.approx(cycle.period * math.log(0.3), rel=1e-12)
        ln_moduli = np.log(np.abs(cycle.multipliers))
        assert ln_moduli.sum() == pytest.approx(cycle.ln_det, rel=1e-9)


def test_a_fixed_point_is_no_cycle_of_a_longer_period():
    half = Same(lambda x: x / 2, lambda x: np.full((*x.shape, 1), 0.5))
    found = find_cycles(half, guesses(20, 1), range(1, 7), 40, 20)
    assert [cycle.period for cycle in found] == [1]


def test_of_a_continuum_only_so_many_are_kept():
    quarter_turn = Affine(np.array([[[0.0, -1.0], [1.0, 0.0]]]), np.zeros((1, 2)))
    found = find_cycles(quarter_turn, guesses(50, 2), range(1, 5), 40, 5)
    assert [cycle.period for cycle in found] == [1, 4, 4, 4, 4, 4]


def test_an_iterate_has_the_derivative_of_the_chain_rule():
    x = np.array([[[0.3, 0.1]]])
    third, h = Iterate(HENON, 3), 1e-6
    shifts = h * np.eye(2)
    difference = (third(x + shifts) - third(x - shifts))[0] / (2 * h)
    np.testing.assert_allclose(third.jacobian(x)[0, 0], difference.T, rtol=1e-6)


def test_the_exponents_of_the_henon_map_add_up_to_its_ln_det():
    x = np.array([[[0.1, 0.1]]])
    for _ in range(1000):
        x = HENON(x)
    exponents, errors = largest_exponents(HENON, x, 2, 20_000, np.random.default_rng(0))
    assert exponents[0, 0, 0] == pytest.approx(0.419, abs=4 * errors[0, 0, 0])
    assert exponents.sum() == pytest.approx(math.log(0.3), rel=1e-12)


def test_the_largest_of_several_exponents_is_the_largest():
    x = np.array([[[0.1, 0.1]]])
    several, _ = largest_exponents(HENON, x, 2, 3000, np.random.default_rng(0))
    one, error = largest_exponent(HENON, x, 3000, np.random.default_rng(1))
    assert several[0, 0, 0] == pytest.approx(one[0, 0], abs=3 * error[0, 0] + 1e-3)


def test_a_direction_that_df_kills_has_the_exponent_minus_infinity():
    singular = Affine(np.diag([0.5, 0.0])[None], np.zeros((1, 2)))
    exponents, _ = largest_exponents(singular, np.ones((1, 1, 2)), 2, 100, np.random.default_rng(0))
    assert exponents[0, 0, 0] == pytest.approx(math.log(0.5))
    assert exponents[0, 0, 1] == -math.inf
