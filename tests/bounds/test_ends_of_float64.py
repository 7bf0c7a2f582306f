"""The chain ‖Df‖ ≤ C̃ ≤ C where weights, slopes or regions lie near the ends of float64.

With W_1 times 2^p on a region times 2^−p and W_L times 2^q all pre-activations stay as they are,
and the whole chain is multiplied by 2^(p+q).
"""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds import saturation
from neural_spectra.bounds.regions import Ball, Box, Circle, Orbit, all_cells
from neural_spectra.errors import InputError
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network

# The first is ‖W_1‖ of about 1e-170, the second 1e155 with 1e-155.
POWERS = [(-565, 0), (515, -515), (-515, 515), (0, -1000), (900, 0), (900, -1000), (-565, -400)]
SIZES = [(1e-170, 1.0), (1e-155, 1e155), (1e155, 1e-155), (1e-300, 1e300), (1.0, 1e-300)]
LAYERS = [(900, -900, -900, 900), (-700, 700, 700, -700), (500, 500, -990)]
WIDTHS = [(8,), (6, 5), (5, 4, 6)]


def ball(radius=1.0):
    return Ball(torch.zeros(2, dtype=torch.float64), radius)


def box(radius=1.0):
    ends = torch.full((2,), radius, dtype=torch.float64)
    return Box(-ends, ends)


def circle(radius=1.0):
    return Circle(radius)


def scaled(network, first, last):
    weights = [*network.weights[:-1], network.weights[-1] * 2.0**last]
    return replace(network, weights=(weights[0] * 2.0**first, *weights[1:]))


def network_of(*weights, activation="identity", bias=0.0):
    weights = tuple(torch.as_tensor(weight, dtype=torch.float64) for weight in weights)
    biases = tuple(torch.full(weight.shape[:-1], bias, dtype=torch.float64) for weight in weights)
    return Network(weights, biases, ACTIVATIONS[activation])


def search(network, region):
    return bounds.certified_bounds(network, region, 0.05, coarsest_level=4, finest_level=6)


@pytest.mark.parametrize("region_of", [ball, box, circle])
@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize(("first", "last"), POWERS)
def test_the_chain_scales_with_the_weights(first, last, widths, region_of):
    network = initialise(2, list(widths), [0], ACTIVATIONS["silu"])
    ordinary, region = search(network, region_of()), region_of(2.0**-first)
    extreme = search(scaled(network, first, last), region)
    for name in ("refined_bound", "refined_bound_sampled"):
        expected = math.ldexp(getattr(ordinary, name).item(), first + last)
        assert getattr(extreme, name).item() == pytest.approx(expected, rel=1e-11, abs=0)
    torch.testing.assert_close(extreme.log_saturation, ordinary.log_saturation, rtol=0, atol=1e-11)
    shift = (first + last) * math.log(2)
    torch.testing.assert_close(
        extreme.log_bound, ordinary.log_bound + shift, rtol=1e-11, atol=1e-11
    )
    x = region_of().cells(3, all_cells(3)).points
    norm = bounds.jacobian_norm(network, x).mul(2.0 ** (first + last))
    there = bounds.jacobian_norm(scaled(network, first, last), x * 2.0**-first)
    torch.testing.assert_close(there, norm, rtol=1e-11, atol=0)
    assert (there > 0).all()
    assert (there <= extreme.refined_bound * (1 + 1e-12)).all()


@pytest.mark.parametrize("sizes", SIZES)
def test_the_chain_holds_for_weights_of_such_sizes(sizes):
    network = initialise(2, [8], [0, 1], ACTIVATIONS["tanh"])
    network = replace(
        network, weights=tuple(w * s for w, s in zip(network.weights, sizes, strict=True))
    )
    found = search(network, ball())
    x = ball().cells(6, all_cells(6)).points
    norm = bounds.jacobian_norm(network, x).amax(-1)
    # Weights of 1e155 saturate every unit at these points.
    assert ((norm > 0) | (network.weights[0].abs().amax() > 1e100)).all()
    assert (norm <= found.refined_bound * (1 + 1e-12)).all()
    assert (found.refined_bound <= found.log_bound.exp() * (1 + 1e-12)).all()


@pytest.mark.parametrize("powers", LAYERS)
def test_products_of_many_layers_may_leave_float64_on_their_way(powers):
    network = network_of(*[2.0**power * torch.eye(2).double() for power in powers])
    exact = 2.0 ** sum(powers)
    found = search(network, ball(2.0**-900))
    assert found.refined_bound.item() == pytest.approx(exact, rel=1e-11, abs=0)
    assert found.log_bound.item() == pytest.approx(sum(powers) * math.log(2), abs=1e-10)
    ones = torch.ones(len(powers) - 1, dtype=torch.float64)
    for saturated in range(len(powers)):
        assert bounds.uniform_bound(network, ones, saturated).item() == pytest.approx(
            exact, rel=1e-11, abs=0
        )
        assert bounds.weight_factor(network, saturated).item() == pytest.approx(
            exact, rel=1e-11, abs=0
        )


def test_the_uniform_bound_is_right_where_a_power_of_the_saturation_underflows():
    network = network_of(*[1e250 * torch.eye(2).double()] * 3)
    delta = torch.full((2,), 1e-200, dtype=torch.float64)
    assert bounds.uniform_bound(network, delta, 2).item() == math.inf
    network = network_of(*[1e150 * torch.eye(2).double()] * 3)
    assert bounds.uniform_bound(network, delta, 2).item() == pytest.approx(1e50, rel=1e-11)


def test_slopes_that_underflow_count_where_weights_make_up_for_them():
    # One unit, so that the chain is one number: 4 e^−800 · 1e300, nearly.
    network = network_of([[1.0, 0.0]], [[0.6e300], [0.8e300]], activation="tanh", bias=400.0)
    found = search(network, ball(1e-3))
    largest = math.log(4) - 2 * (400 - 1e-3) + 300 * math.log(10)
    assert found.log_bound.item() == pytest.approx(largest, rel=1e-11)
    assert found.refined_bound.log().item() == pytest.approx(largest, rel=1e-11)
    assert 0 < found.refined_bound_sampled <= found.refined_bound


def test_a_layer_of_dead_units_has_bounds_of_zero():
    network = network_of(torch.eye(2), torch.eye(2), activation="relu", bias=-5.0)
    found = search(network, ball())
    assert (found.refined_bound.item(), found.log_bound.item()) == (0, -math.inf)


@pytest.mark.parametrize("size", [1e-170, 1e200])
def test_the_saturation_of_a_far_region_counts_its_reach(size):
    network = network_of([[1 / size, 0.0]], [[1.0], [1.0]], activation="tanh", bias=2.0)
    delta = saturation.log_saturation(network, ball(size)).item()
    assert delta == pytest.approx(-2 * math.log(math.cosh(1)), rel=1e-11)


@pytest.mark.parametrize("size", [1e-170, 1e200])
def test_the_cells_of_a_ball_are_those_of_any_other_size(size):
    ordinary, extreme = (ball(radius).cells(7, all_cells(7)) for radius in (1.0, size))
    torch.testing.assert_close(extreme.centres / size, ordinary.centres, rtol=1e-14, atol=1e-15)
    torch.testing.assert_close(extreme.half_widths / size, ordinary.half_widths)
    torch.testing.assert_close(extreme.points / size, ordinary.points, rtol=1e-14, atol=1e-15)


def test_the_balls_around_an_orbit_reach_as_far_as_it_moves():
    states = torch.zeros(2, 2, dtype=torch.float64)
    velocities = torch.tensor([[3e200, 4e200], [3e-170, 4e-170]], dtype=torch.float64)
    radii = Orbit(states, velocities, 1e-3, 1.0).cells(1, all_cells(1)).radii
    expected = math.expm1(5e-4) * torch.tensor([5e200, 5e-170], dtype=torch.float64)
    torch.testing.assert_close(radii, expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("lipschitz", [math.nan, math.inf, 1e4])
def test_an_orbit_that_its_states_cannot_enclose_is_refused(lipschitz):
    states = torch.zeros(2, 2, dtype=torch.float64)
    with pytest.raises(InputError, match="cannot enclose an orbit"):
        Orbit(states, states, 1e-3, lipschitz)


# No NaN ends anything unseen.


@pytest.mark.parametrize("widths", WIDTHS)
def test_pre_activations_that_overflow_are_one_sentence(widths):
    network = scaled(initialise(2, list(widths), [0], ACTIVATIONS["tanh"]), 900, 0)
    with pytest.raises(InputError, match="a pre-activation overflows float64; make the region or"):
        search(network, ball(2.0**900))


def test_a_weight_whose_norm_overflows_is_one_sentence():
    network = network_of(np.full((8, 2), 1.7e308), np.ones((2, 8)), activation="tanh")
    with pytest.raises(InputError, match="the norm of a weight overflows float64; make"):
        search(network, ball(1e-10))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_network_that_is_none_is_one_sentence(value):
    network = network_of([[1.0, value], [0.0, 1.0]], np.eye(2), activation="tanh")
    with pytest.raises(InputError, match="a weight or a bias is not finite"):
        search(network, ball())
