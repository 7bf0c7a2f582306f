"""Many trajectories followed at once, against solutions known and those of SciPy."""

import math

import pytest
import torch

from linear_flow import Linear
from neural_spectra.flows.differentiable_fields import DifferentiableField
from neural_spectra.flows.rescaled_fields import Backwards
from neural_spectra.flows.simulation_together import simulate_together
from van_der_pol import VanDerPol

pytestmark = pytest.mark.many_steps


def rows(*values: tuple[float, ...]) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_each_trajectory_is_the_linear_flows_own() -> None:
    matrix = rows((-0.1, 1.0), (-1.0, -0.1))
    start, times = rows((1.0, 0.0), (0.0, 3.0), (-2.0, 0.5)), torch.linspace(0, 5, 11).double()
    found = simulate_together(Linear(matrix), start, times, 100.0, 10_000)
    exact = torch.stack([start @ torch.linalg.matrix_exp(matrix * t).mT for t in times])
    assert (found.states - exact).abs().amax() < 1e-4
    assert not found.escaped.any()


def test_one_that_explodes_leaves_the_others_alone() -> None:
    matrix = rows((1.0, 0.0), (0.0, -1.0))
    start, times = rows((1.0, 1.0), (0.0, 1.0)), torch.linspace(0, 20, 21).double()
    found = simulate_together(Linear(matrix), start, times, 1e3, 10_000)
    assert found.escaped.tolist() == [True, False]
    assert found.states[-1, 0].isnan().all()
    assert found.states[-1, 1].tolist() == pytest.approx([0.0, math.exp(-20)], abs=1e-5)


def test_one_without_a_velocity_leaves_the_others_alone() -> None:
    field = DifferentiableField(lambda x: -x * x.log(), 1)
    times = torch.linspace(0, 5, 3).double()
    found = simulate_together(field, rows((0.5,), (-1.0,), (3.0,)), times, 1e3, 10_000)
    assert found.escaped.tolist() == [False, True, False]
    assert found.states[-1, [0, 2], 0].tolist() == pytest.approx(
        [0.5 ** math.exp(-5), 3 ** math.exp(-5)], abs=1e-4
    )


def test_a_stiff_oscillator_takes_few_evaluations() -> None:
    start = rows((2.0, 0.0), (0.5, 0.0))
    times = torch.tensor([0.0, 300.0]).double()
    found = simulate_together(VanDerPol(100.0), start, times, 1e6, 50_000)
    assert found.states[-1].isfinite().all()
    # An explicit method needs a step of 1/150 all along, and several evaluations for each.
    assert found.evaluations < 15_000


def test_what_the_evaluations_do_not_suffice_for_is_given_up_and_has_not_escaped() -> None:
    times = torch.linspace(0, 1e4, 5).double()
    found = simulate_together(VanDerPol(), rows((2.0, 0.0)), times, 1e6, 500)
    assert found.evaluations < 600
    assert found.states[-1].isnan().all()
    assert not found.escaped.any()


def test_a_field_backwards_takes_trajectories_back() -> None:
    start, times = rows((1.5, 0.3)), torch.tensor([0.0, 1.0]).double()
    end = simulate_together(VanDerPol(), start, times, 1e3, 10_000).states[-1]
    back = simulate_together(Backwards(VanDerPol()), end, times, 1e3, 10_000).states[-1]
    assert (back - start).abs().amax() < 1e-4
    jacobian = Backwards(VanDerPol()).jacobian(start)
    assert torch.equal(jacobian, -VanDerPol().jacobian(start))
