"""Bounds with known answers, cases of equality, second methods, and the search behind C̃."""

import math
from dataclasses import replace

import pytest
import torch

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds import evaluation_in_chunks, saturation
from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds.jacobian_bounds import certified_bounds, log_norm_product_bound
from neural_spectra.bounds.regions import Ball, Circle, Orbit, all_cells, balls
from neural_spectra.bounds.saturation import log_saturation
from neural_spectra.errors import InputError
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network

DISC = Ball(torch.zeros(2, dtype=torch.float64), 1.0)
SCALES = torch.tensor([1.0, 4.0, 15.0, 1000.0], dtype=torch.float64)


def network_of(*weights, activation="tanh", bias=0.0):
    """Return a network with every bias the same number."""
    weights = tuple(torch.as_tensor(weight, dtype=torch.float64) for weight in weights)
    biases = tuple(torch.full(weight.shape[:-1], bias, dtype=torch.float64) for weight in weights)
    return Network(weights, biases, ACTIVATIONS[activation])


def initial(widths=(8,), activation="tanh", seeds=(0, 1, 2), dimension=2):
    return initialise(dimension, list(widths), list(seeds), ACTIVATIONS[activation])


def saturated(network, margin):
    """Set the bias so that the smallest pre-activation on the unit disc is ``margin``."""
    bias = margin + torch.linalg.vector_norm(network.weights[0], dim=-1)
    return replace(network, biases=(bias, network.biases[1]))


def rotation(angle):
    return [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]


def search(network, region, tolerance=0.02, coarsest_level=5, finest_level=16):
    return certified_bounds(network, region, tolerance, coarsest_level, finest_level)


def test_three_layers_at_a_saturation_of_a_tenth_attenuate_a_thousandfold():
    network = network_of(*[rotation(k) for k in range(4)])
    tenths = torch.full((3,), 0.1, dtype=torch.float64)
    assert bounds.uniform_bound(network, tenths, 3).item() == pytest.approx(1e-3, rel=1e-14)
    assert log_norm_product_bound(network, tenths.log()).item() == pytest.approx(math.log(1e-3))


@pytest.mark.parametrize(("saturated", "power"), [(0, 3), (1, 2), (2, 1), (3, 0)])
def test_each_unsaturated_layer_contributes_its_largest_possible_slope(saturated, power):
    network = network_of(*[rotation(k) for k in range(4)], activation="sigmoid")
    factor = bounds.weight_factor(network, saturated).item()
    assert factor == pytest.approx(0.25**power, rel=1e-14)


def test_the_uniform_bound_takes_the_most_saturated_layers_wherever_they_are():
    network = network_of(*[rotation(k) for k in range(4)])
    delta = torch.tensor([0.9, 0.1, 0.3], dtype=torch.float64)
    values = [bounds.uniform_bound(network, delta, q).item() for q in range(4)]
    assert values == pytest.approx([1, 0.1, 0.3**2, 0.9**3], rel=1e-14)


def test_the_weight_factor_of_one_hidden_layer_grows_linearly_with_the_scale():
    network = initial()
    norms = [torch.linalg.matrix_norm(weight, ord=2) for weight in network.weights]
    expected = SCALES * (norms[0] * norms[1]).unsqueeze(-1)
    torch.testing.assert_close(bounds.weight_factor(network.scaled(SCALES), 1), expected)


def test_more_saturated_layers_than_hidden_ones_are_refused():
    with pytest.raises(InputError, match="3 saturated layers: choose 0 to 2"):
        bounds.weight_factor(initial((4, 4)), 3)


@pytest.mark.parametrize("region", [DISC, Circle(1.0)])
def test_a_bias_set_for_a_saturation_gives_exactly_that_saturation(region):
    margin = math.atanh(math.sqrt(1 - 0.53))
    network = saturated(initial(), margin)
    delta = log_saturation(network, region).exp()
    torch.testing.assert_close(delta, torch.full_like(delta, 0.53), rtol=1e-13, atol=0)
    assert (delta >= 0.53).all()


def test_the_logarithm_of_a_saturation_that_underflows_stays_exact():
    network = saturated(initial(), 0.84).scaled(SCALES)
    log_delta = log_saturation(network, DISC).squeeze(-1)
    exact = math.log(4) - 2 * 0.84 * SCALES - 2 * torch.log1p(torch.exp(-2 * 0.84 * SCALES))
    torch.testing.assert_close(log_delta, exact.expand_as(log_delta), rtol=1e-13, atol=1e-13)
    assert log_norm_product_bound(network, log_delta.unsqueeze(-1)).isfinite().all()


def test_a_zero_crossing_inside_the_region_keeps_the_saturation_at_one():
    assert torch.equal(
        log_saturation(initial().scaled(SCALES), DISC), torch.zeros(3, 4, 1).double()
    )


def test_the_certified_saturation_of_a_ball_is_approached_at_its_worst_point():
    network = initial(activation="silu", seeds=[0])[0]
    delta = log_saturation(network, DISC).exp()
    line = torch.linspace(-1, 1, 2001, dtype=torch.float64).reshape(-1, 1, 1)
    x = (line * torch.nn.functional.normalize(network.weights[0], dim=-1)).reshape(-1, 2)
    torch.testing.assert_close(saturation.sampled_saturation(network, x), delta, rtol=1e-6, atol=0)


def test_finer_cells_never_loosen_the_saturation_of_deeper_layers():
    network = initial((8, 8, 8))
    network = replace(network, biases=tuple(bias + 3 for bias in network.biases))
    coarse, fine = (log_saturation(network, DISC, level) for level in (0, 7))
    sampled = saturation.sampled_saturation(network, DISC.cells(7, all_cells(7)).points).log()
    assert torch.equal(fine[:, 0], coarse[:, 0])
    assert (fine[:, 1:] < coarse[:, 1:]).all()
    assert (sampled <= fine).all()


def test_deeper_pre_activations_stay_in_their_ranges():
    network = initial((8, 8, 8), "silu").scaled(SCALES[:2])
    cells = Circle(1.0).cells(4, all_cells(4))
    ranges = saturation.pre_activation_ranges(network, cells)
    angle = 2 * math.pi * torch.arange(16 * 50, dtype=torch.float64) / (16 * 50)
    x = torch.stack([angle.cos(), angle.sin()], -1)
    for (lower, upper), a in zip(ranges, network.pre_activations(x), strict=True):
        on_arcs = a.unflatten(-2, (16, 50))
        assert (lower - 1e-12 <= on_arcs.amin(-2)).all()
        assert (on_arcs.amax(-2) <= upper + 1e-12).all()


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_the_bounds_are_attained_by_rotations_with_unit_slope(depth):
    network = network_of(*[rotation(k) for k in range(depth)], activation="identity")
    found = search(network, DISC)
    assert found.log_bound.exp().item() == pytest.approx(1, rel=1e-13)
    assert found.refined_bound.item() == pytest.approx(1, rel=1e-13)
    norm = bounds.jacobian_norm(network, torch.ones(1, 2, dtype=torch.float64))
    assert norm.item() == pytest.approx(1, rel=1e-13)


def test_the_bounds_are_attained_in_one_dimension():
    network = network_of([[2.0]], [[-3.0]], [[0.5]])
    found = search(network, Ball(torch.zeros(1, dtype=torch.float64), 1.0))
    norm = bounds.jacobian_norm(network, torch.zeros(1, 1, dtype=torch.float64)).item()
    assert norm == pytest.approx(3, rel=1e-14)
    assert found.log_bound.exp().item() == pytest.approx(3, rel=1e-14)
    assert found.refined_bound.item() == pytest.approx(3, rel=1e-14)


def test_a_saturated_network_of_rank_one_attains_the_bounds_on_the_boundary():
    network = network_of([[1.0, 0.0]], [[0.6], [0.8]], bias=2.0)
    found = search(network, DISC)
    norm = bounds.jacobian_norm(network, torch.tensor([[-1.0, 0.0]], dtype=torch.float64)).item()
    assert norm == pytest.approx(1 / math.cosh(1) ** 2, rel=1e-14)
    assert found.log_bound.exp().item() == pytest.approx(norm, rel=1e-13)
    assert norm <= found.refined_bound.item() * (1 + 1e-12)


def test_cells_that_reach_beyond_the_region_do_not_lift_the_refined_bound_above_the_product():
    network = network_of([[1.0, 0.0]], [[0.6], [0.8]], bias=2.0)
    found = search(network, Circle(1.0), coarsest_level=3, finest_level=3)
    assert found.refined_bound <= found.log_bound.exp() * (1 + 1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("widths", [(6,), (6, 5), (5, 6, 4)])
def test_the_sampled_refined_bound_is_the_product_of_the_factors_largest_singular_values(
    widths, activation
):
    network = initial(widths, activation, dimension=3)[1]
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    roots = [network.activation.slope(a).abs().sqrt() for a in network.pre_activations(x)]
    ones = torch.ones(4, 3, dtype=torch.float64)
    expected = torch.ones(4, dtype=torch.float64)
    for before, weight, after in zip([ones, *roots], network.weights, [*roots, ones], strict=True):
        factor = after.unsqueeze(-1) * weight * before.unsqueeze(-2)
        expected = expected * torch.linalg.matrix_norm(factor, ord=2)
    torch.testing.assert_close(
        bounds.sampled_refined_bound(network, x), expected, rtol=1e-13, atol=0
    )


def test_the_jacobian_norm_is_the_largest_singular_value():
    network = initial((6, 5), dimension=4)
    x = torch.randn(7, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = torch.linalg.matrix_norm(network.jacobian(x), ord=2)
    torch.testing.assert_close(bounds.jacobian_norm(network, x), expected, rtol=1e-13, atol=0)


@pytest.mark.parametrize("activation", ["tanh", "silu"])
def test_the_certified_refined_bound_comes_within_the_tolerance_of_a_sampled_one(activation):
    found = search(initial(activation=activation).scaled(SCALES[:3]), Circle(1.0))
    assert (found.refined_bound_sampled <= found.refined_bound).all()
    assert (found.refined_bound <= 1.02 * found.refined_bound_sampled).all()


def test_the_search_finds_what_a_dense_sample_finds():
    network = initial().scaled(SCALES[:3])
    found = search(network, Circle(1.0), tolerance=5e-3)
    sampled = bounds.sampled_refined_bound(network, Circle(1.0).cells(12, all_cells(12)).points)
    torch.testing.assert_close(found.refined_bound_sampled, sampled.amax(-1), rtol=5e-3, atol=0)


def test_a_search_over_cells_agrees_with_all_cells_of_its_finest_level():
    network = initial(seeds=[0])[0].scaled(SCALES[2:3])
    found = search(network, Circle(1.0))
    level = int(math.log2(found.cells.item()))
    everywhere = search(network, Circle(1.0), coarsest_level=level, finest_level=level)
    assert found.cells.item() > 64
    torch.testing.assert_close(found.refined_bound, everywhere.refined_bound, rtol=0.02, atol=0)


def test_a_search_that_stops_early_shows_its_gap_and_still_bounds():
    network = initial().scaled(SCALES[2:3])
    loose = search(network, Circle(1.0), coarsest_level=3, finest_level=3)
    tight = search(network, Circle(1.0))
    assert (loose.cells == 8).all()
    assert (loose.refined_bound > 1.02 * loose.refined_bound_sampled).all()
    assert (loose.refined_bound >= tight.refined_bound_sampled).all()


def test_a_member_has_the_same_bounds_alone_and_in_a_batch():
    network = initial((8, 4)).scaled(SCALES[:2])
    together, alone = search(network, Circle(1.0)), search(network[1, 0], Circle(1.0))
    assert together.refined_bound.shape == (3, 2)
    assert together.cells[1, 0] == alone.cells
    for name in ("log_bound", "refined_bound", "refined_bound_sampled"):
        torch.testing.assert_close(getattr(together, name)[1, 0], getattr(alone, name))


def test_the_size_of_the_chunks_does_not_matter(monkeypatch):
    network, x = initial((8, 4), seeds=[0, 1]), Circle(1.0).cells(6, all_cells(6)).points
    results = []
    for chunk in (evaluation_in_chunks.CHUNK, 400):
        monkeypatch.setattr(evaluation_in_chunks, "CHUNK", chunk)
        results.append(
            (
                search(network, Circle(1.0)).refined_bound,
                log_saturation(network, Circle(1.0), 5),
                bounds.jacobian_norm(network, x),
                bounds.sampled_refined_bound(network, x),
            )
        )
    torch.testing.assert_close(*results)


def test_the_smallest_slope_of_a_layer_is_that_of_its_flattest_unit():
    network, x = initial((8, 4)), torch.tensor([[0.3, -0.8]], dtype=torch.float64)
    expected = [network.activation.slope(a).abs().amin(-1) for a in network.pre_activations(x)]
    torch.testing.assert_close(saturation.smallest_slopes(network, x), torch.stack(expected, -1))


def test_points_may_differ_from_network_to_network():
    network = initial()
    x = torch.randn(3, 5, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    norms = bounds.jacobian_norm(network, x)
    torch.testing.assert_close(norms[2], bounds.jacobian_norm(network[2], x[2]))


def test_regions_may_differ_from_network_to_network():
    network, radii = initial(), torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64)
    cells = balls(torch.zeros(1, 2, dtype=torch.float64), radii.unsqueeze(-1))
    log_delta = saturation.log_saturation_on_cells(saturated(network, 3.0), cells)
    alone = log_saturation(saturated(network, 3.0)[0], Ball(DISC.centre, 0.5))
    torch.testing.assert_close(log_delta[0], alone)


def test_an_orbit_of_the_network_is_bounded_between_its_known_states():
    network = initial(seeds=[0])[0]
    fine = [torch.ones(1, 2, dtype=torch.float64)]
    for _ in range(64 * 50 - 1):
        fine.append(fine[-1] + 1e-4 * network(fine[-1]))
    fine = torch.cat(fine)
    known = fine[25::50]
    orbit = Orbit(known, network(known), 50e-4, bounds.weight_factor(network, 0).item())
    found = search(network, orbit, coarsest_level=6, finest_level=6)
    between = bounds.sampled_refined_bound(network, fine).amax()
    assert between <= found.refined_bound <= 1.02 * found.refined_bound_sampled
    assert (log_saturation(network, orbit, 6) <= log_saturation(network, orbit, 0)).all()


def test_a_network_that_has_saturated_completely_has_bounds_of_zero_and_finite_logarithms():
    network = saturated(initial(), 0.84).scaled(SCALES[3:])
    found = search(network, Circle(1.0))
    assert (found.refined_bound == 0).all()
    assert found.log_bound.isfinite().all()
