"""Training along trajectories: what is predicted, by whom, and that members stay apart."""

import pytest
import torch
from torchdiffeq import odeint

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.flows.training_along_trajectories import followed_along_trajectories
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network

DURATION, SAMPLES = 4.0, 24
TIMES = torch.linspace(0, DURATION, SAMPLES + 1, dtype=torch.float64)
RK4 = {"method": "rk4"}


def circles(members):
    start = torch.tensor([[[0.5, 0.1]]], dtype=torch.float64)
    states = integrate(lambda _, x: StuartLandau()(x), start, TIMES, 1e-10, 1e-10)[:, 0, 0]
    return states.expand(members, -1, -1)


def networks(name="tanh", seeds=(0, 1), hidden=(8,)):
    return initialise(2, hidden, seeds, activation_named(name))


def unscaled(members):
    return torch.zeros(members, 2).double(), torch.ones(members, 2).double()


def follow(nets, data=None, inputs=None, **changed):
    members = len(nets[0].weights[0])
    settings = {
        "segment": 6,
        "optimiser": "Adam",
        "learning_rate": 0.02,
        "largest_gradient": 1.0,
        "steps": [0, 5],
        "solver": RK4,
    }
    data = circles(members) if data is None else data
    inputs = [unscaled(members)] * len(nets) if inputs is None else inputs
    return list(followed_along_trajectories(nets, inputs, data, DURATION, **settings | changed))


@pytest.mark.parametrize("segment", [1, 6, SAMPLES])
def test_the_loss_is_the_error_of_what_is_predicted_from_the_begin_of_each_segment(segment):
    net, data = networks(), circles(2)
    (first, *_) = follow([net], segment=segment)
    errors = []
    for begin in range(0, SAMPLES, segment):
        times = TIMES[: segment + 1]
        start = data[:, begin : begin + 1]
        predicted = odeint(lambda _, y: net(y), start, times, method="rk4")[1:, :, 0]
        errors.append((predicted.movedim(0, 1) - data[:, begin + 1 : begin + 1 + segment]) ** 2)
    expected = torch.cat(errors, dim=1).mean((1, 2))
    torch.testing.assert_close(first.losses[0], expected, rtol=1e-12, atol=1e-14)


def test_networks_learn_what_they_follow():
    steps = [0, 300]
    before, after = follow([networks(hidden=(16,))], steps=steps)
    assert (after.losses < 1e-2 * before.losses).all()


def test_members_and_kinds_are_trained_as_if_each_were_alone():
    together = follow([networks(), networks("silu")])[-1]
    for k, name in enumerate(("tanh", "silu")):
        for member, seed in enumerate((0, 1)):
            alone = follow([networks(name, [seed])])[-1].networks[0]
            for found, expected in zip(together.networks[k].weights, alone.weights, strict=True):
                torch.testing.assert_close(found[member], expected[0], rtol=1e-9, atol=1e-11)


def test_networks_are_handed_out_as_fields_of_the_coordinates():
    center, scale = torch.tensor([[-20.0, 0.2]] * 2), torch.tensor([[45.0, 0.25]] * 2)
    inputs = [(center.double(), scale.double())]
    net, y = networks(hidden=(8, 4)), circles(2)
    (first, last) = follow([net], inputs=inputs)
    seen = center.unsqueeze(1) + scale.unsqueeze(1) * y
    torch.testing.assert_close(first.networks[0](y), net(seen), rtol=1e-11, atol=1e-12)
    assert not torch.equal(last.networks[0].weights[0], first.networks[0].weights[0])


def test_a_network_that_explodes_leaves_the_others_alone_and_stays_finite():
    ordinary = networks("relu", [0, 1])
    growing = [[[50.0, 0.0], [0.0, 50.0], *[[0.0, 0.0]] * 6]]
    weights = torch.tensor(growing, dtype=torch.float64)
    both = Network(
        (
            torch.cat((ordinary.weights[0][:1], weights)),
            torch.cat((ordinary.weights[1][:1], 50 * weights.mT)),
        ),
        ordinary.biases,
        "relu",
    )
    first, last = follow([both], data=circles(2).abs(), segment=SAMPLES)
    assert not first.losses[0, 1].isfinite() or first.losses[0, 1] > 1e100
    assert all(layer.isfinite().all() for layer in last.networks[0].weights)
    alone = follow([ordinary[:1]], data=circles(1).abs(), segment=SAMPLES)[-1].networks[0]
    torch.testing.assert_close(last.networks[0].weights[0][0], alone.weights[0][0])


def test_a_gradient_is_shortened_to_its_limit():
    limit, rate = 1e-3, 0.1
    settings = {"optimiser": "SGD", "learning_rate": rate, "largest_gradient": limit}
    first, last = follow([networks()], steps=[0, 1], **settings)
    moved = [
        (after - before).flatten(1).square().sum(1)
        for part in ("weights", "biases")
        for before, after in zip(
            getattr(first.networks[0], part), getattr(last.networks[0], part), strict=True
        )
    ]
    length = torch.stack(moved).sum(0).sqrt()
    torch.testing.assert_close(length, torch.full_like(length, rate * limit))


def test_adaptive_steps_predict_what_fixed_ones_do():
    fixed = follow([networks()], steps=[0])[0].losses
    solver = {"method": "dopri5", "rtol": 1e-8, "atol": 1e-10}
    adaptive = follow([networks()], steps=[0], solver=solver)[0].losses
    torch.testing.assert_close(adaptive, fixed, rtol=1e-3, atol=1e-6)


def test_segments_that_do_not_divide_the_samples_are_refused():
    with pytest.raises(InputError, match=r"24 samples after the first .* segments of 7; choose"):
        follow([networks()], segment=7)
