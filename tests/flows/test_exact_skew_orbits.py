"""Closed-form orbits against printed values and integrated trajectories."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neural_spectra.errors import InputError
from neural_spectra.flows.exact_skew_orbits import (
    hard_tanh_euler_drift,
    hard_tanh_harmonics,
    hard_tanh_intercept,
    hard_tanh_period,
    tanh_euler_drift,
    tanh_harmonics,
    tanh_intercept,
    tanh_level,
    tanh_period,
    tanh_solution,
)
from neural_spectra.flows.signal_spectra import harmonic_amplitudes

LEVELS = [0.01, 0.2, 0.5, 0.7, 1.0, 1.5, 4.0, 10.0]


def clipped(z: np.ndarray) -> np.ndarray:
    return np.minimum(np.maximum(z, -1.0), 1.0)


def hard_tanh_level(omega: float, x: Any, y: Any, clip: float = 1.0) -> Any:
    """Return Φ(ωx/c) + Φ(ωy/c), where Φ(z) is z²/2 up to |z| = 1 and |z| − 1/2 beyond."""
    sizes = [np.abs(omega * z / clip) for z in (x, y)]
    return sum(np.where(z <= 1, z**2 / 2, z - 0.5) for z in sizes)


@cache
def integrated_orbit(
    sigma: Callable[[np.ndarray], np.ndarray], start: float
) -> tuple[float, np.ndarray]:
    """Return period and 8192 states on the orbit through (start, 0) for ω = 1, by DOP853."""

    def velocity(_: float, state: np.ndarray) -> np.ndarray:
        return sigma(state[::-1]) * (1.0, -1.0)

    def crossing(_: float, state: np.ndarray) -> float:
        return float(state[1])

    crossing.direction = -1.0  # type: ignore[attr-defined]
    # Short steps do not jump over a kink unnoticed.
    options: dict[str, Any] = {"rtol": 1e-13, "atol": 1e-14, "max_step": 0.1}
    solution = solve_ivp(
        velocity, (0, 50), (start, 0.0), "DOP853", events=crossing, dense_output=True, **options
    )
    period = next(float(t) for t in solution.t_events[0] if t > 1)
    return period, solution.sol(period * np.arange(8192) / 8192)


@pytest.mark.parametrize("level", LEVELS)
def test_the_period_of_tanh_is_that_of_an_integrated_orbit(level: float) -> None:
    period, _ = integrated_orbit(np.tanh, tanh_intercept(1.0, level))
    assert tanh_period(1.0, level) == pytest.approx(period, rel=1e-10)


@pytest.mark.parametrize("level", LEVELS)
def test_the_period_of_hard_tanh_is_that_of_an_integrated_orbit(level: float) -> None:
    period, _ = integrated_orbit(clipped, hard_tanh_intercept(1.0, level))
    # The solver's steps go across kinks.
    assert hard_tanh_period(1.0, level) == pytest.approx(period, rel=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_the_harmonics_of_tanh_are_those_of_an_integrated_orbit(level: float) -> None:
    _, states = integrated_orbit(np.tanh, tanh_intercept(1.0, level))
    simulated, exact = harmonic_amplitudes(states[0], 12), tanh_harmonics(1.0, level, 6)
    np.testing.assert_allclose(simulated[::2], exact, rtol=1e-7, atol=1e-10)
    assert simulated[1::2].max() < 1e-10


@pytest.mark.parametrize("level", LEVELS)
def test_the_harmonics_of_hard_tanh_are_those_of_an_integrated_orbit(level: float) -> None:
    _, states = integrated_orbit(clipped, hard_tanh_intercept(1.0, level))
    simulated, exact = harmonic_amplitudes(states[0], 12), hard_tanh_harmonics(1.0, level, 6)
    np.testing.assert_allclose(simulated[::2], exact, rtol=1e-7, atol=1e-10)
    assert simulated[1::2].max() < 1e-10


@pytest.mark.parametrize("level", [*LEVELS, 50.0])
def test_the_solution_of_tanh_obeys_its_equation(level: float) -> None:
    omega, h = 2.5, 1e-3
    t = np.linspace(-0.3, 1.0, 60) * tanh_period(omega, level)
    shifted = [np.array(tanh_solution(omega, level, t + k * h)) for k in (-2, -1, 1, 2)]
    slope = (shifted[0] - 8 * shifted[1] + 8 * shifted[2] - shifted[3]) / (12 * h)
    x, y = tanh_solution(omega, level, t)
    np.testing.assert_allclose(slope[0], np.tanh(omega * y), atol=1e-10)
    np.testing.assert_allclose(slope[1], -np.tanh(omega * x), atol=1e-10)
    np.testing.assert_allclose(tanh_level(omega, x, y), level, rtol=1e-12)


@pytest.mark.parametrize("level", [*LEVELS, 50.0])
def test_the_solution_of_tanh_starts_at_x_0_and_is_on_the_axis_a_quarter_period_later(
    level: float,
) -> None:
    top = tanh_intercept(3.0, level)
    period = tanh_period(3.0, level)
    x, y = tanh_solution(3.0, level, period * np.array([0.0, 0.25, 0.5, 1.0]))
    np.testing.assert_allclose(x, [0, top, 0, 0], atol=1e-12 * period)
    np.testing.assert_allclose(y, [top, 0, -top, top], atol=1e-12 * period)


@pytest.mark.parametrize("level", LEVELS)
def test_the_solution_of_tanh_is_the_sum_of_its_harmonics(level: float) -> None:
    j = np.arange(200)
    t = np.linspace(0, 1, 30) * tanh_period(2.0, level)
    phases = 2 * np.pi / tanh_period(2.0, level) * np.outer(t, 2 * j + 1)
    expected = np.sin(phases) @ ((-1.0) ** j * tanh_harmonics(2.0, level, 200))
    np.testing.assert_allclose(tanh_solution(2.0, level, t)[0], expected, atol=1e-13)


def test_periods_have_the_printed_values() -> None:
    assert tanh_period(1.0, 1.5) == pytest.approx(11.6415709638, abs=1e-10)
    assert tanh_period(1.0, 0.2) == pytest.approx(6.92667336951, abs=1e-11)
    assert hard_tanh_period(1.0, 1.5) == pytest.approx(10.0, rel=1e-15)
    assert hard_tanh_period(1.0, 0.2) == pytest.approx(2 * np.pi, rel=1e-15)


def test_frequencies_from_the_start_1_0_have_the_printed_values() -> None:
    omega = np.array([5.0, 25.0])
    frequencies = 1 / tanh_period(omega, tanh_level(omega, 1.0, 0.0))
    np.testing.assert_allclose(frequencies, [0.219552246312, 0.243255524755], atol=1e-12)


def test_intercepts_of_tanh_have_the_printed_values() -> None:
    intercepts = tanh_intercept(1.0, np.array([0.2, 1.5, 3.0]))
    np.testing.assert_allclose(intercepts, [0.6537329973, 2.180461385, 3.692526916], atol=5e-10)


@pytest.mark.parametrize("joint", [0.5, 1.0])
def test_the_period_and_harmonics_of_hard_tanh_are_continuous_where_the_pieces_change(
    joint: float,
) -> None:
    either_side = joint + np.array([-1e-12, 0.0, 1e-12])
    assert np.ptp(hard_tanh_period(1.0, either_side)) < 1e-11
    assert np.ptp(hard_tanh_harmonics(1.0, either_side, 5), axis=0).max() < 1e-11


def test_up_to_the_level_one_half_hard_tanh_is_the_linear_oscillator() -> None:
    level = np.array([0.01, 0.3, 0.5])
    amplitude = np.sqrt(2 * level) / 4.0
    np.testing.assert_allclose(hard_tanh_intercept(4.0, level), amplitude, rtol=1e-15)
    expected = amplitude[:, None] * [1.0, 0.0, 0.0]
    np.testing.assert_allclose(hard_tanh_harmonics(4.0, level, 3), expected, atol=1e-16)
    np.testing.assert_allclose(hard_tanh_period(4.0, level), np.pi / 2, rtol=1e-15)


@pytest.mark.parametrize(("omega", "hertz"), [(15.0, 1.875), (20.0, 2.0), (25.0, 2.083333333333)])
def test_hard_tanh_clipped_at_10_has_the_printed_frequencies(omega: float, hertz: float) -> None:
    level = hard_tanh_level(omega, 1.0, 0.0, clip=10.0)
    assert 1 / hard_tanh_period(omega, level) == pytest.approx(hertz, rel=1e-12)


@pytest.mark.parametrize("omega", [0.5, 4.0])
def test_the_level_through_an_intercept_is_the_level(omega: float) -> None:
    levels = np.array([1e-6, *LEVELS])
    tanh = tanh_level(omega, tanh_intercept(omega, levels), 0.0)
    hard = hard_tanh_level(omega, 0.0, hard_tanh_intercept(omega, levels))
    np.testing.assert_allclose(tanh, levels, rtol=1e-14)
    np.testing.assert_allclose(hard, levels, rtol=1e-14)


@pytest.mark.parametrize(
    ("sigma", "intercept", "level_of", "period", "drift"),
    [
        (np.tanh, tanh_intercept, tanh_level, tanh_period, tanh_euler_drift),
        (clipped, hard_tanh_intercept, hard_tanh_level, hard_tanh_period, hard_tanh_euler_drift),
    ],
    ids=["tanh", "hardtanh"],
)
def test_forward_euler_drifts_over_a_period_as_predicted(
    sigma: Any, intercept: Any, level_of: Any, period: Any, drift: Any
) -> None:
    levels, omega, steps = np.array(LEVELS), 2.0, 20_000
    step = period(omega, levels) / steps
    x, y = intercept(omega, levels), np.zeros_like(levels)
    for _ in range(steps):
        x, y = x + step * sigma(omega * y), y - step * sigma(omega * x)
    gained = level_of(omega, x, y) - levels
    expected = drift(omega, step, levels) * steps * step
    np.testing.assert_allclose(gained, expected, rtol=5e-3)


def test_the_drift_of_hard_tanh_is_h_omega_squared_times_the_level_or_less() -> None:
    levels = np.array([0.1, 0.5, 1.0, 9.0])
    drift = hard_tanh_euler_drift(3.0, 0.01, levels)
    np.testing.assert_allclose(drift, 0.09 * np.array([0.1, 0.5, 0.5, 0.1]), rtol=1e-14)


def test_frequencies_and_levels_broadcast() -> None:
    omega, levels = np.array([[1.0], [5.0]]), np.array([0.2, 1.5, 3.0])
    assert np.shape(tanh_period(omega, levels)) == (2, 3)
    for harmonics in (tanh_harmonics, hard_tanh_harmonics):
        table = harmonics(omega, levels, 4)
        assert table.shape == (2, 3, 4)
        np.testing.assert_allclose(table[1, 2], harmonics(5.0, 3.0, 4), rtol=1e-14)


@pytest.mark.parametrize("level", [0.0, -1.0, np.nan, np.inf])
def test_a_level_that_is_not_positive_and_finite_is_refused(level: float) -> None:
    with pytest.raises(InputError, match=r"level: .* is not a positive, finite number"):
        tanh_period(1.0, np.array([0.2, level]))
    with pytest.raises(InputError, match=r"level: .* is not a positive, finite number"):
        hard_tanh_harmonics(1.0, level, 3)


def test_a_level_beyond_the_range_of_the_closed_forms_is_refused() -> None:
    with pytest.raises(InputError, match="level: 400 is too high"):
        tanh_period(1.0, 400.0)
