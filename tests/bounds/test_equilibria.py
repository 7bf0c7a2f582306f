"""Equilibria of flows that are known by hand."""

import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.bounds.equilibria import equilibrium_in, newton
from neural_spectra.bounds.regions import Ball, Box
from neural_spectra.networks.multilayer_perceptron import Network

EYE, ORIGIN = torch.eye(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
# f(x) = tanh(x − (1, 2)), entry by entry.
PLACE = torch.tensor([1.0, 2.0], dtype=torch.float64)
NETWORK = Network((EYE, EYE), (-PLACE, ORIGIN), activation_named("tanh"))


def test_newtons_method_leads_to_the_equilibrium_from_nearby():
    torch.testing.assert_close(newton(NETWORK, PLACE + 0.3 * torch.ones(1, 2)), PLACE[None])


def test_an_equilibrium_is_found_in_a_region_that_holds_it():
    for region in (Ball(ORIGIN, 2.5), Box(ORIGIN, 3 * torch.ones(2, dtype=torch.float64))):
        torch.testing.assert_close(equilibrium_in(NETWORK, region), PLACE)


def test_none_is_found_in_a_region_that_it_lies_beside():
    for region in (Ball(ORIGIN, 2.2), Box(ORIGIN, 1.9 * torch.ones(2, dtype=torch.float64))):
        assert equilibrium_in(NETWORK, region) is None
