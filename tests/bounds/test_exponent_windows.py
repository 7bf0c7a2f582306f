"""Windows for exponents: known ones, their order, and solutions near the states."""

import math

import pytest
import torch

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds.exponent_windows import exponent_window, exponent_window_of_circle
from neural_spectra.bounds.jacobian_bounds import weight_norms
from neural_spectra.bounds.regions import Circle, Orbit
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network


def linear_flow(matrix):
    """Return a network that is the linear flow ẋ = A x."""
    a = torch.tensor(matrix, dtype=torch.float64)
    zero, eye = torch.zeros(2, dtype=torch.float64), torch.eye(2, dtype=torch.float64)
    return Network((eye, a), (zero, zero), ACTIVATIONS["identity"])


def drawn():
    return initialise(2, [8], [0], ACTIVATIONS["tanh"])[0]


def circle_orbit(network, count):
    angle = 2 * math.pi * torch.arange(count, dtype=torch.float64) / count
    states = torch.stack([angle.cos(), angle.sin()], -1)
    lipschitz = weight_norms(network).prod(-1).item()
    return Orbit(states, network(states), 2 * math.pi / count, lipschitz)


def test_the_exponents_of_a_linear_flow_lie_between_the_means_of_its_logarithmic_norms():
    network = linear_flow([[0.0, -1.0], [1.0, 0.0]])
    window = exponent_window(network, circle_orbit(network, 64))
    assert -1e-10 <= window.lower <= 0 <= window.upper <= 1e-10


@pytest.mark.many_steps
def test_the_window_of_exponents_closes_on_the_sampled_means_as_the_square_of_the_step():
    rotation = linear_flow([[0.0, -1.0], [1.0, 0.0]])
    bump = drawn()
    # The tube is laid along the circle; what the means are of is for the test alone.
    network = bump
    gaps = []
    for count in (256, 1024):
        orbit = circle_orbit(rotation, count)
        window = exponent_window(network, orbit)
        assert window.lower <= window.lower_sampled <= window.upper_sampled <= window.upper
        gaps.append(window.upper - window.upper_sampled)
    assert gaps[1] < gaps[0] / 10


def test_the_window_of_a_circle_is_the_one_of_the_solution_that_runs_along_it():
    network = drawn()
    rotation = linear_flow([[0.0, -1.0], [1.0, 0.0]])
    solution = exponent_window(network, circle_orbit(rotation, 1024))
    circle = exponent_window_of_circle(network, Circle(1.0), 10)
    assert circle.upper == pytest.approx(solution.upper, abs=1e-3)
    assert circle.lower == pytest.approx(solution.lower, abs=1e-3)
    assert circle.lower <= circle.lower_sampled <= circle.upper_sampled <= circle.upper


def test_a_linear_flow_has_the_same_window_along_any_circle():
    flow = linear_flow([[-1.0, 4.0], [0.0, -2.0]])
    symmetric = torch.tensor([[-1.0, 2.0], [2.0, -2.0]], dtype=torch.float64)
    low, high = torch.linalg.eigvalsh(symmetric).tolist()
    window = exponent_window_of_circle(flow, Circle(3.0), 4)
    assert (window.lower, window.upper) == pytest.approx((low, high), rel=1e-10)


def test_a_distance_widens_the_window_over_all_curves_that_are_so_near():
    network, rotation = drawn(), linear_flow([[0.0, -1.0], [1.0, 0.0]])
    window = exponent_window(network, circle_orbit(rotation, 512), distance=0.1)
    for radius in (0.905, 1.0, 1.095):
        near = exponent_window_of_circle(network, Circle(radius), 10)
        assert window.lower < near.lower_sampled <= near.upper_sampled < window.upper
