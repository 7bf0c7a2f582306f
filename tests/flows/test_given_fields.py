"""A single field serves a whole batch; what is no field or does not fit is one sentence."""

import math

import pytest
import torch

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.errors import InputError
from neural_spectra.flows.close_returns import Search
from neural_spectra.flows.given_fields import as_field, checked_states
from neural_spectra.flows.lyapunov_of_flows import propagate_trajectory
from neural_spectra.flows.monodromy import liouville_quadrature, propagate_along, propagate_from
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.flows.shooting import find_periodic_orbits
from neural_spectra.networks.multilayer_perceptron import Network

AXES = ("batch", "starts", "dimension")
ONES = torch.ones(1, 2, dtype=torch.float64)


def oscillator(batch=0, dtype=torch.float64):
    """ẋ = A tanh x − 16 tanh(x/16), which has an attracting cycle: a batch of them, or one."""
    turn = torch.tensor([[2.0, -2.0], [2.0, 2.0]], dtype=dtype)
    one = torch.eye(2, dtype=dtype)
    layers = [torch.cat((one, one / 16)), torch.cat((turn, -16 * one), 1)]
    layers += [torch.zeros(4, dtype=dtype), torch.zeros(2, dtype=dtype)]
    if batch:
        layers = [tensor.expand(batch, *tensor.shape) for tensor in layers]
    return Network(tuple(layers[:2]), tuple(layers[2:]), ACTIVATIONS["tanh"])


def circle(t):
    return torch.stack((t.cos(), t.sin()), -1)


def test_one_network_serves_every_start_as_a_batch_of_it_does():
    starts = torch.tensor([[[1.0, 0.5]], [[-2.0, 1.0]]], dtype=torch.float64)
    alone, batch = (
        find_periodic_orbits(f, starts, Search()) for f in (oscillator(), oscillator(2))
    )
    assert batch.period.isfinite().all()
    assert torch.equal(alone.period, batch.period)
    assert torch.equal(alone.points, batch.points)


def test_a_network_in_float32_is_searched_in_float64():
    starts = torch.tensor([[[1.0, 0.5]]])
    short = find_periodic_orbits(oscillator(dtype=torch.float32), starts, Search())
    exact = find_periodic_orbits(oscillator(), starts.double(), Search())
    assert short.period.dtype == torch.float64
    assert short.period.item() == exact.period.item()
    assert short.shooting_defect.item() < 1e-10


def test_fields_of_any_kind_pass():
    for field in (StuartLandau(), oscillator(), oscillator(3)):
        assert as_field(field) is field


@pytest.mark.many_steps  # Types are not checked before.
@pytest.mark.parametrize(
    "use",
    [
        lambda field: find_periodic_orbits(field, ONES[None], Search()),
        lambda field: propagate_along(field, circle, math.tau, 4, 1e-6, 1e-6),
        lambda field: propagate_from(field, ONES, torch.ones(ONES.shape[:-1]).double(), 1e-6, 1e-6),
        lambda field: propagate_trajectory(field, ONES[0], 1.0, 4, 1e-6, 1e-6),
        lambda field: liouville_quadrature(field, circle, math.tau),
    ],
    ids=["search", "along", "from", "trajectory", "quadrature"],
)
@pytest.mark.parametrize("given", [torch.nn.Linear(2, 2), torch.tanh])
def test_a_module_or_a_function_is_told_what_to_wrap_it_in(use, given):
    with pytest.raises(InputError, match=r"is no vector field: .* wrap it as DifferentiableField"):
        use(given)


@pytest.mark.many_steps  # Shapes are not checked before.
@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2,), r"states of shape \(2,\) need the axes .*; missing: batch, starts$"),
        ((5, 2), r"need the axes \(batch, starts, dimension\); missing: batch$"),
        ((1, 1, 5, 2), r"need the axes \(batch, starts, dimension\)$"),
        ((1, 5, 3), "have 3 coordinates, but the field is one of dimension 2"),
        ((2, 5, 2), r"fields with the batch axes \(3,\) and states for 2 of them: give one batch"),
    ],
)
def test_states_that_do_not_fit_are_named_with_the_axis(shape, message):
    with pytest.raises(InputError, match=message):
        find_periodic_orbits(oscillator(3), torch.zeros(shape), Search())


def test_fields_with_two_batch_axes_are_one_sentence():
    network = oscillator(6)
    weights = tuple(tensor.unflatten(0, (3, 2)) for tensor in network.weights)
    biases = tuple(tensor.unflatten(0, (3, 2)) for tensor in network.biases)
    with pytest.raises(InputError, match=r"\(3, 2\) and states for 3 .*Network.flattened merges"):
        checked_states(Network(weights, biases, network.activation), torch.zeros(3, 1, 2), AXES)
