"""Training that is looked at while it goes on, against torch's own modules and autograd."""

from dataclasses import replace

import pytest
import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.networks.gradient_descent import OPTIMISERS, followed, stopped_at
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.training import mean_squared_error

START = initialise(2, [5, 4], [3, 4], activation_named("tanh"))
POINTS = torch.linspace(-1, 1, 24, dtype=torch.float64).reshape(12, 2)
TARGETS = POINTS.flip(-1) ** 2


@pytest.mark.parametrize("optimiser", ["Adam", "SGD"])
def test_each_seed_is_trained_as_torch_trains_a_module_of_its_own(optimiser):
    last = list(
        followed(START, POINTS, TARGETS, optimiser=optimiser, learning_rate=0.05, steps=[0, 7])
    )[-1]
    for seed in range(2):
        layers = []
        for weight, bias in zip(START.weights, START.biases, strict=True):
            linear = torch.nn.Linear(*weight.shape[:0:-1], dtype=torch.float64)
            linear.load_state_dict({"weight": weight[seed], "bias": bias[seed]})
            layers += [linear, torch.nn.Tanh()]
        module = torch.nn.Sequential(*layers[:-1])
        descent = OPTIMISERS[optimiser](module.parameters(), lr=0.05)
        for _ in range(7):
            descent.zero_grad()
            (module(POINTS) - TARGETS).square().mean().backward()
            descent.step()
        torch.testing.assert_close(last.network[seed](POINTS), module(POINTS).detach())


def test_losses_and_gradients_are_those_of_the_networks_handed_out():
    for checkpoint in followed(
        START, POINTS, TARGETS, optimiser="SGD", learning_rate=0.1, steps=[0, 3, 9]
    ):
        network = checkpoint.network
        losses = mean_squared_error(network, POINTS, TARGETS)
        torch.testing.assert_close(checkpoint.losses, losses)
        # A step of SGD goes down the gradient.
        beyond = list(
            followed(network, POINTS, TARGETS, optimiser="SGD", learning_rate=1e-6, steps=[0, 1])
        )[-1]
        moved = zip(
            (*network.weights, *network.biases),
            (*beyond.network.weights, *beyond.network.biases),
            strict=True,
        )
        squares = sum((new - old).square().flatten(1).sum(-1) for old, new in moved)
        torch.testing.assert_close(
            checkpoint.gradient_norms, squares.sqrt() / 1e-6, rtol=1e-6, atol=0
        )


def test_the_networks_are_handed_out_after_the_steps_asked_for():
    steps = [0, 2, 5]
    found = followed(START, POINTS, TARGETS, optimiser="Adam", learning_rate=0.1, steps=steps)
    assert [checkpoint.step for checkpoint in found] == steps


def test_a_divergence_is_told_with_the_learning_rate():
    with pytest.raises(InputError, match="SGD diverged at learning rate 1e\\+300 before step 9"):
        list(followed(START, POINTS, TARGETS, optimiser="SGD", learning_rate=1e300, steps=[0, 9]))


def test_the_steepness_is_trained_as_a_parameter_of_its_own():
    first, last = followed(
        START, POINTS, TARGETS, optimiser="SGD", learning_rate=0.1, steps=[0, 1], steepness=2.0
    )
    assert (first.steepness == 2).all()
    torch.testing.assert_close(first.network.weights[0], 2 * START.weights[0])
    torch.testing.assert_close(first.network.weights[-1], START.weights[-1])

    def loss(beta):
        h = POINTS
        for k, (weight, bias) in enumerate(zip(START.weights, START.biases, strict=True)):
            h = h @ weight.mT + bias.unsqueeze(-2)
            h = torch.tanh(beta[:, k, None, None] * h) if k < 2 else h
        return (h - TARGETS).square().mean((-2, -1)).sum()

    gradient = torch.func.grad(loss)(first.steepness)
    torch.testing.assert_close(last.steepness, first.steepness - 0.1 * gradient)


def test_each_seed_stops_at_the_first_checkpoint_at_the_target():
    steps = [0, 2, 4, 6, 8, 10]
    found = list(
        followed(START, POINTS, TARGETS, optimiser="Adam", learning_rate=0.05, steps=steps)
    )
    losses = torch.stack([checkpoint.losses for checkpoint in found])
    target = float(losses[2, 0] + losses[3, 0]) / 2
    stopped = stopped_at(found, target)
    for seed in range(2):
        below = (losses[:, seed] <= target).nonzero().flatten().tolist()
        first = below[0] if below else len(steps) - 1
        assert stopped.steps[seed] == steps[first]
        assert stopped.losses[seed] == losses[first, seed]
        weights = zip(stopped.network.weights, found[first].network.weights, strict=True)
        assert all(torch.equal(taken[seed], there[seed]) for taken, there in weights)


def test_no_more_checkpoints_are_taken_once_all_seeds_have_stopped():
    training = followed(
        START, POINTS, TARGETS, optimiser="Adam", learning_rate=0.05, steps=range(10_000)
    )
    assert (stopped_at(training, 1e9).steps == 0).all()
    assert next(training).step == 1


def test_training_without_a_checkpoint_stops_nowhere():
    with pytest.raises(InputError, match="without a checkpoint"):
        stopped_at([], 1.0)


def test_a_projection_holds_before_the_first_step_and_after_each():
    def clamped(network):
        return replace(network, weights=tuple(w.clamp(-0.1, 0.1) for w in network.weights))

    checkpoints = list(
        followed(
            START,
            POINTS,
            TARGETS,
            optimiser="SGD",
            learning_rate=0.1,
            steps=[0, 1, 5],
            projection=clamped,
        )
    )
    for checkpoint in checkpoints:
        assert max(w.abs().max() for w in checkpoint.network.weights) <= 0.1
    # The first step, by hand.
    first, after = checkpoints[0].network, checkpoints[1].network
    (*_, free) = followed(first, POINTS, TARGETS, optimiser="SGD", learning_rate=0.1, steps=[0, 1])
    torch.testing.assert_close(after.weights[0], free.network.weights[0].clamp(-0.1, 0.1))
    torch.testing.assert_close(after.biases[0], free.network.biases[0])
