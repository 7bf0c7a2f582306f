"""The verdicts of the theory against exponentials, simulations and cases known by hand."""

import math

import numpy as np
import pytest
import scipy.linalg
from scipy.integrate import solve_ivp

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.parameter_families import hardtanh
from neural_spectra.errors import InputError
from neural_spectra.flows.skew_symmetry_theory import (
    activation_properties,
    energy_weights,
    euler_cycle_threshold,
    highest_closed_level,
    kernel_velocity,
    linear_stability,
    similar_skew_symmetric,
)
from neural_spectra.networks.recurrent_networks import (
    RecurrentNetwork,
    planar,
    random_skew_symmetric,
)

TURN = planar(1.0)
DEFECTIVE = np.block([[TURN, np.eye(2)], [np.zeros((2, 2)), TURN]])
TWICE = scipy.linalg.block_diag(TURN, TURN)
ELLIPSE = np.array([[0.0, 1.0], [-4.0, 0.0]])
SHEARED = np.array([[1.0, -2.0], [1.0, -1.0]])
TANH = scalar_activation("tanh")


def flow(network, start, duration, samples=2001):
    """Return states at equal times by SciPy's DOP853."""
    return solve_ivp(
        lambda _, x: network(x),
        (0, duration),
        start,
        method="DOP853",
        t_eval=np.linspace(0, duration, samples),
        rtol=1e-11,
        atol=1e-12,
    ).y.T


def changed(matrix, seed=0):
    """Return P A P⁻¹ for a random P."""
    n = len(matrix)
    p = np.eye(n) + 0.4 * np.random.default_rng(seed).standard_normal((n, n)) / math.sqrt(n)
    return p @ matrix @ np.linalg.inv(p)


STABILITIES = {
    "skew-symmetric": (random_skew_symmetric(7, [1], "spectral radius", 3.0)[0], "stable"),
    "zero": (np.zeros((3, 3)), "stable"),
    "not skew-symmetric": (ELLIPSE, "stable"),
    "the same pair twice": (TWICE, "stable"),
    "the same pair twice, other coordinates": (changed(TWICE), "stable"),
    "defective pair": (DEFECTIVE, "unstable"),
    "defective pair, other coordinates": (changed(DEFECTIVE), "unstable"),
    "defective zero": (np.array([[0.0, 1.0], [0.0, 0.0]]), "unstable"),
    "imaginary and decaying": (scipy.linalg.block_diag(TURN, [[-1.0]]), "stable"),
    "damped": (TURN - 0.01 * np.eye(2), "asymptotically stable"),
    "defective but damped": (DEFECTIVE - 0.1 * np.eye(4), "asymptotically stable"),
    "growing": (TURN + np.diag([0.01, 0.0]), "unstable"),
}


@pytest.mark.parametrize("case", STABILITIES)
@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_the_stability_of_a_linear_system_follows_from_its_spectrum(case, size):
    matrix, expected = STABILITIES[case]
    assert linear_stability(size * matrix) == expected


@pytest.mark.parametrize("case", STABILITIES)
def test_the_stability_is_that_of_the_exponential(case):
    matrix, verdict = STABILITIES[case]
    early, late = (np.linalg.norm(scipy.linalg.expm(t * matrix), 2) for t in (500.0, 2000.0))
    assert (late > 2 * early) == (verdict == "unstable")
    assert (late < 1e-6) == (verdict == "asymptotically stable")


def test_the_stated_tolerance_decides_what_counts_as_imaginary():
    assert linear_stability(TURN - 2e-6 * np.eye(2)) == "asymptotically stable"
    assert linear_stability(TURN - 5e-7 * np.eye(2)) == "stable"


@pytest.mark.parametrize(
    "matrix",
    [
        ELLIPSE,
        SHEARED,
        changed(TWICE),
        changed(random_skew_symmetric(7, [2], "spectral radius", 3.0)[0]),
        np.zeros((2, 2)),
    ],
    ids=["ellipse", "sheared", "twice", "seven", "zero"],
)
def test_a_linear_network_that_oscillates_is_similar_to_a_skew_symmetric_one(matrix):
    similar, p = similar_skew_symmetric(matrix)
    np.testing.assert_array_equal(similar, -similar.T)
    assert np.linalg.cond(p) < 100
    np.testing.assert_allclose(p @ similar @ np.linalg.inv(p), matrix, rtol=0, atol=1e-12)


def test_the_similar_matrix_gives_an_invariant_of_the_linear_network():
    _, p = similar_skew_symmetric(SHEARED)
    states = np.array([scipy.linalg.expm(t * SHEARED) @ [1.0, 0.0] for t in np.linspace(0, 30, 50)])
    distances = np.linalg.norm(states @ np.linalg.inv(p).T, axis=-1)
    np.testing.assert_allclose(distances, distances[0], rtol=1e-12)


@pytest.mark.parametrize("case", ["damped", "growing", "defective pair", "imaginary and decaying"])
def test_a_matrix_whose_solutions_grow_or_decay_is_not_similar_to_a_skew_symmetric_one(case):
    with pytest.raises(InputError, match="not similar to a skew-symmetric matrix"):
        similar_skew_symmetric(STABILITIES[case][0])


def test_the_weights_of_a_weighted_skew_symmetric_matrix_are_found():
    skew = random_skew_symmetric(6, [0], "spectral radius", 2.0)[0]
    skew[0, 3] = skew[3, 0] = 0.0
    weights = np.array([0.1, 2.0, 5.0, 1.0, 0.3, 7.0])
    found = energy_weights(skew / weights[:, None])
    np.testing.assert_allclose(found / found[0], weights / weights[0], rtol=1e-12)


def test_separate_groups_of_units_have_weights_of_their_own():
    matrix = scipy.linalg.block_diag(ELLIPSE, [[0.0]], TURN)
    weights = energy_weights(matrix)
    assert weights[0] / weights[1] == pytest.approx(4.0)
    assert weights[3] / weights[4] == pytest.approx(1.0)


@pytest.mark.parametrize(
    "matrix",
    [SHEARED, TURN - 0.1 * np.eye(2), np.array([[0.0, 1.0], [0.0, 0.0]])],
    ids=["sheared", "damped", "one-way"],
)
def test_a_matrix_with_self_links_or_links_in_one_direction_has_no_weights(matrix):
    assert energy_weights(matrix) is None


def test_a_cycle_of_links_whose_ratios_do_not_match_has_no_weights():
    matrix = np.array([[0.0, 1.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, -2.0, 0.0]])
    assert energy_weights(matrix) is None


@pytest.mark.parametrize("form", ["sigma(A x)", "A sigma(x)"])
def test_the_weighted_energy_is_conserved_without_skew_symmetry(form):
    network = RecurrentNetwork(ELLIPSE, TANH, form)
    weights = energy_weights(ELLIPSE)
    z = network.preactivation(flow(network, [1.0, 0.5], 20.0))
    energy = TANH.potential(z) @ weights
    np.testing.assert_allclose(energy, energy[0], rtol=1e-8)
    unweighted = TANH.potential(z).sum(-1)
    assert np.ptp(unweighted) > 0.1 * unweighted[0]


@pytest.mark.parametrize("form", ["sigma(A x)", "A sigma(x)"])
def test_similarity_to_a_skew_symmetric_matrix_is_not_enough_for_a_nonlinear_network(form):
    states = flow(RecurrentNetwork(SHEARED, TANH, form), [1.0, 0.0], 200.0)
    distance = np.linalg.norm(states, axis=-1)
    assert distance[-200:].max() < 0.3 * distance[:200].max()


def test_for_odd_n_a_plane_across_the_kernel_is_invariant_only_in_the_second_form():
    matrices = random_skew_symmetric(5, range(10), "spectral radius", 2.0)
    x = np.random.default_rng(0).standard_normal((10, 5))
    second = kernel_velocity(RecurrentNetwork(matrices, TANH, "A sigma(x)"), x)
    np.testing.assert_allclose(second, 0.0, atol=1e-14)
    first = kernel_velocity(RecurrentNetwork(matrices, TANH, "sigma(A x)"), x)
    assert np.median(np.abs(first)) > 0.01
    linear = kernel_velocity(RecurrentNetwork(matrices, scalar_activation("identity")), x)
    np.testing.assert_allclose(linear, 0.0, atol=1e-14)


def test_in_three_dimensions_the_velocity_along_the_axis_is_the_mean_output():
    axis = np.ones(3) / math.sqrt(3)
    network = RecurrentNetwork(np.cross(np.eye(3), axis), TANH)
    x = np.array([0.3, -2.0, 1.1])
    expected = np.tanh(np.cross(axis, x)).sum() / math.sqrt(3)
    assert abs(kernel_velocity(network, x)) == pytest.approx(abs(expected), rel=1e-14)


@pytest.mark.parametrize(("omega", "step"), [(1.0, 0.1), (5.0, 0.05), (1.0, 1e-8), (2.0, 0.5)])
def test_at_the_threshold_an_euler_step_neither_grows_nor_shrinks(omega, step):
    gamma = euler_cycle_threshold(omega, step)
    growth = (-2 * gamma + step * gamma**2) + step * omega**2
    assert growth == pytest.approx(0, abs=1e-15 * omega**2 * step)


def test_below_the_threshold_euler_has_a_cycle_and_above_it_the_origin():
    omega, step = 1.0, 0.2
    gammas = euler_cycle_threshold(omega, step) * np.array([0.5, 0.9, 1.1])
    matrices = planar(omega) - gammas[:, None, None] * np.eye(2)
    network, x = RecurrentNetwork(matrices, TANH), np.tile([0.1, 0.0], (3, 1))
    for _ in range(10_000):
        x = x + step * network(x)
    assert (np.linalg.norm(x, axis=-1) > [1.0, 0.3, 0.0]).all()
    assert np.linalg.norm(x[2]) < 1e-6


def test_no_damping_is_enough_for_steps_beyond_one_over_omega():
    thresholds = euler_cycle_threshold(np.array([1.0, 5.0, 20.0]), 0.1)
    np.testing.assert_allclose(thresholds[:2], (1 - np.sqrt([0.99, 0.75])) / 0.1, rtol=1e-13)
    assert thresholds[2] == math.inf
    damped = 1 + 0.1 * (-np.linspace(0, 30, 100) + 20j)
    assert (np.abs(damped) > 1).all()


PROPERTIES = {
    "identity": (True, False, True, True),
    "tanh": (True, True, True, True),
    "hardtanh": (True, True, True, True),
    "sigmoid": (False, True, False, False),
    "relu": (False, False, False, False),
    "leaky_relu_0.1": (False, False, True, True),
    "elu": (False, False, True, True),
    "shifted_softplus": (False, False, True, True),
    "bump": (True, True, True, False),
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_the_properties_of_the_activations_are_the_known_ones(name):
    assert activation_properties(scalar_activation(name)) == PROPERTIES[name]


@pytest.mark.parametrize("level", [0.01, 25.0, 1e3])
def test_hard_tanh_is_bounded_whatever_its_level(level):
    assert activation_properties(hardtanh(level)) == PROPERTIES["hardtanh"]


def test_the_highest_closed_level_is_the_lower_limit_of_the_potential():
    levels = {name: highest_closed_level(scalar_activation(name)) for name in PROPERTIES}
    assert levels["bump"] == 0.5
    assert levels["sigmoid"] == pytest.approx(-math.log(2))
    assert levels["relu"] == 0
    assert all(levels[name] == math.inf for name in PROPERTIES if PROPERTIES[name][3])


@pytest.mark.parametrize(("level", "closed"), [(0.45, True), (0.495, True), (0.505, False)])
def test_orbits_of_the_bump_close_below_the_highest_closed_level_only(level, closed):
    # Φ(z) = level/2 on both axes.
    start = np.full(2, math.sqrt(-math.log(1 - level)))
    network = RecurrentNetwork(planar(1.0), scalar_activation("bump"))
    assert network.energy(start) == pytest.approx(level)
    states = flow(network, start, 200.0)
    angles = np.unwrap(np.arctan2(states[:, 1], states[:, 0]))
    assert (abs(angles[-1] - angles[0]) > 2 * math.pi) == closed


def test_a_large_orbit_of_the_bump_runs_away_though_it_is_odd_and_bounded():
    states = flow(RecurrentNetwork(planar(1.0), scalar_activation("bump")), [2.0, 1.0], 1000.0)
    assert np.linalg.norm(states, axis=-1).max() > 20
