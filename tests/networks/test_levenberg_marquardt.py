"""The minimiser finds known minima, and the same ones as SciPy's."""

import pytest
import torch
from scipy.optimize import least_squares

from neural_spectra.networks.levenberg_marquardt import minimise_squares

TIMES = torch.linspace(0, 4, 20, dtype=torch.float64)
DATA = 2 * torch.exp(-0.7 * TIMES) + 0.05 * torch.cos(9 * TIMES)


def vector(*values):
    return torch.tensor(values, dtype=torch.float64)


def rosenbrock(p):
    x, y = p
    residual = torch.stack((10 * (y - x**2), 1 - x))
    return residual, torch.stack((torch.stack((-20 * x, 10 + 0 * x)), vector(-1, 0)))


def exponential_decay(p):
    amplitude, rate = p
    decay = torch.exp(-rate * TIMES)
    return amplitude * decay - DATA, torch.stack((decay, -amplitude * TIMES * decay), dim=-1)


def test_rosenbrocks_valley_is_followed_to_its_minimum():
    descent = minimise_squares(rosenbrock, vector(-1.2, 1.0), steps=60)
    torch.testing.assert_close(descent.path[-1], vector(1.0, 1.0), rtol=1e-12, atol=0)


def test_a_fit_with_a_remainder_agrees_with_scipy():
    descent = minimise_squares(exponential_decay, vector(1.0, 0.1), steps=60)
    reference = least_squares(
        lambda p: exponential_decay(torch.from_numpy(p))[0].numpy(),
        [1.0, 0.1],
        xtol=1e-15,
        gtol=1e-15,
    )
    torch.testing.assert_close(descent.path[-1], torch.from_numpy(reference.x), rtol=1e-7, atol=0)
    assert descent.losses[-1].item() == pytest.approx(2 * reference.cost, rel=1e-12)
    assert descent.gradient.norm() < 1e-10


def test_a_linear_problem_with_more_parameters_than_residuals_gives_the_shortest_solution():
    generator = torch.Generator().manual_seed(0)
    matrix = torch.randn(3, 7, generator=generator, dtype=torch.float64)
    right_side = torch.randn(3, generator=generator, dtype=torch.float64)
    descent = minimise_squares(
        lambda p: (matrix @ p - right_side, matrix), torch.zeros(7, dtype=torch.float64), steps=40
    )
    torch.testing.assert_close(
        descent.path[-1], torch.linalg.pinv(matrix) @ right_side, rtol=1e-10, atol=1e-12
    )


def test_the_smaller_gram_matrix_gives_the_same_path():
    # Rows of zeros change nothing but which Gram matrix is the smaller one.
    def padded(p):
        residual, jacobian = rosenbrock(p[:2])
        return residual, torch.nn.functional.pad(jacobian, (0, 1))

    tall = minimise_squares(rosenbrock, vector(-1.2, 1.0), steps=10).path
    wide = minimise_squares(padded, vector(-1.2, 1.0, 0.0), steps=10).path
    torch.testing.assert_close(wide[:, :2], tall, rtol=1e-10, atol=0)


def test_the_loss_never_rises_and_a_step_that_would_raise_it_counts():
    descent = minimise_squares(rosenbrock, vector(-1.2, 1.0), steps=15)
    assert len(descent.losses) == len(descent.path) == 16
    assert (descent.losses.diff() <= 0).all()
    rejected = descent.losses.diff() == 0
    assert rejected.any()
    assert torch.equal(descent.path[1:][rejected], descent.path[:-1][rejected])


def test_steps_into_undefined_ground_are_rejected():
    def logarithm(p):
        return p.log() + 5, (1 / p).diag()

    descent = minimise_squares(logarithm, vector(2.0), steps=60)
    assert descent.path[-1].item() == pytest.approx(torch.tensor(-5.0, dtype=torch.float64).exp())
    assert descent.losses.isfinite().all()


def test_it_stops_at_the_first_loss_on_target():
    descent = minimise_squares(rosenbrock, vector(-1.2, 1.0), steps=60, target=1e-3)
    assert descent.losses[-1] <= 1e-3 < descent.losses[-2]


def test_it_stops_where_rounding_lets_no_step_succeed():
    descent = minimise_squares(exponential_decay, vector(1.0, 0.1), steps=1000)
    assert len(descent.path) < 100
    assert descent.gradient.norm() < 1e-10
