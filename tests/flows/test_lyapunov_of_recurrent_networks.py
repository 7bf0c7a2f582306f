"""Largest Lyapunov exponents of recurrent networks against exact ones."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.errors import InputError
from neural_spectra.flows.exact_skew_orbits import tanh_level, tanh_period
from neural_spectra.flows.lyapunov_of_recurrent_networks import largest_lyapunov_exponent
from neural_spectra.networks.recurrent_networks import (
    Form,
    RecurrentNetwork,
    planar,
    random_skew_symmetric,
)

FORMS = pytest.mark.parametrize("form", ["sigma(A x)", "A sigma(x)"])


def random(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape)


def later_exponent(network: RecurrentNetwork, start: np.ndarray, step: float, steps: int) -> float:
    """Return the exponent over the second half of twice so many steps."""
    vector = random(len(start))
    first, both = (
        largest_lyapunov_exponent(network, start, vector, step, count)[0]
        for count in (steps, 2 * steps)
    )
    return float(2 * both - first)


@FORMS
def test_damping_of_a_linear_skew_symmetric_system_is_its_exponent(form: Form) -> None:
    rates = np.array([0.7, 0.0, -0.3])
    matrix = random_skew_symmetric(6, [0], "spectral radius", 3.0) - rates[:, None, None] * np.eye(
        6
    )
    network = RecurrentNetwork(matrix, scalar_activation("identity"), form)
    exponents, errors = largest_lyapunov_exponent(
        network, np.ones((3, 6)), random(3, 6), 0.01, 1000
    )
    np.testing.assert_allclose(exponents, -rates, atol=1e-7)
    assert errors.max() < 1e-7


def test_the_exponent_of_a_linear_system_is_its_largest_eigenvalue() -> None:
    matrix = np.array([[0.3, 5.0, 1.0], [0.0, -0.2, 2.0], [0.0, 0.0, -1.5]])
    network = RecurrentNetwork(matrix, scalar_activation("identity"))
    exponent = later_exponent(network, np.zeros(3), 0.04, 1000)
    assert exponent == pytest.approx(0.3, abs=1e-6)


@FORMS
def test_at_an_equilibrium_the_slope_of_the_activation_scales_the_exponent(form: Form) -> None:
    network = RecurrentNetwork(
        planar(2.0) + 0.4 * np.eye(2), scalar_activation("shifted_softplus"), form
    )
    exponent, _ = largest_lyapunov_exponent(network, np.zeros(2), random(2), 0.02, 1000)
    assert exponent == pytest.approx(0.4 / 2, abs=1e-8)


@FORMS
def test_the_exponent_of_planar_tanh_orbits_tends_to_0_like_the_logarithm_over_time(
    form: Form,
) -> None:
    network = RecurrentNetwork(planar(2.0), scalar_activation("tanh"), form)
    start = np.array([[0.3, 0.1], [1.0, 0.0], [0.0, 2.0]])
    for duration in (25.0, 50.0, 100.0):
        exponents, errors = largest_lyapunov_exponent(
            network, start, random(3, 2), 0.1, round(duration / 0.1)
        )
        assert np.abs(exponents).max() < 1.5 * np.log(duration) / duration
        assert (np.abs(exponents) < 5 * errors).all()


def test_tangent_vectors_of_planar_tanh_orbits_double_as_the_time_does() -> None:
    network = RecurrentNetwork(planar(2.0), scalar_activation("tanh"))
    duration = 20 * tanh_period(2.0, tanh_level(2.0, 1.0, 0.0))
    exponent = later_exponent(network, np.array([1.0, 0.0]), duration / 1000, 1000)
    assert exponent == pytest.approx(np.log(2) / duration, rel=0.02)


@FORMS
def test_growth_is_that_of_the_distance_between_neighbouring_trajectories(form: Form) -> None:
    matrix = random_skew_symmetric(8, [3], "frobenius norm", 8.0)
    network = RecurrentNetwork(matrix, scalar_activation("tanh"), form)
    start = np.random.default_rng(1).standard_normal((1, 8))
    direction = random(1, 8)
    direction /= np.linalg.norm(direction)
    exponent, _ = largest_lyapunov_exponent(network, start, direction, 0.02, 500)

    def velocity(_: float, state: np.ndarray) -> np.ndarray:
        return network(state[None])[0]

    ends = [
        solve_ivp(velocity, (0, 10), (start + d * direction)[0], "DOP853", rtol=1e-12, atol=1e-12)
        for d in (-1e-5, 1e-5)
    ]
    distance = np.linalg.norm(ends[1].y[:, -1] - ends[0].y[:, -1])
    assert exponent[0] * 10 == pytest.approx(np.log(distance / 2e-5), abs=1e-5)


def test_the_exponents_of_a_batch_are_those_of_its_members() -> None:
    matrix = random_skew_symmetric(5, range(3), "entries", 3.0)
    start, directions = np.random.default_rng(2).standard_normal((2, 3, 5))
    tanh = scalar_activation("tanh")
    together, _ = largest_lyapunov_exponent(
        RecurrentNetwork(matrix, tanh), start, directions, 0.05, 200
    )
    for k in range(3):
        alone, _ = largest_lyapunov_exponent(
            RecurrentNetwork(matrix[k], tanh), start[k], directions[k], 0.05, 200
        )
        assert alone == pytest.approx(together[k], rel=1e-9)


def test_a_member_that_blows_up_has_no_exponent_and_leaves_the_others_alone() -> None:
    matrix = np.array([[[100.0]], [[-1.0]]])
    network = RecurrentNetwork(matrix, scalar_activation("identity"))
    exponents, errors = largest_lyapunov_exponent(network, np.ones((2, 1)), random(2, 1), 0.1, 200)
    assert np.isnan(exponents[0])
    assert np.isnan(errors[0])
    assert exponents[1] == pytest.approx(-1.0, abs=1e-6)


@pytest.mark.parametrize("step", [0.0, -0.1, np.inf, np.nan])
def test_a_step_that_is_not_positive_and_finite_is_refused(step: float) -> None:
    network = RecurrentNetwork(planar(2.0), scalar_activation("tanh"))
    with pytest.raises(InputError, match="is not a positive, finite time"):
        largest_lyapunov_exponent(network, np.ones(2), random(2), step, 100)


@pytest.mark.parametrize("steps", [0, 105, -10])
def test_steps_that_do_not_make_equal_blocks_are_refused(steps: int) -> None:
    network = RecurrentNetwork(planar(2.0), scalar_activation("tanh"))
    with pytest.raises(InputError, match="equal blocks; take a positive multiple of 10"):
        largest_lyapunov_exponent(network, np.ones(2), random(2), 0.1, steps)
