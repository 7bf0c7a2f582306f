"""Proofs about flows whose closed orbits are known, and what is said where there is no proof."""

import math

import pytest
import torch

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds.annuli import is_embedded
from neural_spectra.bounds.planar_proofs import attracting_cycle, no_closed_orbit
from neural_spectra.bounds.regions import Ball, Box
from neural_spectra.errors import InputError
from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.integration import simulate
from neural_spectra.flows.shooting import find_periodic_orbits
from neural_spectra.networks.initialisation import initialise, sample_ball
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.training import fit_readout

pytestmark = pytest.mark.many_steps
SEARCH = Search(window=8.0, rtol=1e-11, atol=1e-11)


def fitted(field, radius, units=256, activation="tanh", ridge=1e-9):
    """Return a network whose readout is fitted to a vector field on a disc."""
    points = sample_ball(1500, 2, radius, torch.Generator().manual_seed(0))
    network = initialise(2, [units], [0], ACTIVATIONS[activation]).scaled([2.0])[:, 0]
    return fit_readout(network, points, field(points), ridge)


def stuart_landau(x):
    a, b = x.unbind(-1)
    r = a**2 + b**2
    return torch.stack([a - b - r * a, a + b - r * b], -1)


def van_der_pol(x):
    a, b = x.unbind(-1)
    return torch.stack([b, 1.5 * (1 - a**2) * b - a], -1)


def orbit_of(network, start, count):
    """Return states over one period, the period and ln det M, as the search finds them."""
    found = find_periodic_orbits(network, torch.tensor([[start]]).double(), SEARCH)
    assert found.status.item() == Status.ORBIT
    period = found.period.item()
    path = simulate(network[0], found.points[0, :1], period, period / count)
    return path[:count, 0], period, found.propagators.log_determinant.item()


@pytest.fixture(scope="module")
def oscillator():
    network = fitted(stuart_landau, 1.5)
    return network[0], *orbit_of(network, [1.0, 0.0], 512)


def reversed_flow(network):
    return Network(
        (network.weights[0], -network.weights[1]),
        (network.biases[0], -network.biases[1]),
        network.activation,
    )


def test_one_attracting_cycle_is_proved_with_intervals_that_hold_what_shooting_finds(oscillator):
    network, states, period, log_determinant = oscillator
    found = attracting_cycle(network, states, period)
    assert found.verdict == "proved"
    assert found.period[0] < period < found.period[1] < 1.04 * found.period[0]
    low, high = found.log_determinant
    assert low < log_determinant < high < low + 1.5
    assert min(found.margins.values()) > 0
    assert is_embedded(found.annulus)


def test_a_larger_budget_sharpens_the_intervals(oscillator):
    network, states, period, _ = oscillator
    rough, sharp = (attracting_cycle(network, states, period, 2**p) for p in (13, 16))
    assert rough.period[0] < sharp.period[0] < sharp.period[1] < rough.period[1]
    assert sharp.period[1] < 1.01 * sharp.period[0]
    assert rough.log_determinant[0] < sharp.log_determinant[0]
    assert sharp.log_determinant[1] < rough.log_determinant[1]


def test_solutions_that_start_anywhere_in_the_annulus_stay_in_it(oscillator):
    network, states, period, _ = oscillator
    annulus = attracting_cycle(network, states, period).annulus
    for curve, other in ((annulus.left, annulus.right), (annulus.right, annulus.left)):
        x = simulate(network, 0.999 * curve + 0.001 * other, 3 * period, 0.01)[-1]
        radii = torch.linalg.vector_norm(x, dim=-1)
        assert (radii > torch.linalg.vector_norm(annulus.left, dim=-1).amin()).all()
        assert (radii < torch.linalg.vector_norm(annulus.right, dim=-1).amax()).all()


@pytest.mark.parametrize("activation", ["silu", "softplus"])
def test_other_activations_keep_a_proved_cycle_too(activation):
    network = fitted(stuart_landau, 1.5, activation=activation)
    states, period, _ = orbit_of(network, [1.0, 0.0], 512)
    assert attracting_cycle(network[0], states, period).verdict == "proved"


def test_a_cycle_that_is_traversed_clockwise_is_proved(oscillator):
    network, states, period, _ = oscillator
    mirror = torch.tensor([[1.0, 0.0], [0.0, -1.0]]).double()
    mirrored = Network(
        (network.weights[0] @ mirror, mirror @ network.weights[1]),
        (network.biases[0], mirror @ network.biases[1]),
        network.activation,
    )
    assert attracting_cycle(mirrored, states @ mirror, period).verdict == "proved"


def test_a_relaxation_oscillation_on_which_the_divergence_changes_its_sign_is_proved():
    network = fitted(van_der_pol, 4.5, units=300)
    states, period, log_determinant = orbit_of(network, [2.0, 0.0], 512)
    trace = network[0].jacobian(states).diagonal(dim1=-2, dim2=-1).sum(-1)
    assert trace.amin() < 0 < trace.amax()
    found = attracting_cycle(network[0], states, period)
    assert found.verdict == "proved"
    assert found.log_determinant[0] < log_determinant < found.log_determinant[1]


def test_a_repelling_cycle_is_refused(oscillator):
    network, states, period, _ = oscillator
    found = attracting_cycle(reversed_flow(network), states.flip(0), period)
    assert found.verdict == "refused"
    assert "does not attract" in found.reason


def centre():
    eye = torch.eye(2, dtype=torch.float64)
    zero = torch.zeros(2, dtype=torch.float64)
    turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]], dtype=torch.float64)
    return Network((eye, turn), (zero, zero), ACTIVATIONS["identity"])


def circle(count, radius=1.0):
    angle = 2 * math.pi * torch.arange(count, dtype=torch.float64) / count
    return radius * torch.stack([angle.cos(), angle.sin()], -1)


def test_an_orbit_of_a_family_is_refused():
    assert attracting_cycle(centre(), circle(256), 2 * math.pi).verdict == "refused"


@pytest.mark.parametrize("activation", ["relu", "elu"])
def test_kinks_do_not_stand_in_the_way_of_a_proof(activation):
    network = fitted(stuart_landau, 1.5, activation=activation)
    found = attracting_cycle(network[0], circle(512), 2 * math.pi)
    assert found.verdict == "proved"


def test_a_curve_that_is_no_orbit_gets_no_proof(oscillator):
    network, _, period, _ = oscillator
    found = attracting_cycle(network, circle(512, 1.4), period)
    assert found.verdict in {"refused", "undecided"}
    assert all(map(math.isnan, found.period))


def test_a_budget_that_is_spent_leaves_it_undecided_and_says_what_to_do(oscillator):
    network, states, period, _ = oscillator
    found = attracting_cycle(network, states, period, budget=100)
    assert found.verdict == "undecided"
    assert "give a larger budget" in found.reason


def test_states_that_do_not_close_are_refused_in_one_sentence(oscillator):
    network, states, period, _ = oscillator
    with pytest.raises(InputError, match="do not go once round a closed orbit"):
        attracting_cycle(network, states[:256], period)


@pytest.mark.parametrize("count", [32, 100])
def test_other_numbers_of_states_are_refused(oscillator, count):
    network, _, period, _ = oscillator
    with pytest.raises(InputError, match="64 or a larger power of two"):
        attracting_cycle(network, circle(count), period)


def test_few_states_are_interpolated(oscillator):
    network, states, period, _ = oscillator
    assert attracting_cycle(network, states[::8], period).verdict == "proved"


def test_a_flow_that_drifts_has_no_closed_orbit():
    network = fitted(lambda x: torch.stack([1 + 0 * x[:, 0], x[:, 0]], -1), 1.5)
    found = no_closed_orbit(network[0], Ball(torch.zeros(2).double(), 1.0))
    assert found.verdict == "proved"
    assert found.margins["speed"] > 0.9


def test_bendixsons_criterion_serves_where_there_is_an_equilibrium():
    network = fitted(lambda x: -x, 1.5)
    box = Box(torch.tensor([-1.0, -1.0]).double(), torch.tensor([1.0, 1.0]).double())
    found = no_closed_orbit(network[0], box)
    assert found.verdict == "proved"
    assert "divergence" in found.reason


def test_an_equilibrium_with_a_divergence_of_both_signs_is_refused(oscillator):
    found = no_closed_orbit(oscillator[0], Ball(torch.zeros(2).double(), 1.5))
    assert found.verdict == "refused"
    assert "there is an equilibrium at" in found.reason


def test_batches_and_other_dimensions_are_refused(oscillator):
    network, states, period, _ = oscillator
    with pytest.raises(InputError, match="a single network of dimension 2"):
        attracting_cycle(network.scaled([1.0, 2.0]), states, period)
    solid = initialise(3, [8], [0], ACTIVATIONS["tanh"])[0]
    with pytest.raises(InputError, match="a single network of dimension 2"):
        no_closed_orbit(solid, Ball(torch.zeros(3).double(), 1.0))
