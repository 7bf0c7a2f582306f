"""Orbits, multipliers, exponents and proofs of one field, in a few lines."""

import math

import pytest
import torch

import neural_spectra
from neural_spectra.errors import InputError
from users_networks import (
    EXAMPLES,
    gated,
    normalised_inputs,
    residual,
    roessler_neural_ode,
    sines,
    time_dependent,
    van_der_pol_neural_ode,
)
from van_der_pol import VanDerPol

pytestmark = pytest.mark.many_steps
STARTS = torch.tensor([[0.5, 0.0], [2.0, 1.0], [-1.0, -1.0]])
PERIOD = 6.66328686  # of van der Pol's oscillator with μ = 1


def test_orbit_and_multipliers_of_a_file_take_a_few_lines(tmp_path):
    path = tmp_path / "mine.safetensors"
    neural_spectra.export(van_der_pol_neural_ode(), path, EXAMPLES[van_der_pol_neural_ode])
    network = neural_spectra.read_network(path).network
    (orbit,) = neural_spectra.find_periodic_orbits(network, STARTS[1])
    assert orbit.period == pytest.approx(PERIOD, rel=5e-3)
    assert orbit.log_moduli[0].abs() < 1e-8
    assert orbit.log_moduli.sum() == pytest.approx(orbit.log_determinant, abs=1e-8)
    assert neural_spectra.certify(network, orbit).verdict == "proved"
    with pytest.raises(InputError, match="ODEFunc does not tell the ranges of its layers"):
        neural_spectra.certify(van_der_pol_neural_ode(), orbit)


@pytest.mark.parametrize(
    ("make", "clock"),
    [(residual, 1), (sines, 1), (gated, 2)],
)
def test_any_differentiable_module_has_orbits(make, clock):
    (orbit,) = neural_spectra.find_periodic_orbits(make(), STARTS[1])
    assert orbit.period == pytest.approx(clock * PERIOD, rel=1e-4)
    assert orbit.log_determinant == pytest.approx(-7.0589, rel=1e-3)


def test_states_may_be_in_other_units():
    (orbit,) = neural_spectra.find_periodic_orbits(normalised_inputs(), torch.tensor([-30.0, 5.0]))
    assert orbit.period == pytest.approx(PERIOD, rel=1e-4)
    assert orbit.states.shape == (512, 2)
    assert orbit.states.mean(0)[0].item() == pytest.approx(-40, abs=0.01)


def test_the_same_orbit_from_several_starts_is_one():
    assert len(neural_spectra.find_periodic_orbits(VanDerPol(), STARTS)) == 1


def test_two_orbits_are_two():
    def rings(y):  # r = 1 and r = 3 attract, r = 2 repels
        r = y.norm(dim=-1, keepdim=True)
        turned = torch.stack((-y[..., 1], y[..., 0]), -1)
        return turned - y * (r - 1) * (r - 2) * (r - 3)

    found = neural_spectra.find_periodic_orbits(rings, torch.tensor([[0.5, 0.0], [4.0, 0.0]]))
    assert sorted(round(orbit.states.norm(dim=-1).max().item(), 6) for orbit in found) == [1, 3]
    repelling = neural_spectra.floquet_multipliers(rings, torch.tensor([2.0, 0.0]), 2 * math.pi)
    # Of d(r')/dr = (r − 1)(r − 3) r = 2 there.
    assert repelling.log_modulus[0].item() == pytest.approx(4 * math.pi, rel=1e-9)


def test_where_nothing_closes_there_are_none():
    assert neural_spectra.find_periodic_orbits(lambda y: -y, STARTS) == []


def test_multipliers_far_from_an_orbit_are_refused():
    with pytest.raises(InputError, match="no periodic orbit was found near this state"):
        neural_spectra.floquet_multipliers(VanDerPol(), torch.tensor([0.01, 0.0]), 1.0)


def test_chaos_has_a_positive_exponent_one_at_zero_and_the_sum_of_the_divergence():
    start = torch.tensor([1.0, 1.0, 0.0])
    found = neural_spectra.lyapunov_exponents(roessler_neural_ode(), start, 300.0)
    assert found.mean[0].item() == pytest.approx(0.07, abs=0.03)
    assert found.mean[1].abs() < 0.02
    assert found.mean[2].item() == pytest.approx(-5.4, abs=0.6)
    assert (found.error < 0.5).all()


def test_exponents_of_a_linear_field_are_its_eigenvalues():
    matrix = torch.diag(torch.tensor([-1.0, -3.0], dtype=torch.float64))
    found = neural_spectra.lyapunov_exponents(lambda y: y @ matrix, torch.ones(2), 20.0)
    assert found.mean.tolist() == pytest.approx([-1, -3], rel=1e-3)


@pytest.mark.parametrize(
    ("f", "starts", "told"),
    [
        (time_dependent(), STARTS, "depends on the time"),
        ("tanh", STARTS, "str is no field"),
        (VanDerPol(), torch.zeros(2, 3), "states of 3 numbers do not fit a field of 2"),
        (VanDerPol(), torch.tensor([[math.nan, 0.0]]), "give finite ones"),
        (torch.nn.Linear(3, 3), STARTS, "fails on states of shape"),
    ],
)
def test_what_is_no_field_of_the_states_is_refused(f, starts, told):
    with pytest.raises(InputError, match=told):
        neural_spectra.find_periodic_orbits(f, starts)


def test_a_batch_of_networks_is_refused():
    W, b = torch.ones(3, 2, 2), torch.zeros(3, 2)
    batch = neural_spectra.Network((W, W), (b, b), "tanh")
    with pytest.raises(InputError, match="batch of fields; index it"):
        neural_spectra.find_periodic_orbits(batch, STARTS)
