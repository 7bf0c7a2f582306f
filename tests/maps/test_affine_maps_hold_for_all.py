"""Random networks are represented by their affine maps; eigenvalues have tiny backward errors."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from neural_spectra.activations.numpy_activations import ACTIVATIONS
from neural_spectra.maps.pointwise_affine import eigenvalues, linearise, spectral_radius
from neural_spectra.networks.deep_maps import DeepMap

entries = st.floats(-1e100, 1e100) | st.floats(-2, 2) | st.sampled_from([0.0, 1.0, -1.0, 1e-9])
activations = st.sampled_from(sorted(ACTIVATIONS)).map(ACTIVATIONS.get)


@given(
    activation=activations,
    depth=st.integers(1, 8),
    width=st.integers(1, 4),
    scale=st.sampled_from([0.3, 1.0, 1.5]),
    biased=st.booleans(),
    output_activation=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_the_affine_map_of_a_random_network_has_its_values(
    activation, depth, width, scale, biased, output_activation, seed
):
    generator = np.random.default_rng(seed)
    sizes = [(width, 2), *[(width, width)] * (depth - 1), (2, width)]
    # Rows of norm 1 and less, times the scale: a signal grows by at most about 2.7 in a layer.
    weights = [generator.uniform(-1, 1, size) / np.sqrt(size[1]) for size in sizes]
    network = DeepMap(
        tuple(scale * weight for weight in weights),
        tuple(biased * generator.uniform(-1, 1, rows) for rows, _ in sizes),
        activation,
        output_activation,
    )
    x = np.concatenate([generator.uniform(-6, 6, (40, 2)), np.zeros((1, 2)), np.eye(2)])
    linearisation = linearise(network, x)
    assert linearisation.valid.all()
    # The terms of A* x are what rounds; they exceed f where they cancel.
    size = 1 + np.abs(network(x)) + (np.abs(linearisation.matrix) @ np.abs(x)[..., None])[..., 0]
    assert (np.abs(linearisation(x) - network(x)) <= 1e-13 * size).all()


def backward_error(matrix, eigenvalue):
    """Return the size of the smallest change that makes the number an eigenvalue, over ‖A‖."""
    shifted = matrix - eigenvalue[..., None, None] * np.eye(2)
    return np.linalg.svdvals(shifted)[..., -1] / np.linalg.svdvals(matrix)[..., 0]


@given(st.tuples(entries, entries, entries, entries))
def test_planar_eigenvalues_have_a_backward_error_at_the_level_of_rounding(values):
    matrix = np.array(values).reshape(2, 2)
    if np.abs(matrix).max() < 1e-290:
        return
    first, second = eigenvalues(matrix)
    assert abs(first) >= abs(second) * (1 - 1e-15)
    for eigenvalue in (first, second):
        assert backward_error(matrix, np.array(eigenvalue)) <= 1e-14


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(-1e-3, 1e3))
def test_defective_matrices_keep_the_backward_error(eigenvalue, angle, coupling):
    c, s = np.cos(angle), np.sin(angle)
    rotation = np.array([[c, -s], [s, c]])
    matrix = rotation @ np.array([[eigenvalue, coupling], [0, eigenvalue]]) @ rotation.T
    if np.abs(matrix).max() < 1e-290:
        return
    for found in eigenvalues(matrix):
        assert backward_error(matrix, np.array(found)) <= 1e-14


@given(st.tuples(entries, entries, entries, entries), st.integers(-300, 300))
def test_a_power_of_two_scales_the_eigenvalues_exactly(values, power):
    matrix = np.clip(np.array(values), -1e3, 1e3).round(6).reshape(2, 2)
    scaled = eigenvalues(matrix * 2.0**power)
    np.testing.assert_array_equal(scaled, eigenvalues(matrix) * 2.0**power)


@given(st.integers(0, 2**32))
def test_the_spectral_radius_is_that_of_lapack_for_matrices_with_separate_eigenvalues(seed):
    matrix = np.random.default_rng(seed).normal(size=(100, 2, 2))
    expected = np.linalg.eigvals(matrix)
    separate = np.abs(expected[:, 0] - expected[:, 1]) > 0.1
    np.testing.assert_allclose(
        spectral_radius(matrix)[separate], np.abs(expected[separate]).max(-1), rtol=1e-12
    )
