"""Polygonal annuli: which are sound, how their cells cover them, and their gradients."""

import math

import pytest
import torch

from neural_spectra.bounds.annuli import Annulus, is_embedded, is_simple, lies_in, triangles
from neural_spectra.bounds.regions import all_cells


def closed_curve(radius, count=64, clockwise=False):
    """Return a polygon whose radius may depend on the angle."""
    angle = 2 * math.pi * torch.arange(count, dtype=torch.float64) / count
    angle = -angle if clockwise else angle
    return torch.stack([angle.cos(), angle.sin()], -1) * radius(angle).unsqueeze(-1)


def ring(inner=0.9, outer=1.1, **settings):
    curves = [closed_curve(lambda a, r=r: r + 0 * a, **settings) for r in (inner, outer)]
    return Annulus(*(curves[::-1] if settings.get("clockwise") else curves))


@pytest.mark.parametrize("clockwise", [False, True])
def test_two_circles_bound_an_annulus(clockwise):
    assert is_embedded(ring(clockwise=clockwise))


def test_curves_in_the_wrong_order_bound_none():
    good = ring()
    assert not is_embedded(Annulus(good.right, good.left))


def test_curves_that_cross_bound_none():
    wavy = closed_curve(lambda a: 1 + 0.2 * (3 * a).cos())
    assert not is_embedded(Annulus(wavy, ring().right))


def test_curves_that_go_round_in_opposite_directions_bound_none():
    good = ring()
    assert not is_embedded(Annulus(good.left.flip(0), good.right))


def test_a_curve_that_meets_itself_is_not_simple():
    angle = 2 * math.pi * (torch.arange(64, dtype=torch.float64) + 0.5) / 64
    eight = torch.stack([angle.sin(), (2 * angle).sin()], -1)
    assert not is_simple(eight)
    assert is_simple(closed_curve(lambda a: 1 + 0.8 * (5 * a).cos(), 512))


def test_a_curve_that_turns_back_is_not_simple():
    there_and_back = torch.tensor([[0.0, 0.0], [1, 0], [2, 0], [1, 0]], dtype=torch.float64)
    assert not is_simple(there_and_back)


@pytest.mark.parametrize("extra", [0, 1, 2, 3])
def test_the_cells_cover_their_quadrilaterals(extra):
    annulus = ring(count=8)
    level = annulus.level + extra
    cells = annulus.cells(level, all_cells(level))
    generator = torch.Generator().manual_seed(0)
    s, t = torch.rand(2, 500, generator=generator, dtype=torch.float64)
    piece = torch.randint(8, (500,), generator=generator)
    ends = [curve[(piece + k) % 8] for k in (0, 1) for curve in (annulus.left, annulus.right)]
    a, b, c, d = ends
    s, t = s.unsqueeze(-1), t.unsqueeze(-1)
    x = (1 - s) * ((1 - t) * a + t * b) + s * ((1 - t) * c + t * d)
    covered = torch.zeros(500, dtype=torch.bool)
    for k in range(2**level):
        shape = cells.shape
        frame = shape.generators[k]
        away = x - shape.centres[k]
        coordinates = torch.linalg.solve(frame.mT, away.mT).mT
        rest = away - coordinates.clamp(-1, 1) @ frame
        inside = (rest.abs() <= shape.slack[k]).all(-1)
        covered |= inside & (piece == cells.piece[k])
    assert covered.all()


def test_the_edges_are_covered_by_their_parts():
    edges = ring(count=8).edges
    cells = edges.cells(edges.level + 2, all_cells(edges.level + 2))
    half = cells.shape.generators.squeeze(-2)
    starts, ends = cells.centres - half, cells.centres + half
    torch.testing.assert_close(starts[1:4], ends[:3])
    torch.testing.assert_close(starts[0], edges.starts[0])
    torch.testing.assert_close(ends[3], edges.ends[0])


def test_the_gradients_are_those_of_the_linear_functions_on_the_triangles():
    annulus = ring()
    cut = triangles(annulus)
    a, b = annulus.left, annulus.right
    c, d = a.roll(-1, 0), b.roll(-1, 0)
    first, second = cut.gradients.unbind(1)
    one, nothing = torch.ones(64, dtype=torch.float64), torch.zeros(64, dtype=torch.float64)
    for gradient, step, rise in (
        (first, c - a, one),
        (first, d - a, one),
        (second, d - a, one),
        (second, b - a, nothing),
    ):
        torch.testing.assert_close((gradient * step).sum(-1), rise)
    assert cut.oriented.all()


def test_a_thin_annulus_lies_in_a_wide_one_around_the_same_hole():
    wide = ring(0.8, 1.2)
    assert lies_in(ring(count=256), wide)
    assert not lies_in(wide, ring(count=256))
    assert not lies_in(ring(0.9, 1.3), wide)
    assert not lies_in(ring(0.1, 0.5), wide)
    beside = torch.tensor([1.0, 0.0], dtype=torch.float64)
    small = ring(0.05, 0.1)
    assert not lies_in(Annulus(small.left + beside, small.right + beside), wide)
