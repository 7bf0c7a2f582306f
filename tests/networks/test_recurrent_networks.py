"""Recurrent networks of both forms, and the random skew-symmetric matrices."""

import math
from typing import get_args

import numpy as np
import pytest

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.errors import InputError
from neural_spectra.networks.recurrent_networks import (
    SCALINGS,
    Form,
    RecurrentNetwork,
    kernel_vector,
    planar,
    random_skew_symmetric,
    require_skew_symmetric,
)

FORMS = get_args(Form)
TANH = scalar_activation("tanh")


def some_states(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def test_the_first_form_applies_the_activation_last():
    network = RecurrentNetwork(planar(2.0), TANH)
    x, y = 0.3, -0.8
    expected = [math.tanh(2 * y), math.tanh(-2 * x)]
    assert network(np.array([x, y])).tolist() == pytest.approx(expected, rel=1e-15)


def test_the_second_form_applies_the_activation_first():
    network = RecurrentNetwork(planar(2.0), TANH, "A sigma(x)")
    x, y = 0.3, -0.8
    expected = [2 * math.tanh(y), -2 * math.tanh(x)]
    assert network(np.array([x, y])).tolist() == pytest.approx(expected, rel=1e-15)


def test_the_planar_energy_is_that_of_the_paper():
    omega = 5.0
    network = RecurrentNetwork(planar(omega), TANH)
    x, y = some_states(2, 100)
    expected = np.log(np.cosh(omega * x) * np.cosh(omega * y))
    energy = network.energy(np.stack((x, y), axis=-1))
    np.testing.assert_allclose(energy, expected, rtol=1e-14)


def test_a_times_the_state_carries_the_first_form_to_the_second():
    matrix = random_skew_symmetric(5, [3], "spectral radius", 2.0)[0]
    first = RecurrentNetwork(matrix, TANH, "sigma(A x)")
    second = RecurrentNetwork(matrix, TANH, "A sigma(x)")
    x = some_states(7, 5)
    z = x @ matrix.T
    np.testing.assert_allclose(first(x) @ matrix.T, second(z), rtol=0, atol=1e-14)
    np.testing.assert_allclose(first.energy(x), second.energy(z), rtol=1e-14)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["tanh", "sigmoid", "elu", "shifted_softplus", "bump"])
def test_the_jacobian_is_the_derivative(form, name):
    matrices = some_states(3, 4, 4)
    network = RecurrentNetwork(matrices, scalar_activation(name), form)
    x, step = some_states(3, 4, seed=1), 1e-6
    shifted = [
        (network(x + step * unit) - network(x - step * unit)) / (2 * step) for unit in np.eye(4)
    ]
    np.testing.assert_allclose(network.jacobian(x), np.stack(shifted, -1), rtol=0, atol=1e-8)


@pytest.mark.parametrize("form", FORMS)
def test_a_batch_of_matrices_and_states_equals_one_after_the_other(form):
    matrices, x = some_states(3, 1, 4, 4), some_states(6, 4)
    batch = RecurrentNetwork(matrices, TANH, form)
    assert batch(x).shape == (3, 6, 4)
    assert batch.jacobian(x).shape == (3, 6, 4, 4)
    for i, matrix in enumerate(matrices[:, 0]):
        network = RecurrentNetwork(matrix, TANH, form)
        for j, state in enumerate(x):
            np.testing.assert_allclose(batch(x)[i, j], network(state), rtol=0, atol=1e-15)
            np.testing.assert_array_equal(batch.jacobian(x)[i, j], network.jacobian(state))


def test_the_energy_of_one_state_is_an_array_without_axes():
    energy = RecurrentNetwork(planar(1.0), TANH).energy(np.array([1.0, 0.0]))
    assert energy.shape == ()
    assert energy == pytest.approx(math.log(math.cosh(1.0)))


def test_a_planar_matrix_turns_at_its_angular_frequency():
    matrices = planar(np.array([[1.0], [5.0]]))
    assert matrices.shape == (2, 1, 2, 2)
    assert matrices[1, 0].tolist() == [[0, 5], [-5, 0]]
    assert np.sort(np.linalg.eigvals(matrices[1, 0]).imag).tolist() == pytest.approx([-5, 5])


@pytest.mark.parametrize("scaling", SCALINGS)
def test_random_matrices_are_exactly_skew_symmetric(scaling):
    matrices = random_skew_symmetric(7, range(20), scaling, 3.0)
    np.testing.assert_array_equal(matrices, -matrices.mT)
    require_skew_symmetric(matrices)


def test_the_scalings_give_the_size_that_they_name():
    of_norm = random_skew_symmetric(6, range(9), "frobenius norm", 3.0)
    np.testing.assert_allclose(np.sqrt((of_norm**2).sum((1, 2))), 3.0, rtol=1e-14)
    of_radius = random_skew_symmetric(6, range(9), "spectral radius", 3.0)
    largest = np.abs(np.linalg.eigvals(of_radius)).max(axis=1)
    np.testing.assert_allclose(largest, 3.0, rtol=1e-13)


def test_scaled_entries_have_the_variance_that_is_asked_for():
    above = random_skew_symmetric(100, range(20), "entries", 5.0)[:, *np.triu_indices(100, 1)]
    assert above.var() == pytest.approx(25 / 100, rel=0.02)
    assert above.mean() == pytest.approx(0, abs=0.01)


def test_a_seed_gives_the_same_matrix_whatever_seeds_are_beside_it():
    alone = random_skew_symmetric(6, [4], "spectral radius", 3.0)
    among = random_skew_symmetric(6, [1, 4, 2], "spectral radius", 3.0)
    np.testing.assert_array_equal(alone[0], among[1])
    assert np.abs(among[0] - among[2]).max() > 0.1


def test_two_units_have_the_planar_matrix_up_to_the_sense_of_rotation():
    matrix = random_skew_symmetric(2, [0], "frobenius norm", 5 * math.sqrt(2))[0]
    np.testing.assert_allclose(np.abs(matrix), np.abs(planar(5.0)), rtol=1e-15)


@pytest.mark.parametrize("n", [1, 3, 9])
def test_the_kernel_vector_of_an_odd_matrix_is_mapped_to_zero(n):
    draws = some_states(5, n, n)
    vectors = kernel_vector(draws - draws.mT)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=-1), 1.0, rtol=1e-14)
    np.testing.assert_allclose(np.matvec(draws - draws.mT, vectors), 0.0, atol=1e-14 * n)


def test_in_three_dimensions_the_kernel_is_the_axis_of_rotation():
    axis = np.array([2.0, -1.0, 2.0]) / 3
    matrix = np.cross(np.eye(3), axis)
    assert abs(kernel_vector(matrix) @ axis) == pytest.approx(1.0, rel=1e-14)


def test_rounding_does_not_count_as_asymmetry():
    matrix = random_skew_symmetric(5, [0], "spectral radius", 1e-8)
    require_skew_symmetric(matrix + 1e-13 * np.abs(matrix))


def test_a_matrix_that_is_not_skew_symmetric_is_refused_with_its_largest_defect():
    matrices = np.array([[[0.0, 1.0], [-1.0, 0.0]], [[0.0, 1.0], [-0.75, 0.0]]])
    expected = r"weights of run\.yaml is not skew-symmetric: .* is 0\.25, where .* the norm 1\.25;"
    with pytest.raises(InputError, match=expected):
        require_skew_symmetric(matrices, "weights of run.yaml")


def test_a_matrix_that_is_not_finite_is_not_skew_symmetric():
    with pytest.raises(InputError, match="A is not skew-symmetric"):
        require_skew_symmetric(np.full((2, 2), np.nan))


@pytest.mark.parametrize("shape", [(0, 0), (2, 3)])
def test_a_matrix_of_no_units_or_not_square_is_refused(shape):
    with pytest.raises(InputError, match=f"A has {shape[0]} rows and {shape[1]} columns"):
        require_skew_symmetric(np.zeros(shape))


def test_an_unknown_form_is_refused_with_the_nearest_one():
    with pytest.raises(InputError, match=r"unknown form 'sigma\(Ax\)'.* mean 'sigma\(A x\)'"):
        RecurrentNetwork(planar(1.0), TANH, "sigma(Ax)")


@pytest.mark.parametrize(
    ("n", "scaling", "size", "message"),
    [
        (4, "spectral_radius", 1.0, "unknown scaling 'spectral_radius'.* 'spectral radius'"),
        (0, "entries", 1.0, "with n = 0 cannot be scaled"),
        (1, "frobenius norm", 1.0, "with n = 1 cannot be scaled"),
        (4, "entries", 0.0, "size 0.0 of a random matrix"),
        (4, "entries", math.nan, "size nan of a random matrix"),
    ],
)
def test_a_random_matrix_that_cannot_be_scaled_is_refused(n, scaling, size, message):
    with pytest.raises(InputError, match=message):
        random_skew_symmetric(n, [0], scaling, size)


def test_a_kernel_is_not_promised_for_an_even_number_of_units():
    with pytest.raises(InputError, match="n = 2 may be invertible"):
        kernel_vector(planar(1.0))


def test_a_shorter_matrix_is_computed_in_float64():
    matrix = np.array([[0.0, 0.1], [-0.1, 0.0]], dtype=np.float32)
    network = RecurrentNetwork(matrix, scalar_activation("tanh"))
    assert network(np.ones(2, dtype=np.float32)).dtype == np.float64
    np.testing.assert_array_equal(network.matrix, matrix.astype(float))
