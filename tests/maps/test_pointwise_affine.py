"""Pointwise affine maps: they represent f, in the grid as at points; spectra of their matrices."""

import inspect

import numpy as np
import pytest
import torch

from neural_spectra.activations.numpy_activations import ACTIVATIONS
from neural_spectra.errors import InputError
from neural_spectra.maps import pointwise_affine as affine
from neural_spectra.maps.pointwise_affine import (
    eigenvalues,
    linearise,
    planar_grid,
    singular_values,
    spectral_radius,
)
from neural_spectra.networks.deep_maps import DeepMap

GRID_ACTIVATIONS = ["relu", "selu", "gelu", "tanh", "sigmoid", "softplus"]


def random_map(activation, widths=(2, 2, 2, 2, 2), batch=(), biased=True, scale=0.7, seed=0):
    generator = np.random.default_rng(seed)
    sizes = list(zip(widths[1:], widths[:-1], strict=True))
    return DeepMap(
        tuple(scale * generator.normal(size=(*batch, *size)) for size in sizes),
        tuple(biased * generator.normal(size=(*batch, rows)) for rows, _ in sizes),
        ACTIVATIONS[activation],
    )


def on_hyperplanes(network, count=50):
    """Return the origin and points where an entry of the first z is 0, exactly if bias is 0."""
    weight, bias = network.weights[0], network.biases[0]
    along = np.linspace(-6, 6, count)[:, None]
    lines = [
        along * np.array([-row[1], row[0]]) - b * row / (row @ row)
        for row, b in zip(weight, bias, strict=True)
    ]
    return np.concatenate([np.zeros((1, 2)), *lines])


def relative_error(network, x, linearisation):
    f = network(x)
    return (np.abs(linearisation(x) - f) / (1 + np.abs(f))).max()


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_offset_mode_represents_the_network_everywhere(activation, biased):
    network = random_map(activation, biased=biased)
    grid = np.stack(np.meshgrid(np.linspace(-6, 6, 25), np.linspace(-6, 6, 25)), -1).reshape(-1, 2)
    x = np.concatenate([grid, on_hyperplanes(network)])
    linearisation = linearise(network, x)
    assert linearisation.valid.all()
    assert relative_error(network, x, linearisation) <= 1e-12


@pytest.mark.parametrize("activation", GRID_ACTIVATIONS)
def test_networks_of_any_width_and_dimension_are_represented(activation):
    network = random_map(activation, widths=(3, 7, 1, 4), scale=0.4)
    x = np.random.default_rng(1).normal(0, 3, (50, 3))
    linearisation = linearise(network, x)
    assert linearisation.matrix.shape == (50, 4, 3)
    assert relative_error(network, x, linearisation) <= 1e-12


def test_a_batch_of_networks_is_represented_like_each_alone():
    batch = random_map("sigmoid", batch=(4,))
    x = np.random.default_rng(1).normal(0, 3, (30, 2))
    together = linearise(batch, x)
    for k in range(4):
        alone = DeepMap(
            tuple(weight[k] for weight in batch.weights),
            tuple(bias[k] for bias in batch.biases),
            batch.activation,
        )
        expected = linearise(alone, x)
        np.testing.assert_allclose(together.matrix[k], expected.matrix, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(together.offset[k], expected.offset, rtol=1e-13, atol=1e-15)


def test_the_affine_map_is_the_product_of_the_equations():
    network = random_map("gelu", widths=(2, 3, 2))
    x = np.array([[0.3, -1.1]])
    (a0, a1), (b0, b1) = network.weights, network.biases
    z1 = a0 @ x[0] + b0
    scaling1 = np.diag(network.activation.function(z1) / z1)
    z2 = a1 @ scaling1 @ z1 + b1
    scaling2 = np.diag(network.activation.function(z2) / z2)
    linearisation = linearise(network, x)
    np.testing.assert_allclose(
        linearisation.matrix[0], scaling2 @ a1 @ scaling1 @ a0, rtol=1e-13, atol=1e-15
    )
    np.testing.assert_allclose(
        linearisation.offset[0], scaling2 @ (a1 @ scaling1 @ b0 + b1), rtol=1e-13, atol=1e-15
    )


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "prelu"])
def test_for_piecewise_linear_functions_the_matrix_is_the_jacobian(activation):
    network = random_map(activation)
    x = np.random.default_rng(1).normal(0, 3, (200, 2))
    np.testing.assert_allclose(
        linearise(network, x).matrix, network.jacobian(x), rtol=1e-13, atol=1e-15
    )


@pytest.mark.parametrize("activation", ["tanh", "gelu", "selu", "sigmoid"])
def test_for_other_functions_the_matrix_is_not_the_jacobian(activation):
    network = random_map(activation)
    x = np.random.default_rng(1).normal(0, 3, (200, 2))
    jacobian = network.jacobian(x)
    assert np.abs(linearise(network, x).matrix - jacobian).max() > 0.1 * np.abs(jacobian).max()


@pytest.mark.parametrize("activation", ["relu", "selu", "gelu", "tanh"])
def test_the_modes_agree_where_the_activation_vanishes_at_0(activation):
    network = random_map(activation)
    x = on_hyperplanes(network)
    literal, offset = linearise(network, x, "literal"), linearise(network, x)
    assert literal.valid.all()
    np.testing.assert_array_equal(literal.matrix, offset.matrix)


@pytest.mark.parametrize("activation", ["sigmoid", "softplus"])
def test_the_literal_mode_represents_the_network_off_the_hyperplanes(activation):
    network = random_map(activation)
    x = np.random.default_rng(1).normal(0, 3, (200, 2))
    literal = linearise(network, x, "literal")
    assert literal.valid.all()
    assert relative_error(network, x, literal) <= 1e-10
    assert np.abs(literal.matrix - linearise(network, x).matrix).max() > 0.1


@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("activation", ["sigmoid", "softplus"])
def test_the_literal_mode_says_where_it_cannot_represent_the_network(activation, biased):
    network = random_map(activation, biased=biased)
    x = on_hyperplanes(network)
    literal = linearise(network, x, "literal")
    # Off the origin the zeros of z are zeros up to rounding, and a few points come out right.
    assert literal.valid.mean() < 0.2
    assert biased or not literal.valid[0]
    assert np.isnan(literal.matrix[~literal.valid]).all()
    assert np.isnan(literal.offset[~literal.valid]).all()
    error = np.abs(literal(x) - network(x))[literal.valid]
    assert (
        error <= affine.REPRESENTATION_TOLERANCE * (1 + np.abs(network(x))[literal.valid])
    ).all()


def test_a_wrong_offset_would_not_be_called_valid():
    network = random_map("tanh")
    x = np.random.default_rng(1).normal(size=(2, 5))
    matrix, offset = affine._affine_parts(network, x, "offset")
    offset[0, 3] += 1e-6
    lost = np.isnan(affine._error(network, x, matrix, offset))
    assert lost.tolist() == [False] * 3 + [True, False]


@pytest.mark.parametrize("mode", ["offset", "literal"])
@pytest.mark.parametrize("activation", GRID_ACTIVATIONS)
def test_the_grid_holds_what_the_points_hold(activation, mode, monkeypatch):
    monkeypatch.setattr(affine, "POINTS_AT_ONCE", 20)
    network = random_map(activation, biased=False)
    xs, ys = np.linspace(-6, 6, 7), np.linspace(-3, 3, 9)
    grid = planar_grid(network, xs, ys, mode)
    x = np.array([[u, v] for v in ys for u in xs])
    points = linearise(network, x, mode)
    assert not points.valid.all() or mode == "offset" or network.activation.offset == 0
    matrix = points.matrix.reshape(9, 7, 2, 2)
    np.testing.assert_array_equal(np.moveaxis(grid.matrix, (0, 1), (2, 3)), matrix)
    np.testing.assert_array_equal(np.moveaxis(grid.offset, 0, 2), points.offset.reshape(9, 7, 2))
    np.testing.assert_array_equal(np.moveaxis(grid.eigenvalues, 0, 2), eigenvalues(matrix))
    np.testing.assert_allclose(grid.spectral_radius, spectral_radius(matrix), rtol=1e-15)


def test_a_hidden_layer_of_any_width_may_stand_in_a_planar_network():
    network = random_map("tanh", widths=(2, 5, 2))
    grid = planar_grid(network, np.array([0.4]), np.array([-1.2]))
    expected = linearise(network, np.array([[0.4, -1.2]]))
    np.testing.assert_allclose(grid.matrix[..., 0, 0], expected.matrix[0], rtol=1e-14)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([[3.0, 1.0], [0.0, 2.0]], [3, 2]),
        ([[0.0, -1.0], [1.0, 0.0]], [1j, -1j]),
        ([[-1.0, 2.0], [-2.0, -1.0]], [-1 + 2j, -1 - 2j]),
        ([[5.0, 1.0], [0.0, 5.0]], [5, 5]),
        ([[1.0, 1.0], [-1.0, -1.0]], [0, 0]),
        ([[0.0, 0.0], [0.0, 0.0]], [0, 0]),
        ([[1e8, 1e8], [1.0, 1.0]], [1e8 + 1, 0]),
        ([[0.0, 0.0], [0.3, -0.7]], [-0.7, 0]),
        ([[1e200, 0.0], [1e200, -2e200]], [-2e200, 1e200]),
        ([[1e-200, 3e-200], [3e-200, 1e-200]], [4e-200, -2e-200]),
    ],
)
def test_planar_eigenvalues_are_exact_where_they_are_known(matrix, expected):
    np.testing.assert_allclose(eigenvalues(np.array(matrix)), expected, rtol=4e-16, atol=0)


def test_the_small_eigenvalue_keeps_its_digits_next_to_a_large_one():
    found = eigenvalues(np.array([[1e9, 0.5], [0.25, 1e-9]]))
    assert found[1].real == pytest.approx(0.875 / 1e9, rel=1e-15)


def test_eigenvalues_far_below_the_largest_entry_are_finite():
    matrix = np.array([[0.0, 0.0], [1e44, 4e-265]])
    assert (np.abs(eigenvalues(matrix)) <= 4e-265).all()


def test_larger_matrices_have_the_eigenvalues_of_torch():
    matrix = np.random.default_rng(0).normal(size=(3, 4, 5, 5))
    expected = torch.linalg.eigvals(torch.from_numpy(matrix)).numpy()
    np.testing.assert_allclose(
        np.sort_complex(eigenvalues(matrix)), np.sort_complex(expected), rtol=1e-10
    )
    np.testing.assert_allclose(spectral_radius(matrix), np.abs(expected).max(-1), rtol=1e-12)


def test_singular_values_are_those_of_the_gram_matrix():
    matrix = np.random.default_rng(0).normal(size=(6, 2, 4))
    gram = np.linalg.eigvalsh(matrix @ matrix.mT)[:, ::-1]
    np.testing.assert_allclose(singular_values(matrix) ** 2, gram, rtol=1e-13)


@pytest.mark.parametrize("dimension", [2, 3])
def test_matrices_that_are_not_finite_have_no_spectrum_and_spoil_no_other(dimension):
    matrix = np.stack([np.eye(dimension), np.full((dimension, dimension), np.nan)])
    for spectrum in (eigenvalues(matrix), singular_values(matrix)):
        np.testing.assert_array_equal(spectrum[0], 1)
        assert np.isnan(spectrum[1]).all()


def test_eigenvalues_of_a_matrix_that_is_not_square_are_refused():
    with pytest.raises(InputError, match="a 3×2 matrix has no eigenvalues: use singular_values"):
        eigenvalues(np.zeros((3, 2)))


@pytest.mark.parametrize(("columns", "rows"), [(0, 3), (3, 0)])
def test_a_grid_with_no_points_is_refused(columns, rows):
    with pytest.raises(InputError, match="a grid with no points: give at least one x and one y"):
        planar_grid(random_map("tanh"), np.zeros(columns), np.zeros(rows))


@pytest.mark.parametrize("widths", [(3, 2), (2, 3), (2, 2, 1)])
def test_a_grid_of_a_network_not_of_the_plane_is_refused(widths):
    with pytest.raises(InputError, match="needs a network from the plane to the plane"):
        planar_grid(random_map("tanh", widths), np.zeros(1), np.zeros(1))


def test_a_grid_of_a_batch_of_networks_is_refused():
    with pytest.raises(InputError, match="takes one network, not a batch: give them one by one"):
        planar_grid(random_map("tanh", batch=(3,)), np.zeros(1), np.zeros(1))


def test_an_unknown_mode_is_refused():
    # Without the check of types that the tests switch on and that users do not have.
    quotient_for = inspect.unwrap(affine._quotient)
    with pytest.raises(InputError, match="unknown mode 'ofset': give 'offset' or 'literal'"):
        quotient_for(ACTIVATIONS["tanh"], "ofset")
