"""The integrators against exact solutions, and what they do with members that fail."""

import math

import pytest
import torch
from torch import Tensor

from neural_spectra.flows.integration import integrate, simulate
from neural_spectra.flows.reference_systems import StuartLandau


def rotation(_: Tensor, y: Tensor) -> Tensor:
    """ẏ = i y, as real pairs."""
    return torch.stack((-y[..., 1], y[..., 0]), dim=-1)


def times(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


ONE_ROW = torch.tensor([[1.0, 0.0]], dtype=torch.float64)


def test_outputs_between_the_natural_steps_are_as_accurate_as_the_steps() -> None:
    t = torch.linspace(0, 10, 137, dtype=torch.float64)
    solution = integrate(rotation, ONE_ROW, t, rtol=1e-12, atol=1e-12)
    exact = torch.stack((t.cos(), t.sin()), dim=-1).unsqueeze(1)
    assert (solution - exact).abs().max() < 1e-11


def test_the_error_follows_the_tolerance() -> None:
    tolerances = [1e-5, 1e-7, 1e-9, 1e-11]
    exact = times(math.cos(20), math.sin(20))
    errors = [
        (integrate(rotation, ONE_ROW, times(0, 20), tol, tol)[-1, 0] - exact).norm().log()
        for tol in tolerances
    ]
    slope = (errors[-1] - errors[0]) / math.log(tolerances[-1] / tolerances[0])
    assert slope == pytest.approx(1.0, abs=0.15)


def test_a_thousand_easy_rows_do_not_hide_a_hard_one() -> None:
    rates = torch.zeros(1000, 1, dtype=torch.float64)
    rates[500] = 10.0
    start = ONE_ROW.expand(1000, 2)
    end = integrate(lambda t, y: rates * rotation(t, y), start, times(0, 1), 1e-10, 1e-10)[-1]
    assert (end[500] - times(math.cos(10), math.sin(10))).abs().max() < 2e-10


def test_a_row_that_blows_up_is_nan_and_leaves_the_others_alone() -> None:
    start = times(0.5, 1.0, 2.0, -1.0).unsqueeze(1)
    solution = integrate(lambda _, y: y**2, start, times(0, 0.9, 1.5), 1e-12, 1e-12)
    exact = start[[0, 3]] / (1 - start[[0, 3]] * 1.5)
    assert solution[:, 1:3].isnan().all()
    torch.testing.assert_close(solution[-1, [0, 3]], exact, rtol=1e-10, atol=0)


def test_a_start_that_is_not_finite_leaves_the_others_alone() -> None:
    start = times(torch.nan, 1.0, torch.inf, 0.0).unsqueeze(1)
    end = integrate(lambda _, y: 1 / y.where(y != 0, 0 * y), start, times(0, 4), 1e-12, 1e-12)[-1]
    assert end[1, 0] == pytest.approx(3.0, rel=1e-11)
    assert end[[0, 2, 3]].isnan().all()


def test_a_row_that_asks_for_too_many_steps_is_given_up() -> None:
    rates = times(1.0, 1e6).unsqueeze(1)
    start = torch.ones(2, 2, dtype=torch.float64)
    end = integrate(lambda t, y: rates * rotation(t, y), start, times(0, 1), 1e-8, 1e-8)[-1]
    assert end[0].norm() == pytest.approx(math.sqrt(2), rel=1e-7)
    assert end[1].isnan().all()


def test_the_simulation_has_order_four() -> None:
    steps = [0.2, 0.1, 0.05, 0.025]
    start = StuartLandau().orbit(times(0))
    exact = StuartLandau().orbit(times(4))
    errors = [(simulate(StuartLandau(), start, 4.0, h)[-1] - exact).norm().log() for h in steps]
    slope = (errors[0] - errors[-1]) / math.log(steps[0] / steps[-1])
    assert slope == pytest.approx(4.0, abs=0.2)


def test_the_simulation_returns_the_start_and_every_step() -> None:
    start = StuartLandau().orbit(times(0))
    trajectory = simulate(StuartLandau(), start, 1.0, 0.1)
    assert trajectory.shape == (11, 1, 2)
    assert trajectory[0].equal(start)


def test_a_simulated_member_that_explodes_leaves_the_others_alone() -> None:
    start = torch.tensor([[[1.0, 0.0]], [[1e3, 0.0]]], dtype=torch.float64)
    together = simulate(StuartLandau(), start, 1.0, 0.05)
    alone = simulate(StuartLandau(), start[:1], 1.0, 0.05)
    assert not together[-1, 1].isfinite().any()
    assert together[:, :1].equal(alone)
