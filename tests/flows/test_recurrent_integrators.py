"""The methods against exact solutions, conservation laws and each other."""

import math
from typing import get_args

import numpy as np
import pytest

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.parameter_families import hardtanh
from neural_spectra.config.rnn import ActivationName
from neural_spectra.errors import InputError
from neural_spectra.flows.integration_across_kinks import reference_solution
from neural_spectra.flows.recurrent_integrators import STEPPERS, Work, euler_step, simulate
from neural_spectra.networks.recurrent_networks import (
    RecurrentNetwork,
    planar,
    random_skew_symmetric,
)

FORMS = ["sigma(A x)", "A sigma(x)"]
NAMES = get_args(ActivationName)
MONOTONE = NAMES[:-1]
ORDERS = {"euler": 1, "rk4": 4, "implicit midpoint": 2, "average vector field": 2}


def random_networks(name: str, form: str, n: int = 5, members: int = 3) -> RecurrentNetwork:
    matrices = random_skew_symmetric(n, range(members), "spectral radius", 2.0)
    return RecurrentNetwork(matrices, scalar_activation(name), form)


def random_starts(n: int = 5, members: int = 3) -> np.ndarray:
    return np.random.default_rng(5).standard_normal((members, n))


def planar_network(name: str, omega: float | np.ndarray = 1.0, level: float = 1.0):
    sigma = hardtanh(level) if name == "hardtanh" else scalar_activation(name)
    return RecurrentNetwork(planar(omega), sigma)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("method", "order"), ORDERS.items())
def test_halving_the_step_divides_the_error_as_the_order_says(
    method: str, order: int, form: str
) -> None:
    network = random_networks("tanh", form, n=3, members=1)
    matrix = RecurrentNetwork(network.matrix[0], network.activation, form)
    start = np.array([1.0, -0.5, 0.7])
    exact = reference_solution(matrix, start, np.array([0.0, 1.0]))[-1]
    counts = np.array([24, 48, 96])
    ends = [simulate(matrix, start, 1 / count, int(count), method).states[-1] for count in counts]
    errors = [np.linalg.norm(end - exact) for end in ends]
    slope = np.polyfit(np.log(1 / counts), np.log(errors), 1)[0]
    assert slope == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("step", [0.02, 0.5])
def test_the_average_vector_field_conserves_every_energy(name: str, form: str, step: float) -> None:
    network = random_networks(name, form)
    run = simulate(network, random_starts(), step, 30, "average vector field")
    energy = network.energy(run.states)
    assert (run.stopped == -1).all()
    assert np.abs(energy - energy[0]).max() < 1e-13 * (1 + np.abs(energy[0]).max())


@pytest.mark.parametrize("form", FORMS)
def test_the_implicit_midpoint_rule_does_not_conserve_other_energies(form: str) -> None:
    network = random_networks("tanh", form)
    energy = network.energy(simulate(network, random_starts(), 0.5, 50, "implicit midpoint").states)
    assert np.abs(energy / energy[0] - 1).max() > 1e-4


@pytest.mark.parametrize("form", FORMS)
def test_the_implicit_midpoint_rule_conserves_quadratic_invariants(form: str) -> None:
    network = random_networks("identity", form)
    states = simulate(network, random_starts(), 0.5, 100, "implicit midpoint").states
    for invariant in (np.vecdot(states, states), network.energy(states)):
        np.testing.assert_allclose(invariant, np.broadcast_to(invariant[0], (101, 3)), rtol=1e-13)


def test_linear_euler_grows_by_the_same_factor_in_every_step() -> None:
    h, omega = 0.05, np.array([1.0, 5.0, 25.0])
    states = simulate(planar_network("identity", omega), np.array([0.6, -0.8]), h, 100).states
    exact = np.power.outer(np.sqrt(1 + (h * omega) ** 2), np.arange(101)).T
    np.testing.assert_allclose(np.linalg.norm(states, axis=-1), exact, rtol=1e-13)


@pytest.mark.parametrize("name", ["tanh", "hardtanh"])
def test_a_bounded_activation_bounds_every_euler_increment(name: str) -> None:
    h, n = 0.3, 5
    for form, bound in (("sigma(A x)", 1.0), ("A sigma(x)", 2.0)):
        states = simulate(random_networks(name, form), 10 * random_starts(), h, 60).states
        increments = np.linalg.norm(np.diff(states, axis=0), axis=-1)
        assert increments.max() <= h * bound * math.sqrt(n) * (1 + 1e-13)
        assert increments.max() > 0.5 * h * bound


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", MONOTONE)
def test_euler_never_lowers_the_energy_of_a_monotone_activation(name: str, form: str) -> None:
    network = random_networks(name, form)
    energy = network.energy(simulate(network, random_starts(), 0.2, 80).states)
    assert (np.diff(energy, axis=0) >= -1e-14 * np.abs(energy[1:])).all()
    assert (energy[-1] > energy[0]).any()


@pytest.mark.parametrize("form", FORMS)
def test_euler_can_lower_the_energy_of_an_activation_that_is_not_monotone(form: str) -> None:
    network = random_networks("bump", form)
    energy = network.energy(simulate(network, random_starts(), 0.2, 80).states)
    assert np.diff(energy, axis=0).min() < -1e-4


def test_relu_stops_at_the_first_step_beyond_the_threshold() -> None:
    network = planar_network("relu", np.array([2.0, 5.0, 10.0]))
    run = simulate(network, np.array([-1.0, -0.5]), 0.01, 2000, threshold=20.0)
    assert run.stopped.tolist() == [1087, 426, 206]
    sizes = np.linalg.norm(run.states, axis=-1)
    for member, stopped in enumerate(run.stopped):
        assert (sizes[:stopped, member] <= 20).all()
        assert sizes[stopped, member] > 20
        assert np.isnan(run.states[stopped + 1 :, member]).all()


@pytest.mark.parametrize("method", STEPPERS)
def test_a_member_that_overflows_stops_and_leaves_the_others_alone(method: str) -> None:
    matrix = np.array([[[0.0, 1.0], [-1.0, 0.0]], [[75.0, 0.0], [0.0, 75.0]]])
    start = np.array([[1.0, 0.0], [1e120, 1e120]])
    linear = scalar_activation("identity")
    run = simulate(RecurrentNetwork(matrix, linear), start, 0.04, 60, method)
    alone = simulate(RecurrentNetwork(matrix[0], linear), start[0], 0.04, 60, method)
    assert run.stopped[0] == -1
    assert 20 < run.stopped[1] < 60
    assert np.isfinite(run.states[: run.stopped[1], 1]).all()
    assert np.isnan(run.states[run.stopped[1] + 1 :, 1]).all()
    np.testing.assert_allclose(run.states[:, 0], alone.states, rtol=0, atol=1e-13)


@pytest.mark.parametrize("start", [[30.0, 0.0], [math.nan, 0.0], [math.inf, 0.0]])
def test_a_start_that_is_out_of_bounds_is_step_0(start: list[float]) -> None:
    run = simulate(planar_network("tanh"), np.array(start), 0.1, 10, threshold=20.0)
    assert run.stopped == 0
    np.testing.assert_array_equal(run.states[0], start)
    assert np.isnan(run.states[1:]).all()


def test_an_implicit_equation_that_is_not_solved_stops_its_member() -> None:
    network = random_networks("hardtanh", "sigma(A x)", n=4, members=20)
    run = simulate(network, random_starts(n=4, members=20), 1.5, 20, "implicit midpoint")
    unsolved = run.stopped >= 0
    assert unsolved.any()
    assert not unsolved.all()
    assert np.isfinite(run.states[:, ~unsolved]).all()
    for member in np.flatnonzero(unsolved):
        stopped = run.stopped[member]
        assert np.isfinite(run.states[:stopped, member]).all()
        assert np.isnan(run.states[stopped:, member]).all()


@pytest.mark.parametrize("method", STEPPERS)
def test_members_of_a_batch_follow_their_own_paths(method: str) -> None:
    network, starts = random_networks("tanh", "A sigma(x)"), random_starts()
    together = simulate(network, starts, 0.1, 30, method).states
    for member in range(3):
        single = RecurrentNetwork(network.matrix[member], network.activation, network.form)
        alone = simulate(single, starts[member], 0.1, 30, method).states
        np.testing.assert_allclose(together[:, member], alone, rtol=0, atol=1e-13)


@pytest.mark.parametrize("method", STEPPERS)
def test_every_member_can_have_its_own_step(method: str) -> None:
    network, start, steps = planar_network("tanh", 2.0), np.array([1.0, 0.5]), [0.1, 0.05, 0.02]
    together = simulate(network, start, np.array(steps), 30, method)
    for member, step in enumerate(steps):
        alone = simulate(network, start, step, 30, method)
        np.testing.assert_array_equal(together.times[:, member], alone.times)
        np.testing.assert_allclose(together.states[:, member], alone.states, rtol=0, atol=1e-13)


def test_recording_rarely_leaves_out_states_and_changes_none() -> None:
    network, start = planar_network("tanh", np.array([1.0, 2.0])), np.array([1.0, 0.5])
    often = simulate(network, start, 0.1, 40, "rk4")
    rarely = simulate(network, start, 0.1, 40, "rk4", every=8)
    np.testing.assert_array_equal(rarely.states, often.states[::8])
    np.testing.assert_array_equal(rarely.times, often.times[::8])


def test_the_start_is_not_touched() -> None:
    start = np.array([1.0, 0.0])
    simulate(planar_network("tanh"), start, 0.1, 5)
    np.testing.assert_array_equal(start, [1.0, 0.0])


def test_a_single_step_takes_a_plain_number() -> None:
    network, start = planar_network("tanh"), np.array([1.0, 0.5])
    run = simulate(network, start, 0.1, 1)
    np.testing.assert_array_equal(euler_step(network, start, 0.1), run.states[1])


@pytest.mark.parametrize(("method", "evaluations"), [("euler", 1), ("rk4", 4)])
def test_an_explicit_step_costs_its_stages(method: str, evaluations: int) -> None:
    work = Work()
    simulate(work.counted(random_networks("tanh", FORMS[0])), random_starts(), 0.1, 7, method)
    assert work.evaluations == 7 * 3 * evaluations


def test_an_implicit_step_costs_more_if_it_is_longer() -> None:
    counts = []
    for step in (0.001, 1.0):
        work = Work()
        network = work.counted(planar_network("tanh"))
        simulate(network, np.array([1.5, 0.0]), step, 10, "implicit midpoint")
        counts.append(work.evaluations)
    assert 10 * 3 <= counts[0] < counts[1]


def test_the_reference_turns_a_linear_network_as_it_should() -> None:
    times = np.linspace(0, 10, 51)
    solution = reference_solution(planar_network("identity", 3.0), np.array([1.0, 0.0]), times)
    exact = np.stack([np.cos(3 * times), -np.sin(3 * times)], axis=-1)
    np.testing.assert_allclose(solution, exact, rtol=0, atol=1e-10)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["hardtanh", "leaky_relu_0.1", "elu"])
def test_the_reference_loses_nothing_at_kinks(name: str, form: str) -> None:
    network = RecurrentNetwork(
        random_skew_symmetric(4, [1], "spectral radius", 2.0)[0], scalar_activation(name), form
    )
    solution = reference_solution(network, 2 * random_starts()[0, :4], np.linspace(0, 15, 101))
    energy = network.energy(solution)
    assert np.abs(energy / energy[0] - 1).max() < (1e-8 if name == "elu" else 1e-10)


def test_the_reference_closes_a_hard_tanh_orbit_after_the_exact_period() -> None:
    # At level ℓ = 3/2 the orbit crosses y = 0 at ωx/c = 2, and ωT = 4(ℓ + 1) = 10.
    omega, clip = 5.0, 10.0
    start = np.array([2 * clip / omega, 0.0])
    network = planar_network("hardtanh", omega, clip)
    end = reference_solution(network, start, np.array([0.0, 10 / omega]))[-1]
    np.testing.assert_allclose(end, start, rtol=0, atol=1e-11)


@pytest.mark.parametrize("excess", [0.0, 1e-14, 1e-9, 1e-6, 1e-5, 1e-4])
def test_the_reference_survives_grazing_a_kink(excess: float) -> None:
    network = planar_network("hardtanh")
    radius = 1 + excess
    start = radius * np.array([math.sqrt(0.75), 0.5])
    energy = network.energy(reference_solution(network, start, np.linspace(0, 20, 101)))
    assert np.abs(energy / energy[0] - 1).max() < 1e-10


def test_the_reference_agrees_with_tiny_runge_kutta_steps() -> None:
    network = planar_network("hardtanh")
    start = np.array([1.5, 0.3])
    run = simulate(network, start, 1 / 1024, 1024 * 3, "rk4", every=1024)
    solution = reference_solution(network, start, run.times)
    np.testing.assert_allclose(solution, run.states, rtol=0, atol=1e-7)


def test_a_reference_that_blows_up_says_when() -> None:
    network = RecurrentNetwork(np.array([[50.0]]), scalar_activation("identity"))
    with pytest.raises(InputError, match=r"ends at t = 1[34]\.\d+.*ask for earlier times"):
        reference_solution(network, np.array([1.0]), np.array([0.0, 30.0]), rtol=1e-3)


def test_a_reference_needs_rising_times() -> None:
    with pytest.raises(InputError, match="must rise"):
        reference_solution(planar_network("tanh"), np.array([1.0, 0.0]), np.array([0.0, 2.0, 1.0]))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"step": 0.0}, r"steps of length h = 0\.0: give a positive, finite step"),
        ({"step": -0.1}, r"steps of length h = -0\.1: give"),
        ({"step": math.inf}, "steps of length h = inf: give"),
        ({"step": math.nan}, "steps of length h = nan: give"),
        ({"step": np.array([0.1, -0.2])}, r"steps of length h = -0\.2: give"),
        ({"steps": 0}, "0 steps has nothing to do: take at least 1"),
        ({"every": 3}, "10 steps cannot be recorded every 3 steps: take a divisor of 10"),
        ({"every": 0}, "every 0 steps: take a divisor"),
        ({"threshold": 0.0}, r"threshold 0\.0: give a positive one"),
        ({"threshold": math.nan}, "threshold nan: give a positive one"),
        ({"method": "eular"}, "unknown method 'eular'.*did you mean 'euler'.*rk4"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict, sentence: str) -> None:
    sensible = {"step": 0.1, "steps": 10}
    with pytest.raises(InputError, match=sentence):
        simulate(planar_network("tanh"), np.array([1.0, 0.0]), **(sensible | settings))
