"""Where a field is looked at, what is found there, and when a trajectory counts as closed."""

import math

import pytest
import torch
from fields_of_users import WithJacobian, fitted, linear, morris_lecar, van_der_pol

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.own.closed_orbits import closed_orbit_from
from neural_spectra.studies.own.equilibria import equilibria_of
from neural_spectra.studies.own.nearly_closed import loop_of
from neural_spectra.studies.own.where_to_look import place_of, spread_out

pytestmark = pytest.mark.many_steps


def place_for(field, states=None):
    return place_of(field, states, count=16, seed=0)


def test_the_first_layer_tells_the_units_of_the_states():
    place = place_for(fitted(morris_lecar, [-70.0, -0.1], [50.0, 0.7]))
    assert 15 < place.sizes[0] < 120
    assert 0.1 < place.sizes[1] < 0.8
    assert abs(place.centre[0] + 10) < 60


def test_a_change_of_units_changes_the_place_with_them():
    network = fitted(van_der_pol, [-3.0, -4.0], [3.0, 4.0])
    weights = network.weights[0] / torch.tensor([1000.0, 0.01]), network.weights[1]
    rescaled = Network(weights, network.biases, network.activation)
    ratio = place_for(rescaled).sizes / place_for(network).sizes
    assert ratio.tolist() == pytest.approx([1000.0, 0.01])


def test_given_states_are_among_the_starts_and_tell_the_sizes():
    field = WithJacobian(linear([-1.0, 0.0], [0.0, -1.0]), 2)
    states = torch.tensor([100.0, -3.0]) + torch.tensor([5.0, 0.1]) * spread_out(64, 2, 1)
    place = place_for(field, states)
    assert place.centre.tolist() == pytest.approx([100, -3], rel=1e-2)
    assert place.sizes.tolist() == pytest.approx([5 / math.sqrt(3), 0.1 / math.sqrt(3)], rel=0.05)
    assert sum(bool((states == start).all(-1).any()) for start in place.starts) == 8


def test_points_are_spread_over_the_box_and_the_same_each_time():
    points = spread_out(64, 3, 5)
    assert torch.equal(points, spread_out(64, 3, 5))
    assert points.abs().amax() <= 1
    assert points.mean(0).abs().amax() < 0.05


def test_all_equilibria_of_a_double_well_are_found_with_their_kinds():
    field = WithJacobian(lambda x: torch.stack([x[..., 1], x[..., 0] - x[..., 0] ** 3], -1), 2)
    place = place_for(field)
    found = equilibria_of(field, 2 * spread_out(64, 2, 0), place, reach=5.0)
    kinds = {tuple(round(x, 6) + 0.0 for x in rest.point.tolist()): rest.kind for rest in found}
    assert set(kinds) == {(0.0, 0.0), (1.0, 0.0), (-1.0, 0.0)}
    assert kinds[0.0, 0.0] == "saddle"
    assert kinds[1.0, 0.0].startswith("centre")


@pytest.mark.parametrize(
    ("rows", "kind", "stable"),
    [
        (([-1.0, 0.0], [0.0, -2.0]), "stable node", True),
        (([-0.1, 1.0], [-1.0, -0.1]), "stable focus", True),
        (([0.1, 1.0], [-1.0, 0.1]), "unstable focus", False),
        (([1.0, 0.0], [0.0, 2.0]), "unstable node", False),
        (([1.0, 0.0], [0.0, -1.0]), "saddle", False),
        (([0.0, 1.0], [-1.0, 0.0]), "centre, as far as the linearisation tells", None),
    ],
)
def test_an_equilibrium_is_called_by_its_eigenvalues(rows, kind, stable):
    field = WithJacobian(linear(*rows), 2)
    (rest,) = equilibria_of(field, spread_out(8, 2, 0), place_for(field), reach=5.0)
    assert (rest.kind, rest.stable) == (kind, stable)


def test_an_equilibrium_of_a_network_is_where_it_vanishes():
    weight = torch.tensor([[1.0, 0.5], [-0.3, 2.0], [0.7, -1.0]]).double()
    network = Network(
        (weight, torch.randn(2, 3, generator=torch.Generator().manual_seed(2)).double()),
        (torch.tensor([0.1, -0.4, 0.2]).double(), torch.tensor([0.05, -0.02]).double()),
        activation_named("tanh"),
    )
    place = place_for(network)
    for rest in equilibria_of(network, place.from_own(2 * spread_out(64, 2, 0)), place, 20.0):
        assert network(rest.point.unsqueeze(0)).abs().amax() < 1e-12


def spiral(decay, turns=3, noise=0.0):
    t = torch.linspace(0, 2 * math.pi * turns, 2048, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    path = torch.exp(-decay * t)[:, None] * torch.stack([t.cos(), 1000 * t.sin()], -1)
    return path + noise * torch.randn(2048, 2, generator=generator, dtype=torch.float64)


def test_a_trajectory_that_goes_round_twice_nearly_closes():
    assert loop_of(spiral(1e-4)) == pytest.approx(2047 / 3, abs=2)


@pytest.mark.parametrize(
    "path",
    [
        spiral(0.1),
        spiral(1e-4, turns=1.5),
        torch.linspace(0, 1, 2048, dtype=torch.float64)[:, None] * torch.ones(2).double(),
        torch.zeros(2048, 2, dtype=torch.float64),
        spiral(0.0).masked_fill(torch.arange(2048)[:, None] == 2000, torch.nan),
    ],
    ids=["spirals in", "goes round once", "goes straight", "rests", "escapes"],
)
def test_what_comes_back_too_far_or_only_once_does_not_close(path):
    assert loop_of(path) is None


def test_a_figure_of_eight_closes_after_both_loops():
    t = torch.linspace(0, 6 * math.pi, 2048, dtype=torch.float64) + 0.3
    assert loop_of(torch.stack([t.sin(), (2 * t).sin()], -1)) == pytest.approx(2047 / 3, abs=2)


def test_a_rough_guess_of_the_period_is_enough():
    field = WithJacobian(van_der_pol, 2)
    start = torch.tensor([2.0086198608748, 0.0]).double()
    orbit = closed_orbit_from(field, place_for(field), start, 6.6)
    assert orbit.period == pytest.approx(6.6632868593231, rel=1e-10)
    assert orbit.attracting is True
    assert not orbit.neutral
    assert orbit.amplitude[0].item() == pytest.approx(2.0086198608748, rel=1e-4)
    derivative = field(orbit.states)
    turned = (orbit.states.roll(-1, 0) - orbit.states.roll(1, 0)) / (2 * orbit.period / 512)
    assert (turned - derivative).abs().amax() < 1e-2
