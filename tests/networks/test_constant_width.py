"""Deep networks of constant width: what they compute, how they are drawn, whether they learn."""

import math

import pytest
import torch

from neural_spectra.errors import InputError
from neural_spectra.networks.constant_width import ConstantWidth, draw_constant_width, learn

X = torch.linspace(-1, 1, 24, dtype=torch.float64).reshape(8, 3) ** 3
Y = X.roll(-1, -1)


def drawn(depth=2, gains=(0.5, 1.0), seeds=(0, 1), activation="tanh", skip=False):
    return draw_constant_width(depth, 3, gains, seeds, activation=activation, skip=skip)


def learnt(networks, x=X, y=Y, rates=(0.05,), steps=30, target=0.0):
    return learn(networks, x, y, learning_rates=rates, steps=steps, target=target)


def module_of(networks, k):
    """Return PyTorch's network of the k-th of plain ones."""
    layers = []
    for weight, bias in zip(networks.weights[:, k], networks.biases[:, k], strict=True):
        linear = torch.nn.Linear(3, 3, dtype=torch.float64)
        linear.load_state_dict({"weight": weight, "bias": bias})
        layers += [linear, torch.nn.Tanh()]
    return torch.nn.Sequential(*layers[:-1])


def test_a_layer_acts_on_the_state_and_a_skip_connection_adds_it():
    a, c = torch.tensor([[2.0, 0.0], [1.0, -1.0]]).double(), torch.tensor([0.5, 0.0]).double()
    b, d = torch.tensor([[1.0, 3.0], [0.0, 1.0]]).double(), torch.tensor([0.0, 1.0]).double()
    weights, biases = torch.stack([a, b]).unsqueeze(1), torch.stack([c, d]).unsqueeze(1)
    x = torch.tensor([[1.0, -2.0]]).double()
    hidden = torch.tensor([2.5, 3.0]).double()  # relu(A x + c)
    plain = ConstantWidth(weights, biases, "relu", skip=False)
    skipping = ConstantWidth(weights, biases, "relu", skip=True)
    torch.testing.assert_close(plain(x)[0, 0], b @ hidden + d)
    torch.testing.assert_close(skipping(x)[0, 0], b @ (hidden + x[0]) + d)


def test_a_seed_has_the_same_draws_for_all_gains_and_whatever_other_seeds():
    networks = drawn()
    halves, wholes = networks.weights[:, :2], networks.weights[:, 2:]
    torch.testing.assert_close(halves, wholes / 2)
    assert torch.equal(drawn(seeds=[1]).weights, networks.weights[:, [1, 3]])
    assert (networks.biases == 0).all()


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_at_the_gain_1_signals_neither_grow_nor_fade_on_average(activation):
    width = 64
    networks = draw_constant_width(
        12, width, [0.8, 1.0, 1.25], range(10), activation=activation, skip=False
    )
    x = 0.01 * torch.randn(20, width, generator=torch.Generator().manual_seed(0)).double()
    sizes = networks(x).square().mean((-2, -1)).reshape(3, 10).median(-1).values
    # The last layer, which is linear, gives ReLU's factor of 2 once more.
    unit = x.square().mean() * (2 if activation == "relu" else 1)
    assert 0.3 < sizes[1] / unit < 2
    assert sizes[0] < 0.01 * sizes[1] < 0.01 * sizes[2]


def test_an_activation_without_a_known_gain_is_refused():
    with pytest.raises(InputError, match="unknown activation of known gain 'silu'"):
        drawn(activation="silu")


def test_each_network_is_trained_as_torch_trains_a_module_of_its_own():
    networks = drawn()
    learning = learnt(networks)
    for k in range(4):
        module, losses = module_of(networks, k), []
        descent = torch.optim.Adam(module.parameters(), lr=0.05)
        for _ in range(31):
            descent.zero_grad()
            loss = (module(X) - Y).square().mean()
            losses.append(loss.item())
            loss.backward()
            descent.step()
        assert learning.losses[k].item() == pytest.approx(min(losses), rel=1e-9)
        assert learning.steps[k] == losses.index(min(losses))


def test_the_networks_given_stay_as_they_are():
    networks = drawn()
    before = networks.weights.clone()
    learnt(networks)
    assert torch.equal(networks.weights, before)
    assert not networks.weights.requires_grad


def test_each_learning_rate_starts_again_and_the_smallest_loss_counts():
    networks = drawn(skip=True)
    both = learnt(networks, rates=(0.001, 0.05))
    slow, fast = learnt(networks, rates=(0.001,)), learnt(networks, rates=(0.05,))
    assert torch.equal(both.losses, torch.minimum(slow.losses, fast.losses))
    assert torch.equal(both.learning_rates == 0.05, fast.losses < slow.losses)


def test_a_network_at_the_target_is_not_tried_again_and_tells_when_it_got_there():
    networks = drawn(seeds=range(4))
    alone = learnt(networks)
    target = alone.losses.median().item()
    found = learnt(networks, rates=(0.05, 0.0001), target=target)
    met = found.losses <= target
    assert torch.equal(met, alone.losses <= target)
    assert (found.learning_rates[met] == 0.05).all()
    # A network that goes on while it waits for others has no better loss for that.
    assert (found.losses[met] >= alone.losses[met]).all()
    assert (found.steps[met] <= alone.steps[met]).all()


def test_a_loss_that_explodes_in_training_does_not_count():
    learning = learnt(drawn(depth=8, activation="relu", skip=True), rates=(1e60,), steps=4)
    assert learning.losses.isfinite().all()
    assert (learning.steps == 0).all()


def test_a_loss_that_is_infinite_before_training_is_a_mistake():
    networks = drawn(gains=[1e200], activation="relu")
    with pytest.raises(InputError, match="the loss before training is not finite"):
        learnt(networks)


def test_the_weights_of_tanh_have_the_variance_one_over_width():
    deviation = drawn(seeds=range(400), gains=[1.0]).weights.std().item()
    assert deviation == pytest.approx(1 / math.sqrt(3), rel=0.03)
