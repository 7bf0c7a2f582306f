"""Regions: their cells cover them, affine ranges are exact, empty regions are refused."""

import math

import pytest
import torch

from neural_spectra.bounds.regions import Ball, Box, Circle, Orbit, all_cells, balls
from neural_spectra.errors import InputError

LEVELS = [0, 1, 2, 5, 8]


def float64(*values):
    return torch.tensor(values, dtype=torch.float64)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def uniform(*shape):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def points_of_box(box, count=500):
    return box.lower + (box.upper - box.lower) * uniform(count, len(box.lower))


def points_of_ball(ball, count=500):
    direction = torch.nn.functional.normalize(normal(count, len(ball.centre)), dim=-1)
    return ball.centre + ball.radius * uniform(count, 1) ** (1 / len(ball.centre)) * direction


def on_circle(angle):
    return torch.stack([angle.cos(), angle.sin()], -1)


def lies_in(cells, x):
    """Tell for every cell and point whether the point lies in the cell, up to rounding."""
    away = (x.unsqueeze(-2) - cells.centres).abs() - cells.half_widths
    return torch.linalg.vector_norm(away.clamp(min=0), dim=-1) <= cells.radii + 1e-14


BOXES = [
    Box(float64(-1), float64(2)),
    Box(float64(-1, 0), float64(2, 5)),
    Box(*normal(2, 3).sort(0)[0]),
]
BALLS = [
    Ball(float64(0.3), 2.0),
    Ball(float64(0, 0), 1.0),
    Ball(float64(1, -2, 0.5), 0.7),
    Ball(normal(4), 1.5),
]
BOXES_AND_BALLS = [(box, points_of_box(box)) for box in BOXES] + [
    (ball, points_of_ball(ball)) for ball in BALLS
]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("region", "x"), BOXES_AND_BALLS)
def test_the_cells_cover_the_region(region, x, level):
    assert lies_in(region.cells(level, all_cells(level)), x).any(-1).all()


@pytest.mark.parametrize("level", LEVELS[1:])
@pytest.mark.parametrize(("region", "x"), BOXES_AND_BALLS)
def test_the_halves_of_a_cell_cover_what_it_holds_of_the_region(region, x, level):
    parent = lies_in(region.cells(level, all_cells(level)), x)
    halves = lies_in(region.cells(level + 1, all_cells(level + 1)), x).unflatten(-1, (-1, 2))
    assert (halves.any(-1) | ~parent).all()


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("region", BOXES + BALLS)
def test_sampled_points_lie_in_the_region(region, level):
    points = region.cells(level, all_cells(level)).points
    assert len(points) == 2**level
    assert lies_in(region.cells(0, all_cells(0)), points).all()


@pytest.mark.parametrize("level", LEVELS)
def test_an_arc_lies_in_its_cell_and_its_halves_in_theirs(level):
    angle = 2 * math.pi * uniform(2000, 1)
    cells = Circle(1.5).cells(level, all_cells(level))
    arc = (angle / (2 * math.pi) * 2**level).long()
    assert lies_in(cells, 1.5 * on_circle(angle.squeeze(-1))).gather(-1, arc).all()


def test_sampled_points_of_a_circle_lie_on_it():
    points = Circle(1.5).cells(6, all_cells(6)).points
    assert torch.linalg.vector_norm(points, dim=-1).tolist() == pytest.approx([1.5] * 64)


def test_a_finer_level_has_smaller_cells():
    for region in (*BOXES, BALLS[1], Circle(1.0)):
        sizes = []
        for level in (4, 10):
            cells = region.cells(level, all_cells(level))
            sizes.append(cells.half_widths.amax() + cells.radii.amax())
        assert sizes[1] <= sizes[0] / 3


def test_a_box_that_misses_the_ball_shrinks_to_a_point_of_the_ball():
    ball = BALLS[2]
    cells = ball.cells(9, all_cells(9))
    shrunk = (cells.half_widths == 0).all(-1)
    assert shrunk.any()
    assert lies_in(ball.cells(0, all_cells(0)), cells.centres[shrunk]).all()


@pytest.mark.parametrize("region", BALLS)
def test_affine_ranges_over_a_ball_are_attained_on_its_surface(region):
    weight, bias = normal(6, len(region.centre)), normal(6, seed=2)
    lower, upper = region.cells(0, all_cells(0)).affine_range(weight, bias)
    step = region.radius * torch.nn.functional.normalize(weight, dim=-1)
    for end, x in ((lower, region.centre - step), (upper, region.centre + step)):
        torch.testing.assert_close(end[0], (weight * x).sum(-1) + bias, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("region", BOXES)
def test_affine_ranges_over_a_box_are_attained_at_its_corners(region):
    weight, bias = normal(6, len(region.lower)), normal(6, seed=2)
    lower, upper = region.cells(0, all_cells(0)).affine_range(weight, bias)
    corners = torch.cartesian_prod(*torch.stack([region.lower, region.upper], -1))
    values = corners.reshape(-1, len(region.lower)) @ weight.mT + bias
    torch.testing.assert_close(lower[0], values.amin(0), rtol=1e-14, atol=1e-14)
    torch.testing.assert_close(upper[0], values.amax(0), rtol=1e-14, atol=1e-14)


def test_affine_ranges_over_a_circle_as_one_cell_are_those_on_the_circle():
    weight, bias = normal(6, 2), normal(6, seed=2)
    lower, upper = Circle(0.8).cells(0, all_cells(0)).affine_range(weight, bias)
    angle = torch.atan2(weight[:, 1], weight[:, 0])
    highest = (weight * 0.8 * on_circle(angle)).sum(-1) + bias
    torch.testing.assert_close(upper[0], highest, rtol=1e-14, atol=1e-14)
    torch.testing.assert_close(lower[0], 2 * bias - highest, rtol=1e-14, atol=1e-14)


def test_balls_may_differ_from_network_to_network():
    weight, bias = normal(3, 6, 2), normal(3, 6, seed=2)
    radii = float64(0.5, 1.0, 2.0).unsqueeze(-1)
    _, upper = balls(torch.zeros(1, 2, dtype=torch.float64), radii).affine_range(weight, bias)
    _, expected = Ball(float64(0, 0), 2.0).cells(0, all_cells(0)).affine_range(weight[2], bias[2])
    torch.testing.assert_close(upper[2], expected)


def stuart_landau_orbit(count):
    """Return the orbit r = 1; the field's Jacobian on the unit disc has a norm of at most 3.1."""
    states = on_circle(2 * math.pi * torch.arange(count, dtype=torch.float64) / count)
    velocities = torch.stack([-states[:, 1], states[:, 0]], -1)
    return Orbit(states, velocities, 2 * math.pi / count, 3.1)


@pytest.mark.parametrize("level", [0, 3, 6])
def test_an_orbit_stays_in_its_cells_between_the_known_states(level):
    orbit = stuart_landau_orbit(64)
    position = 64 * uniform(2000)
    state = (position + 0.5).long() % 64
    cells = orbit.cells(level, all_cells(level))
    inside = lies_in(cells, on_circle(2 * math.pi * position / 64))
    assert inside.gather(-1, (state >> (6 - level)).unsqueeze(-1)).all()


def test_exponential_growth_touches_the_cells_of_its_orbit():
    times = 0.1 * torch.arange(8, dtype=torch.float64)
    states = times.exp().unsqueeze(-1)
    cells = Orbit(states, states, 0.1, 1.0).cells(3, all_cells(3))
    farthest = (times + 0.05).exp()
    torch.testing.assert_close(cells.centres[:, 0] + cells.radii, farthest, rtol=1e-14, atol=0)


@pytest.mark.parametrize("radius", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize("shape", [Circle, lambda radius: Ball(float64(0, 0), radius)])
def test_a_radius_that_leaves_no_point_is_refused(shape, radius):
    with pytest.raises(InputError, match=r"contains no point .* give a positive, finite radius"):
        shape(radius)


@pytest.mark.parametrize("upper", [(1.0, 0.0), (1.0, -1.0), (math.inf, 1.0), (math.nan, 1.0)])
def test_a_box_without_a_point_is_refused(upper):
    with pytest.raises(InputError, match="the lower end must be below the upper one"):
        Box(float64(0, 0), float64(*upper))


@pytest.mark.parametrize("count", [0, 3, 65])
def test_an_orbit_whose_states_cannot_be_halved_is_refused(count):
    states = torch.zeros(count, 2, dtype=torch.float64)
    with pytest.raises(InputError, match=f"not at {count}"):
        Orbit(states, states, 0.1, 1.0)


def test_an_orbit_with_too_few_states_to_enclose_it_is_refused():
    states = torch.zeros(64, 2, dtype=torch.float64)
    with pytest.raises(InputError, match=r"64 states cannot enclose .* give more than 320"):
        Orbit(states, states, 0.1, 100.0)


def test_an_orbit_has_no_more_cells_than_known_states():
    with pytest.raises(InputError, match="known at 64 times has no 128 cells"):
        stuart_landau_orbit(64).cells(7, all_cells(7))
