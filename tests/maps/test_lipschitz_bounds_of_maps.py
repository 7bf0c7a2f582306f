"""Certificates of global contraction against each other and against what orbits do."""

import numpy as np
import pytest

from neural_spectra.activations.numpy_activations import ACTIVATIONS
from neural_spectra.errors import InputError
from neural_spectra.maps.joint_spectral_radius import joint_spectral_radius
from neural_spectra.maps.linear_regions import linear_regions
from neural_spectra.maps.lipschitz_bounds_of_maps import largest_pattern_norm, norm_product
from neural_spectra.networks.deep_maps import DeepMap


def network(layers=3, width=2, bias=1.0, gain=1.0, activation="relu", seed=0, **options):
    rng = np.random.default_rng(seed)
    sizes = [2, *[width] * (layers - 1), 2]
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    weights = tuple(gain * rng.standard_normal(shape) / np.sqrt(2) for shape in shapes)
    biases = tuple(bias * rng.standard_normal(shape[0]) for shape in shapes)
    return DeepMap(weights, biases, ACTIVATIONS[activation], **options)


def largest_region_norm(f, radius):
    return max(np.linalg.norm(region.jacobian, 2) for region in linear_regions(f, radius))


def area(vertices):
    x, y = vertices.T
    return (x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def test_the_norm_product_of_known_layers_is_their_product():
    weights = (np.diag([2.0, 1.0]), np.diag([0.5, 3.0]))
    biases = (np.zeros(2), np.ones(2))
    assert norm_product(DeepMap(weights, biases, ACTIVATIONS["relu"])) == pytest.approx(6.0)
    assert norm_product(DeepMap(weights, biases, ACTIVATIONS["sigmoid"])) == pytest.approx(6 / 16)
    unactivated = DeepMap(weights, biases, ACTIVATIONS["sigmoid"], output_activation=False)
    assert norm_product(unactivated) == pytest.approx(6 / 4)


def test_the_norm_product_takes_a_batch():
    stack = np.array([np.eye(2), 2 * np.eye(2), np.zeros((2, 2))])
    f = DeepMap((stack, stack), (np.zeros((3, 2)), np.zeros((3, 2))), ACTIVATIONS["tanh"])
    np.testing.assert_allclose(norm_product(f), [1.0, 4.0, 0.0])


@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "gelu", "softplus", "selu"])
def test_no_two_points_are_stretched_by_more_than_the_norm_product(name):
    f = network(activation=name, width=5)
    x = np.random.default_rng(1).normal(0, 3, (2000, 2))
    y = x + np.random.default_rng(2).normal(0, 0.1, x.shape)
    stretch = np.linalg.norm(f(x) - f(y), axis=-1) / np.linalg.norm(x - y, axis=-1)
    assert stretch.max() <= norm_product(f) * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_certificates_are_ordered_from_quick_to_sharp(seed):
    f = network(seed=seed)
    x = np.random.default_rng(1).uniform(-50, 50, (4000, 2))
    sampled = np.linalg.norm(f.jacobian(x), 2, axis=(-2, -1)).max()
    by_region, by_pattern = largest_region_norm(f, 50.0), largest_pattern_norm(f, 0.0, 1.0)
    rounding = 1 + 1e-12
    assert sampled <= by_region * rounding <= by_pattern * rounding**2
    assert by_pattern <= norm_product(f) * rounding


def test_the_pattern_norm_bounds_smooth_networks_too():
    f = network(activation="tanh", gain=2.0)
    x = np.random.default_rng(1).uniform(-3, 3, (4000, 2))
    sampled = np.linalg.norm(f.jacobian(x), 2, axis=(-2, -1)).max()
    assert sampled <= largest_pattern_norm(f, 0.0, 1.0) < norm_product(f)


def test_the_pattern_norm_takes_a_batch():
    one, other = network(seed=3), network(seed=4)
    pairs = [np.stack(pair) for pair in zip(one.weights, other.weights, strict=True)]
    offsets = [np.stack(pair) for pair in zip(one.biases, other.biases, strict=True)]
    both = DeepMap(tuple(pairs), tuple(offsets), one.activation)
    alone = [largest_pattern_norm(f, 0.0, 1.0) for f in (one, other)]
    np.testing.assert_allclose(largest_pattern_norm(both, 0.0, 1.0), alone)


@pytest.mark.parametrize(("layers", "width"), [(1, 2), (3, 2), (3, 6), (9, 2)])
@pytest.mark.parametrize("bias", [0.0, 1.0])
def test_linear_regions_cover_the_square_once_with_the_networks_values(layers, width, bias):
    f = network(layers, width, bias)
    regions = linear_regions(f, 4.0)
    assert sum(area(region.vertices) for region in regions) == pytest.approx(64.0)
    centres = np.array([region.vertices.mean(0) for region in regions])
    values = [
        region.jacobian @ c + region.offset for region, c in zip(regions, centres, strict=True)
    ]
    np.testing.assert_allclose(values, f(centres), rtol=1e-9, atol=1e-9)
    jacobians = np.array([region.jacobian for region in regions])
    np.testing.assert_allclose(jacobians, f.jacobian(centres), rtol=1e-9, atol=1e-9)


def test_one_layer_with_bias_has_the_four_regions_of_two_crossing_lines():
    weights, biases = (np.array([[1.0, 0.0], [0.0, 1.0]]),), (np.array([1.0, -2.0]),)
    regions = linear_regions(DeepMap(weights, biases, ACTIVATIONS["relu"]), 5.0)
    areas = sorted(abs(area(region.vertices)) for region in regions)
    assert areas == pytest.approx([4 * 3, 6 * 3, 4 * 7, 6 * 7])


def test_a_part_where_every_unit_is_dead_is_not_cut_again():
    dead = (np.eye(2), np.zeros((2, 2)), np.eye(2))
    f = DeepMap(dead, (np.zeros(2),) * 3, ACTIVATIONS["relu"])
    assert len(linear_regions(f, 1.0)) == 4


def test_the_joint_spectral_radius_of_one_matrix_is_its_spectral_radius():
    a = np.array([[0.5, 1.0], [0.0, 0.4]])
    lower, upper = joint_spectral_radius(a[None], 12)
    assert lower == pytest.approx(0.5)
    assert 0.5 <= upper < 0.61


def test_nilpotent_factors_can_grow_together():
    # The counterexample to ρ(AB) ≤ ρ(A) ρ(B), eq. (10): both spectral radii are 0.
    pair = np.array([[[0.0, 2.0], [0.0, 0.0]], [[0.0, 0.0], [2.0, 0.0]]])
    assert joint_spectral_radius(pair, 1)[0] == 0.0
    assert joint_spectral_radius(pair, 2) == pytest.approx((2.0, 2.0))


def test_the_golden_pair_has_the_golden_ratio():
    # ρ(A_1 A_2)^{1/2} of the pair [[1, 1], [0, 1]], [[1, 0], [1, 1]] is (1 + √5)/2.
    pair = np.array([[[1.0, 1.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]]])
    lower, upper = joint_spectral_radius(pair, 10)
    assert lower == pytest.approx((1 + 5**0.5) / 2)
    assert upper == pytest.approx(lower)


def test_bounds_never_get_worse_with_length():
    matrices = np.random.default_rng(0).standard_normal((3, 2, 2))
    bounds = np.array([joint_spectral_radius(matrices, k) for k in range(1, 8)])
    assert (np.diff(bounds[:, 0]) >= 0).all()
    assert (np.diff(bounds[:, 1]) <= 0).all()
    assert (bounds[:, 0] <= bounds[:, 1] + 1e-12).all()


def test_a_map_that_only_the_joint_spectral_radius_certifies_has_one_attracting_point():
    shear = np.array([[0.5, 1.0], [0.1, 0.2]])
    f = DeepMap((shear,), (np.array([0.3, -0.1]),), ACTIVATIONS["relu"])
    jacobians = np.array([region.jacobian for region in linear_regions(f, 100.0)])
    assert largest_region_norm(f, 100.0) > 1
    assert joint_spectral_radius(jacobians, 6)[1] < 1
    x = np.random.default_rng(0).uniform(-50, 50, (100, 2))
    for _ in range(200):
        x = f(x)
    assert np.ptp(x, axis=0).max() < 1e-12


def test_a_spectral_radius_below_one_everywhere_proves_nothing():
    # Theorem 6's sufficient condition holds for both layers, but the map doubles twice a step.
    weights = (np.array([[0.0, 0.0], [2.0, 0.0]]), np.array([[0.0, 2.0], [0.0, 0.0]]))
    f = DeepMap(weights, (np.zeros(2), np.zeros(2)), ACTIVATIONS["relu"])
    assert f(np.array([[1.0, 0.0]])).tolist() == [[4.0, 0.0]]
    assert norm_product(f) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("f", "got"),
    [
        (network(activation="tanh"), "got tanh"),
        (DeepMap((np.eye(3),), (np.zeros(3),), ACTIVATIONS["relu"]), r"shape \(3, 3\)"),
        (DeepMap((np.eye(2)[None],), (np.zeros((1, 2)),), ACTIVATIONS["relu"]), r"\(1, 2, 2\)"),
    ],
)
def test_regions_of_other_networks_are_refused(f, got):
    with pytest.raises(InputError, match=got):
        linear_regions(f, 1.0)


def test_too_many_patterns_are_refused():
    with pytest.raises(InputError, match="23 activated units"):
        largest_pattern_norm(network(layers=2, width=21), 0.0, 1.0)


@pytest.mark.parametrize(("count", "length"), [(0, 1), (2, 0), (10, 8)])
def test_too_many_or_no_products_are_refused(count, length):
    with pytest.raises(InputError, match="products of length"):
        joint_spectral_radius(np.zeros((count, 2, 2)), length)
