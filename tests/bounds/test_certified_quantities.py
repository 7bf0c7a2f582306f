"""Extremes of the Jacobian with known answers, against samples, and how close they come."""

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds.branch_and_bound import within
from neural_spectra.bounds.certified_quantities import (
    DIVERGENCE,
    JACOBIAN_NORM,
    LOGARITHMIC_NORMS,
    SLOWNESS,
    largest,
    norm_on_cells,
    shortest_period,
)
from neural_spectra.bounds.interval_jacobians import (
    boxes_around,
    enclose_jacobian,
    rounding_of_cells,
)
from neural_spectra.bounds.jacobian_bounds import jacobian_norm
from neural_spectra.bounds.regions import Ball, Box, Circle, all_cells
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network

SQUARE = Box(torch.tensor([-1.0, -1.0]).double(), torch.tensor([1.0, 1.0]).double())
EVERYTHING = {
    "norm": JACOBIAN_NORM,
    "logarithmic norm": LOGARITHMIC_NORMS,
    "divergence": DIVERGENCE,
    "slowness": SLOWNESS,
}


def linear_flow(matrix):
    """Return a network that is the linear flow ẋ = A x."""
    a = torch.tensor(matrix, dtype=torch.float64)
    zero = torch.zeros(len(a), dtype=torch.float64)
    eye = torch.eye(len(a), dtype=torch.float64)
    return Network((eye, a), (zero, zero), ACTIVATIONS["identity"])


def drawn(widths, activation="tanh", dimension=2, seeds=(0,)):
    return initialise(dimension, list(widths), list(seeds), ACTIVATIONS[activation])


def cube(dimension, size=1.0):
    corner = torch.full((dimension,), size, dtype=torch.float64)
    return Box(-corner, corner)


def test_a_linear_flow_has_known_extremes():
    network = linear_flow([[-1.0, 4.0], [0.0, -2.0]])
    symmetric = [[-1.0, 2.0], [2.0, -2.0]]
    low, high = torch.linalg.eigvalsh(torch.tensor(symmetric, dtype=torch.float64)).tolist()
    norms = largest(LOGARITHMIC_NORMS, network, SQUARE)
    assert norms.bound.tolist() == pytest.approx([high, -low], rel=1e-11)
    assert largest(DIVERGENCE, network, SQUARE).bound.tolist() == pytest.approx([-3, 3], rel=1e-11)
    norm = torch.linalg.matrix_norm(network.weights[1], 2).item()
    assert largest(JACOBIAN_NORM, network, SQUARE).bound.item() == pytest.approx(norm, rel=1e-11)


def test_bounds_are_never_below_the_extremes_they_are_attained_by():
    network = linear_flow([[-1.0, 4.0], [0.0, -2.0]])
    norm = torch.linalg.matrix_norm(network.weights[1], 2).item()
    assert largest(JACOBIAN_NORM, network, SQUARE).bound.item() >= norm


def test_the_smallest_speed_of_a_shifted_flow_is_its_distance_from_rest():
    network = linear_flow([[1.0, 0.0], [0.0, 1.0]])
    far = Ball(torch.tensor([3.0, 4.0]).double(), 1.0)
    result = largest(SLOWNESS, network, far, within(0.01))
    assert -result.bound.item() <= 4 <= -result.found.item()
    assert -result.bound.item() > 3.9


def test_a_region_with_an_equilibrium_has_no_positive_smallest_speed():
    result = largest(SLOWNESS, linear_flow([[0.0, 1.0], [-1.0, 0.0]]), SQUARE, budget=500)
    assert result.bound.item() == 0


@pytest.mark.parametrize("factors", [(1e150, 1e-150), (1e-150, 1e150), (1e-140, 1e-140)])
def test_extremes_near_the_ends_of_float64_are_those_of_the_scaled_flow(factors):
    flow = linear_flow([[-1.0, 4.0], [0.0, -2.0]])
    weights = tuple(f * weight for f, weight in zip(factors, flow.weights, strict=True))
    network = Network(weights, flow.biases, flow.activation)
    for quantity in (JACOBIAN_NORM, LOGARITHMIC_NORMS, DIVERGENCE):
        expected = factors[0] * factors[1] * largest(quantity, flow, SQUARE).bound
        bound = largest(quantity, network, SQUARE).bound
        torch.testing.assert_close(bound, expected, rtol=1e-10, atol=0)


def test_what_overflows_has_no_finite_bound():
    flow = linear_flow([[1.0, 4.0], [0.0, 1.0]])
    weights = tuple(1e200 * weight for weight in flow.weights)
    network = Network(weights, flow.biases, flow.activation)
    assert largest(JACOBIAN_NORM, network, SQUARE, budget=64).bound.item() == math.inf


def test_a_rotation_attains_yorkes_shortest_period():
    norm = largest(JACOBIAN_NORM, linear_flow([[0.0, -3.0], [3.0, 0.0]]), SQUARE)
    period = shortest_period(norm.bound).item()
    assert period <= 2 * math.pi / 3
    assert period == pytest.approx(2 * math.pi / 3, rel=1e-11)


SATURATED = Network(
    (torch.eye(2), torch.eye(2)), (torch.full((2,), 30.0), torch.zeros(2)), ACTIVATIONS["tanh"]
)


def test_a_norm_that_grows_towards_a_corner_is_found_in_it_with_the_first_cells():
    result = largest(JACOBIAN_NORM, SATURATED, SQUARE, within(0.05))
    assert result.attained.tolist() == [[-1.0, -1.0]]
    assert torch.equal(result.found, jacobian_norm(SATURATED, -torch.ones(1, 2).double()))
    assert result.cells == 64


def test_a_norm_that_grows_towards_the_edge_of_a_ball_is_found_on_it():
    result = largest(JACOBIAN_NORM, SATURATED, Ball(torch.zeros(2).double(), 1.0), within(0.05))
    assert torch.linalg.vector_norm(result.attained).item() == pytest.approx(1, rel=1e-15)
    assert result.settled


@pytest.mark.parametrize("quantity", EVERYTHING)
@pytest.mark.parametrize("region", [SQUARE, Ball(torch.tensor([0.3, -1.0]).double(), 0.7)])
def test_values_are_found_at_the_points_that_are_named_and_these_lie_in_the_region(
    quantity, region
):
    network = drawn((16,))[0]
    result = largest(EVERYTHING[quantity], network, region)
    again = EVERYTHING[quantity].at_points(network, result.attained).diagonal()
    torch.testing.assert_close(again, result.found, rtol=1e-14, atol=0)
    torch.testing.assert_close(region.nearest(result.attained), result.attained)


@pytest.mark.parametrize(("widths", "excess"), [((32,), 0.03), ((256,), 0.03), ((32, 32), 0.1)])
def test_the_jacobian_is_bounded_closely_by_16384_cells(widths, excess):
    network = drawn(widths)[0]
    cells = SQUARE.cells(14, all_cells(14))
    true = jacobian_norm(network, cells.points).amax().item()
    parts = torch.split(all_cells(14), 512)
    rounding = rounding_of_cells(SQUARE)
    bounds = [
        enclose_jacobian(network, boxes_around(SQUARE.cells(14, part), rounding)) for part in parts
    ]
    bound = max(norm_on_cells(jacobian).amax().item() for jacobian in bounds)
    assert true <= bound <= (1 + excess) * true


def test_a_third_derivative_with_a_sign_takes_half_of_the_excess():
    network = drawn((64,))[0]
    blind = replace(ACTIVATIONS["tanh"], third_from_slope=None)
    cells = boxes_around(SQUARE.cells(10, all_cells(10)), rounding_of_cells(SQUARE))
    seeing, unseeing = (
        enclose_jacobian(Network(network.weights, network.biases, sigma), cells).radii.mean()
        for sigma in (ACTIVATIONS["tanh"], blind)
    )
    assert seeing < unseeing / 2


@pytest.mark.parametrize("quantity", EVERYTHING)
def test_every_member_of_a_batch_is_bounded_as_if_alone(quantity):
    network = drawn((8,), seeds=(0, 1)).scaled([1.0, 3.0])
    region = Ball(torch.tensor([5.0, 0.0]).double(), 0.5)
    together = largest(EVERYTHING[quantity], network, region)
    alone = largest(EVERYTHING[quantity], network[1, 0], region)
    assert together.bound.shape[:2] == (2, 2)
    assert torch.equal(together.bound[1, 0], alone.bound)
    assert torch.equal(together.cells[1, 0], alone.cells)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(sorted(EVERYTHING)),
    st.integers(1, 6),
    st.sampled_from(sorted(ACTIVATIONS)),
    st.lists(st.integers(1, 8), min_size=1, max_size=3),
    st.integers(0, 2**31),
    st.sampled_from([0.3, 2.0, 20.0]),
)
def test_no_point_exceeds_a_bound(quantity, dimension, activation, widths, seed, scale):
    network = drawn(widths, activation, dimension, [seed])[0].scaled([scale])[0]
    region = cube(dimension, 0.5)
    result = largest(EVERYTHING[quantity], network, region, budget=300)
    x = torch.rand(200, dimension, generator=torch.Generator().manual_seed(seed)).double() - 0.5
    values = EVERYTHING[quantity].at_points(network, x).amax(-1)
    assert (values <= result.bound + 1e-13 * result.bound.abs()).all()


@pytest.mark.parametrize("ends", [(-1.1, 0.7), (0.3, 0.4), (-1e-3, 123.4)])
def test_rounding_leaves_no_gaps_between_boxes(ends):
    line = Box(*torch.tensor(ends, dtype=torch.float64).reshape(2, 1))
    cells = boxes_around(line.cells(9, all_cells(9)), rounding_of_cells(line))
    centres = [Fraction(c) for c in cells.centres.flatten().tolist()]
    half = Fraction(cells.generators.item()) + Fraction(cells.slack.item())
    assert centres[0] - half <= Fraction(ends[0])
    assert Fraction(ends[1]) <= centres[-1] + half
    assert all(after - before <= 2 * half for before, after in pairwise(centres))


@pytest.mark.parametrize("region", [Ball(torch.zeros(2).double(), 1.0), Circle(1.0)])
def test_balls_and_circles_are_covered_too(region):
    network = drawn((16,))[0]
    result = largest(JACOBIAN_NORM, network, region)
    x = region.cells(12, all_cells(12)).points
    assert jacobian_norm(network, x).amax() <= result.bound
    assert result.settled


def test_a_kinked_network_on_the_line_is_bounded_exactly():
    network = drawn((6,), "relu", dimension=1)[0]
    line = Box(torch.tensor([-4.0]).double(), torch.tensor([4.0]).double())
    result = largest(JACOBIAN_NORM, network, line, within(1e-9))
    x = torch.linspace(-4, 4, 100_001, dtype=torch.float64).unsqueeze(-1)
    assert result.settled
    assert result.bound.item() == pytest.approx(jacobian_norm(network, x).amax().item(), rel=1e-9)
