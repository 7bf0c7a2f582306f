"""Trainers are held against second methods: autograd, torch's own optimiser, least squares."""

import math

import pytest
import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.initialisation import (
    initialise,
    margin_for_saturation,
    sample_ball,
    shift_bias,
    with_first_bias,
)
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.training import adam, fit_readout, lbfgs, levenberg_marquardt

FIELD = StuartLandau()
TANH = activation_named("tanh")
POINTS = sample_ball(96, 2, 1.5, torch.Generator().manual_seed(0))
TARGETS = FIELD(POINTS)


def untrained(*widths, seeds=(0, 1), activation=TANH):
    return initialise(2, list(widths), seeds, activation)


def tensors(network):
    return (*network.weights, *network.biases)


def assert_same_networks(first, second, rtol):
    for one, other in zip(tensors(first), tensors(second), strict=True):
        torch.testing.assert_close(one, other, rtol=rtol, atol=rtol)


def loss(network, points=POINTS, targets=TARGETS):
    return (network(points) - targets).square().mean((-2, -1))


def log_determinant(network, points=2000):
    """∮ tr Df dt over the circle r = 1, T = 2π, by the trapezoid rule."""
    angle = 2 * math.pi * torch.arange(points, dtype=torch.float64) / points
    divergence = network.jacobian(FIELD.orbit(angle)).diagonal(dim1=-2, dim2=-1).sum(-1)
    return 2 * math.pi * divergence.mean(-1)


# ---- readout


def test_the_readout_is_stationary_for_the_objective_it_states():
    ridge = 1e-3
    network = fit_readout(untrained(20), POINTS, TARGETS, ridge)
    weight, bias = (
        tensor[-1].clone().requires_grad_() for tensor in (network.weights, network.biases)
    )
    fitted = Network((network.weights[0], weight), (network.biases[0], bias), TANH)
    misfit = (fitted(POINTS) - TARGETS).square().sum((-2, -1)) / len(POINTS)
    objective = misfit + ridge * weight.square().sum((-2, -1))
    gradients = torch.autograd.grad(objective.sum(), (weight, bias))
    assert max(gradient.abs().max() for gradient in gradients) < 1e-12


def test_the_readout_keeps_all_hidden_layers():
    network = untrained(6, 5)
    fitted = fit_readout(network, POINTS, TARGETS, ridge=1e-4)
    assert fitted.weights[:2] == network.weights[:2]
    assert fitted.biases[:2] == network.biases[:2]


def test_a_constant_added_to_the_targets_moves_only_the_readout_bias():
    shift = torch.tensor([100.0, -30.0], dtype=torch.float64)
    fitted = fit_readout(untrained(20), POINTS, TARGETS, ridge=1.0)
    moved = fit_readout(untrained(20), POINTS, TARGETS + shift, ridge=1.0)
    torch.testing.assert_close(moved.weights[1], fitted.weights[1], rtol=0, atol=1e-12)
    torch.testing.assert_close(moved.biases[1], fitted.biases[1] + shift, rtol=0, atol=1e-12)


def test_without_ridge_a_readout_is_recovered_from_ill_conditioned_features():
    network = untrained(24, seeds=[0])
    features = TANH.function(network.pre_activations(POINTS)[0][0])
    assert torch.linalg.cond(features - features.mean(0)) > 1e6  # normal equations: error 3e-6
    fitted = fit_readout(network, POINTS, network(POINTS)[0], ridge=0.0)
    assert_same_networks(fitted, network, rtol=1e-9)


@pytest.mark.parametrize(
    ("ridge", "lowest", "highest"), [(1e-5, 2.4e-6, 2.9e-6), (1e-3, 3e-5, 1e-4)]
)
def test_a_shifted_network_attracts_at_scale_1_and_hardly_at_scale_4(ridge, lowest, highest):
    points = sample_ball(512, 2, 1.5, torch.Generator().manual_seed(0))
    network = untrained(256)
    bias = shift_bias(network.weights[0], margin_for_saturation(TANH, 0.53), 1.0)
    network = with_first_bias(network, bias)
    fitted = fit_readout(network, points, FIELD(points), ridge)
    scaled = fitted.scaled(torch.tensor([1.0, 4.0], dtype=torch.float64))
    at_1, at_4 = log_determinant(scaled).exp().unbind(-1)
    assert ((lowest < at_1) & (at_1 < highest)).all()
    assert ((at_4 > 0.83) & (at_4 < 0.9)).all()


@pytest.mark.parametrize("ridge", [-1e-3, math.inf, math.nan])
def test_a_ridge_that_is_no_penalty_is_refused(ridge):
    with pytest.raises(InputError, match="ridge"):
        fit_readout(untrained(4), POINTS, TARGETS, ridge)


# ---- Levenberg–Marquardt


@pytest.mark.parametrize("widths", [(5,), (4, 3), (3, 4, 3)], ids=str)
@pytest.mark.parametrize("name", ["tanh", "silu"])
def test_the_gradient_agrees_with_automatic_differentiation(widths, name):
    network = untrained(*widths, activation=activation_named(name))
    training = levenberg_marquardt(network, POINTS, TARGETS, steps=2)
    leaves = [tensor.clone().requires_grad_() for tensor in tensors(training.final)]
    half = len(leaves) // 2
    final = Network(tuple(leaves[:half]), tuple(leaves[half:]), network.activation)
    gradients = torch.autograd.grad(loss(final).sum(), leaves)
    norms = torch.stack([g.flatten(1).square().sum(-1) for g in gradients]).sum(0).sqrt()
    torch.testing.assert_close(training.gradient_norms, norms, rtol=1e-10, atol=1e-14)


def test_a_network_that_can_fit_exactly_converges_to_rounding():
    teacher = untrained(3, seeds=[7])
    training = levenberg_marquardt(untrained(3), POINTS, teacher(POINTS)[0], steps=200)
    assert training.losses[-1].min() < 1e-28
    assert training.gradient_norms.max() < 1e-7


def test_the_loss_never_rises():
    training = levenberg_marquardt(untrained(8), POINTS, TARGETS, steps=30)
    assert (training.losses.diff(dim=0) <= 0).all()
    torch.testing.assert_close(training.losses[-1], loss(training.final), rtol=1e-12, atol=0)


def test_each_seed_stops_at_the_first_loss_on_target():
    training = levenberg_marquardt(
        untrained(16, seeds=range(4)), POINTS, TARGETS, steps=60, target=1e-3
    )
    steps = training.steps
    assert len(set(steps.tolist())) > 1
    assert (training.losses[-1] <= 1e-3).all()
    assert (training.losses[steps - 1, torch.arange(4)] > 1e-3).all()
    assert torch.equal(training.losses[steps, torch.arange(4)], training.losses[-1])


def test_halfway_is_where_half_of_a_seeds_steps_end():
    network = untrained(16, seeds=range(4))
    training = levenberg_marquardt(network, POINTS, TARGETS, steps=60, target=1e-3)
    for seed, steps in enumerate(training.steps.tolist()):
        one = network[seed : seed + 1]
        shorter = levenberg_marquardt(one, POINTS, TARGETS, steps=steps // 2)
        assert_same_networks(training.halfway[seed : seed + 1], shorter.final, rtol=1e-9)


def test_a_network_already_on_target_is_left_alone():
    network = untrained(4)
    training = levenberg_marquardt(network, POINTS, TARGETS, steps=5, target=1e3)
    assert training.steps.tolist() == [0, 0]
    assert_same_networks(training.final, network, rtol=0)


def test_rounding_errors_hardly_grow():
    network = untrained(32, seeds=range(4))
    nudged = Network(
        tuple(weight * (1 + 1e-14) for weight in network.weights), network.biases, TANH
    )
    first, second = (
        levenberg_marquardt(start, POINTS, TARGETS, steps=20) for start in (network, nudged)
    )
    assert_same_networks(first.final, second.final, rtol=1e-9)


def test_free_networks_learn_the_limit_cycles_contraction():
    points = sample_ball(256, 2, 1.5, torch.Generator().manual_seed(0))
    network = untrained(32, seeds=range(4))
    training = levenberg_marquardt(network, points, FIELD(points), steps=60, target=1e-5)
    assert (training.losses[-1] <= 1e-5).all()
    assert (log_determinant(training.final) + 4 * math.pi).abs().max() < 0.3


# ---- Adam


def test_adam_is_torchs_adam_on_every_seed():
    training = adam(untrained(6), POINTS, TARGETS, steps=50, learning_rate=0.02)
    for row in range(2):
        with torch.random.fork_rng():
            torch.manual_seed(row)
            model = torch.nn.Sequential(
                torch.nn.Linear(2, 6, dtype=torch.float64),
                torch.nn.Tanh(),
                torch.nn.Linear(6, 2, dtype=torch.float64),
            )
        optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, 50)
        for _ in range(50):
            optimiser.zero_grad()
            torch.nn.functional.mse_loss(model(POINTS), TARGETS).backward()
            optimiser.step()
            schedule.step()
        for k, layer in enumerate((model[0], model[2])):
            torch.testing.assert_close(
                training.final.weights[k][row], layer.weight.data, rtol=1e-8, atol=1e-10
            )
            torch.testing.assert_close(
                training.final.biases[k][row], layer.bias.data, rtol=1e-8, atol=1e-10
            )


def test_adam_reports_every_loss_and_the_networks_they_belong_to():
    network = untrained(6)
    training = adam(network, POINTS, TARGETS, steps=11, learning_rate=0.02)
    assert len(training.losses) == 12
    for row, trained in ((0, training.initial), (5, training.halfway), (11, training.final)):
        torch.testing.assert_close(training.losses[row], loss(trained), rtol=1e-12, atol=0)


def test_adam_with_too_large_a_learning_rate_is_refused():
    with pytest.raises(InputError, match="smaller learning rate"):
        adam(untrained(4), POINTS, TARGETS, steps=3, learning_rate=1e200)


# ---- both


def second_order(network, points=POINTS, targets=TARGETS, steps=15):
    return levenberg_marquardt(network, points, targets, steps=steps)


def first_order(network, points=POINTS, targets=TARGETS, steps=15):
    return adam(network, points, targets, steps=steps, learning_rate=0.01)


both = pytest.mark.parametrize("train", [second_order, first_order])


@both
def test_a_seed_does_not_depend_on_the_others(train):
    together = train(untrained(8, seeds=[4, 0, 9])).final
    alone = train(untrained(8, seeds=[9])).final
    assert_same_networks(together[2:], alone, rtol=1e-10)


@both
def test_every_layer_moves(train):
    network = untrained(4, 3)
    for before, after in zip(tensors(network), tensors(train(network).final), strict=True):
        assert not torch.equal(before, after)


@both
def test_the_network_given_is_left_as_it_is(train):
    network = untrained(4)
    before = [tensor.clone() for tensor in tensors(network)]
    assert_same_networks(train(network).initial, network, rtol=0)
    assert all(torch.equal(*pair) for pair in zip(before, tensors(network), strict=True))


@both
def test_a_training_without_steps_is_refused(train):
    with pytest.raises(InputError, match="at least one step, not 0"):
        train(untrained(4), steps=0)


@both
@pytest.mark.parametrize("what", ["points", "targets", "weights"])
def test_values_that_are_not_finite_are_refused(train, what):
    network, points, targets = untrained(4), POINTS.clone(), TARGETS.clone()
    {"points": points, "targets": targets, "weights": network.weights[0][0]}[what][0, 0] = torch.nan
    with pytest.raises(InputError, match="not finite"):
        train(network, points, targets)


@both
def test_points_of_another_dimension_are_refused(train):
    points = sample_ball(10, 3, 1.0, torch.Generator().manual_seed(0))
    with pytest.raises(InputError, match="do not fit the network"):
        train(untrained(4), points, points)


@both
def test_a_network_without_a_seed_axis_is_refused(train):
    with pytest.raises(InputError, match="one batch axis"):
        train(untrained(4)[0])


# ---- L-BFGS


def test_lbfgs_lowers_the_loss_at_every_step_and_tells_the_gradient_at_the_end():
    start = untrained(8)
    training = lbfgs(start, POINTS, TARGETS, steps=30)
    assert (training.losses.diff(dim=0) <= 0).all()
    torch.testing.assert_close(training.losses[0], loss(start))
    torch.testing.assert_close(training.losses[-1], loss(training.final))
    trained = [tensor.clone().requires_grad_() for tensor in tensors(training.final)]
    loss(Network(tuple(trained[:2]), tuple(trained[2:]), TANH)).sum().backward()
    squares = [tensor.grad.flatten(1).square().sum(-1) for tensor in trained]
    torch.testing.assert_close(training.gradient_norms, torch.stack(squares).sum(0).sqrt())


def test_lbfgs_finds_the_readout_that_least_squares_find():
    # With a linear activation and one input unit a network is linear: the best loss is known.
    points = POINTS[:, :1] * torch.ones(1, 2, dtype=torch.float64)
    targets = torch.cat((3 * points[:, :1] + 1, -2 * points[:, :1]), dim=1)
    training = lbfgs(
        untrained(1, activation=activation_named("identity")), points, targets, steps=60
    )
    assert (training.losses[-1] < 1e-12).all()


def test_lbfgs_trains_a_seed_as_if_it_were_alone():
    both = lbfgs(untrained(6), POINTS, TARGETS, steps=10)
    alone = lbfgs(untrained(6, seeds=[1]), POINTS, TARGETS, steps=10)
    assert_same_networks(both.final[1:], alone.final, rtol=1e-10)
    assert (both.steps == 10).all()
