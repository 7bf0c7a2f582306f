"""Attempts to break norm ≤ C̃ ≤ C, at fresh points and at points found by gradient ascent."""

from dataclasses import replace

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds import saturation
from neural_spectra.bounds.regions import Ball, Box, Circle
from neural_spectra.networks.initialisation import initialise

ROUNDING = 1 + 1e-12

dimensions = st.integers(1, 4)
levels = st.sampled_from([(0, 0), (3, 3), (3, 6)])
shapes = st.fixed_dictionaries(
    {"shape": st.sampled_from(["ball", "box"]), "size": st.sampled_from([0.01, 0.5, 2.0])}
)
recipes = st.fixed_dictionaries(
    {
        "activations": st.lists(st.sampled_from(sorted(ACTIVATIONS)), min_size=3, max_size=3)
        | st.sampled_from(sorted(ACTIVATIONS)).map(lambda name: [name] * 3),
        "widths": st.lists(st.integers(1, 8), min_size=1, max_size=3),
        "seed": st.integers(0, 2**32 - 1),
        "scale": st.sampled_from([0.2, 1.0, 3.0, 12.0]),
    }
)


def network_in(dimension, activations, widths, seed, scale):
    network = initialise(dimension, widths, [seed], ACTIVATIONS["tanh"])
    each = tuple(ACTIVATIONS[name] for name in activations[: len(widths)])
    return replace(network, activation=each).scaled(torch.tensor([scale], dtype=torch.float64))[
        0, 0
    ]


def region_in(dimension, shape, size):
    """Return a region, its centre, and a map that moves any point into it."""
    generator = torch.Generator().manual_seed(dimension)
    centre = torch.randn(dimension, generator=generator, dtype=torch.float64)
    if shape == "ball":
        ball = Ball(centre, size)
        return ball, centre, ball.nearest
    box = Box(centre - size, centre + size)
    return box, centre, lambda x: x.clamp(box.lower, box.upper)


def fresh_points(centre, size, into, count):
    generator = torch.Generator().manual_seed(0)
    step = torch.rand(count, len(centre), generator=generator, dtype=torch.float64)
    return into(centre + size * (2 * step - 1))


def climb(network, x, into, size):
    """Return points found by projected gradient ascent on ‖Df‖, with shrinking steps."""
    for k in range(12):
        x = x.detach().requires_grad_()
        norm = torch.linalg.matrix_norm(network.jacobian(x), ord=2).sum()
        # ReLU's slope does not depend on x at all, which autograd would refuse to differentiate.
        (gradient,) = torch.autograd.grad(norm + 0 * x.sum(), x)
        direction = torch.nn.functional.normalize(gradient.nan_to_num(), dim=-1)
        x = into(x.detach() + size * 0.6**k * direction)
    return x


@settings(deadline=None, max_examples=40)
@given(dimensions, recipes, shapes, levels)
def test_no_point_has_a_norm_above_the_bounds(dimension, recipe, shape, levels):
    network, (region, centre, into) = network_in(dimension, **recipe), region_in(dimension, **shape)
    found = bounds.certified_bounds(network, region, 0.02, *levels)
    x = fresh_points(centre, shape["size"], into, 40)
    for points in (x, climb(network, x[:4], into, shape["size"])):
        norm = bounds.jacobian_norm(network, points).amax()
        refined = bounds.sampled_refined_bound(network, points).amax()
        assert norm <= refined * ROUNDING
        assert refined <= found.refined_bound * ROUNDING
    assert found.refined_bound_sampled <= found.refined_bound * ROUNDING
    assert found.refined_bound <= found.log_bound.exp() * ROUNDING


@settings(deadline=None, max_examples=60)
@given(dimensions, recipes, shapes, st.sampled_from([0, 4]))
def test_no_point_has_a_slope_above_the_certified_saturation(dimension, recipe, shape, level):
    network, (region, centre, into) = network_in(dimension, **recipe), region_in(dimension, **shape)
    delta = saturation.log_saturation(network, region, level).exp()
    sampled = saturation.sampled_saturation(network, fresh_points(centre, shape["size"], into, 200))
    assert (sampled <= delta * ROUNDING).all()
    lipschitz = torch.tensor([s.lipschitz for s in network.activations], dtype=torch.float64)
    assert (delta <= lipschitz * ROUNDING).all()


@settings(deadline=None, max_examples=40)
@given(dimensions, recipes, st.integers(0, 3))
def test_the_uniform_bound_of_any_layers_is_never_below_the_norm_product(dimension, recipe, layers):
    network = network_in(dimension, **recipe)
    log_delta = saturation.log_saturation(network, region_in(dimension, "ball", 1.0)[0])
    saturated = min(layers, network.hidden_layers)
    product = bounds.log_norm_product_bound(network, log_delta).exp()
    assert product <= bounds.uniform_bound(network, log_delta.exp(), saturated) * ROUNDING


@settings(deadline=None, max_examples=30)
@given(recipes, st.sampled_from([0.3, 2.0, 50.0]))
def test_no_point_of_an_arc_has_a_slope_above_that_of_the_arc_nor_an_arc_one_above_the_circle(
    recipe, radius
):
    network, level = network_in(2, **recipe), 4
    on_arcs = saturation.log_saturation_of_cells(network, Circle(radius), level)
    assert on_arcs.shape == (2**level, network.hidden_layers)
    # Four points of each arc.
    points = Circle(radius).cells(level + 2, torch.arange(2 ** (level + 2))).points
    slopes = saturation.slope_norms(network, points).reshape(2**level, 4, -1)
    assert (slopes <= on_arcs.exp().unsqueeze(1) * ROUNDING).all()
    on_circle = saturation.log_saturation_on_cells(
        network, Circle(radius).cells(level, torch.arange(2**level))
    )
    torch.testing.assert_close(on_arcs.amax(0), on_circle)


@settings(deadline=None, max_examples=30)
@given(recipes, st.sampled_from([0.3, 1.0, 2.0]))
def test_no_point_of_a_circle_has_a_norm_above_the_bounds(recipe, radius):
    network = network_in(2, **recipe)
    found = bounds.certified_bounds(network, Circle(radius), 0.02, 2, 6)
    angle = 2 * torch.pi * torch.arange(211, dtype=torch.float64) / 211
    x = radius * torch.stack([angle.cos(), angle.sin()], -1)
    assert bounds.jacobian_norm(network, x).amax() <= found.refined_bound * ROUNDING
    assert bounds.sampled_refined_bound(network, x).amax() <= found.refined_bound * ROUNDING
    assert found.refined_bound <= found.log_bound.exp() * ROUNDING
