"""Networks of a neuron as a family over its current."""

from dataclasses import replace

import pytest
import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.flows.homoclinic_connections import find_connection
from neural_spectra.flows.networks_under_currents import UnderCurrents
from neural_spectra.networks.initialisation import initialise, sample_ball


def family_and_points():
    network = initialise(2, [7], [0], activation_named("tanh"))[0]
    points = sample_ball(5, 3, 1.0, torch.Generator().manual_seed(0))
    return UnderCurrents(network, capacitance=20.0), points


def test_the_family_and_its_members_are_the_same_fields():
    family, points = family_and_points()
    velocities = family(points)
    members = family.under(points[:, 2])
    alone = members(points[:, :2].unsqueeze(1)).squeeze(1)
    torch.testing.assert_close(velocities[:, :2], alone, rtol=1e-14, atol=1e-15)
    assert (velocities[:, 2] == 0).all()


def test_the_jacobian_of_the_family_is_its_derivative():
    family, points = family_and_points()
    value, jacobian = family.value_and_jacobian(points)
    torch.testing.assert_close(value, family(points), rtol=0, atol=0)
    step = 1e-6
    for k in range(3):
        shift = step * torch.eye(3, dtype=torch.float64)[k]
        difference = (family(points + shift) - family(points - shift)) / (2 * step)
        torch.testing.assert_close(jacobian[..., k], difference, rtol=1e-7, atol=1e-9)


def test_without_more_current_it_is_the_network_itself():
    family, points = family_and_points()
    there = torch.nn.functional.pad(points[:, :2], (0, 1))
    torch.testing.assert_close(family(there)[:, :2], family.network(points[:, :2]))


def test_a_network_without_a_saddle_where_it_is_guessed_is_refused_in_a_sentence():
    family, _ = family_and_points()
    flat = replace(family.network, weights=tuple(0 * weight for weight in family.network.weights))
    two = torch.ones(2, dtype=torch.float64)
    with pytest.raises(InputError, match=r"no equilibrium near .*: guess the saddle better"):
        find_connection(replace(family, network=flat), two, (-1.0, 1.0), two)
