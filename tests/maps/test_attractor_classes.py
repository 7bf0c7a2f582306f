"""The classifier of attractors on maps whose orbits are known."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.errors import InputError
from neural_spectra.maps.attractor_classes import classify
from neural_spectra.maps.fixed_points import distinct, newton
from neural_spectra.maps.lyapunov_of_maps import exponent_of_distances, largest_exponent
from neural_spectra.maps.orbits import Fate, Following
from neural_spectra.networks.deep_maps import DeepMap


@dataclass(frozen=True)
class Same:
    """A map that every model of the batch shares."""

    value: object
    derivative: object

    def __call__(self, x):
        return self.value(x)

    def jacobian(self, x):
        return self.derivative(x)

    def __getitem__(self, index):
        return self


@dataclass(frozen=True)
class Affine:
    """x ↦ A x + b, one A and b for each model, followed by a function if there is one."""

    matrix: np.ndarray
    offset: np.ndarray
    function: object = staticmethod(lambda z: z)
    slope: object = staticmethod(np.ones_like)

    def __call__(self, x):
        return self.function(x @ self.matrix.mT + self.offset[:, None])

    def jacobian(self, x):
        slope = self.slope(x @ self.matrix.mT + self.offset[:, None])
        return slope[..., None] * self.matrix[:, None]

    def __getitem__(self, index):
        return Affine(self.matrix[index], self.offset[index], self.function, self.slope)


def linear(*matrices, offset=(0.0, 0.0), **activation):
    stack = np.array(matrices, float)
    return Affine(stack, np.tile(np.array(offset), (len(stack), 1)), **activation)


RELU = {"function": lambda z: np.maximum(z, 0.0), "slope": lambda z: (z > 0).astype(float)}
TANH = {"function": np.tanh, "slope": lambda z: 1 - np.tanh(z) ** 2}
SOFTPLUS = {"function": lambda z: np.logaddexp(z, 0.0), "slope": lambda z: 1 / (1 + np.exp(-z))}


def turn(angle, growth=1.0):
    c, s = growth * math.cos(angle), growth * math.sin(angle)
    return [[c, -s], [s, c]]


def logistic(r):
    return Same(lambda x: r * x * (1 - x), lambda x: (r * (1 - 2 * x))[..., None])


def henon_jacobian(x):
    jacobian = np.zeros((*x.shape, 2))
    jacobian[..., 0, 0] = -2.8 * x[..., 0]
    jacobian[..., 0, 1] = 1.0
    jacobian[..., 1, 0] = 0.3
    return jacobian


HENON = Same(
    lambda x: np.stack((1 - 1.4 * x[..., 0] ** 2 + x[..., 1], 0.3 * x[..., 0]), -1), henon_jacobian
)


def starts(models=1, points=12, low=-3.0, high=3.0, dimension=2):
    return np.random.default_rng(0).uniform(low, high, (models, points, dimension))


def one(f, x, following=None):
    (found,) = classify(f, x, following or Following())
    return found


def test_a_contraction_has_a_single_point_with_its_spectral_radius():
    found = one(linear([[0.5, 0.2], [0.0, -0.3]], offset=(1.0, 2.0)), starts())
    assert found.kind == "single point"
    expected = np.linalg.solve([[0.5, -0.2], [0.0, 1.3]], [1.0, 2.0])
    np.testing.assert_allclose(found.fixed_points, [expected], atol=1e-12)
    assert found.spectral_radii == pytest.approx([0.5])
    assert found.lyapunov == pytest.approx(math.log(0.5))
    assert (found.reached == 0).all()


def test_a_contraction_by_a_small_factor_is_not_mistaken_for_a_line():
    found = one(linear([[0.9999, 0.0], [0.0, 0.5]], offset=(1.0, 0.0)), starts())
    assert found.kind == "single point"
    np.testing.assert_allclose(found.fixed_points, [[1e4, 0.0]], rtol=1e-9, atol=1e-9)


def test_a_slow_spiral_reaches_its_point():
    found = one(linear(turn(1.0, 0.997)), starts())
    assert found.kind == "single point"
    assert found.lyapunov == pytest.approx(math.log(0.997))


def test_a_point_that_attracts_more_slowly_than_any_exponential_is_a_single_point():
    found = one(linear([[0.5, 0.5], [0.5, 0.5]], **TANH), starts())
    assert found.kind == "single point"
    assert abs(found.lyapunov) < 1e-6


def test_a_pitchfork_has_two_points_reached_and_one_found_between_them():
    found = one(linear([[1.5, 0.0], [0.0, 0.5]], **TANH), starts())
    assert found.kind == "multiple points"
    assert set(found.reached) == {0, 1}
    assert sorted(found.fixed_points[:, 0]) == pytest.approx([-0.8586, 0.0, 0.8586], abs=1e-4)
    assert found.spectral_radii[2] == pytest.approx(1.5)
    assert found.lyapunov < 0


def test_a_start_on_a_repelling_point_does_not_count_as_an_exponent():
    x = starts()
    x[0, 0] = 0.0
    found = one(linear([[1.5, 0.0], [0.0, 0.5]], **TANH), x)
    assert found.fates[0] == Fate.POINT
    assert found.lyapunov < 0


def test_a_relu_cone_of_rays_is_a_line():
    found = one(linear([[0.7, 0.3], [0.3, 0.7]], **RELU), starts())
    assert found.kind == "line"
    assert found.lyapunov == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("depth", [1, 4, 8])
def test_one_orbit_on_a_ray_of_relu_layers_with_row_sums_1_shows_the_line(depth):
    weights = np.random.default_rng(depth).uniform(size=(depth + 1, 1, 2, 2))
    weights /= weights.sum(-1, keepdims=True)
    layers = DeepMap(tuple(weights), (np.zeros((1, 2)),) * (depth + 1), scalar_activation("relu"))
    assert one(layers, np.array([[[1.0, 2.0]]])).kind == "line"


def test_a_line_that_ends_at_the_point_reached_is_a_line():
    # x ↦ max(x, 0) in one direction, from the left.
    found = one(linear([[1.0, 0.0], [0.0, 0.5]], **RELU), np.array([[[1e-4, 1.0]]]))
    assert found.kind == "line"


def test_neutral_points_of_a_smooth_map_are_no_line_however_many():
    # A saddle-node at every multiple of π: orbits creep down to the next one.
    f = Same(lambda x: x - np.sin(x) ** 2 / 10, lambda x: (1 - np.sin(2 * x) / 10)[..., None])
    found = one(f, starts(low=0.1, high=12.0, dimension=1))
    assert found.kind == "multiple points"
    assert len(set(found.reached)) > 2
    assert found.spectral_radii[found.reached] == pytest.approx(1, abs=1e-6)


def test_rays_that_rounding_tilts_are_still_lines():
    matrices = np.random.default_rng(0).uniform(size=(100, 2, 2))
    matrices /= matrices.sum(-1, keepdims=True)
    found = classify(linear(*matrices, **RELU), starts(100), Following())
    assert {attractors.kind for attractors in found} == {"line"}


def test_at_a_kink_the_exponent_is_that_of_the_side_from_which_orbits_come():
    found = one(linear([[0.7, 0.2], [0.2, 0.7]], **RELU), starts(low=1.0))
    assert found.kind == "single point"
    assert found.lyapunov == pytest.approx(math.log(0.9))


def test_a_rotation_is_quasi_periodic():
    found = one(linear(turn(math.sqrt(2))), starts())
    assert found.kind == "quasi-periodic"
    assert abs(found.lyapunov) <= 3 * found.lyapunov_error + 1e-12


def test_a_slow_rotation_is_not_mistaken_for_a_drift():
    assert one(linear(turn(0.003)), starts()).kind == "quasi-periodic"


def test_a_rotation_driven_outward_and_held_by_tanh_is_quasi_periodic():
    found = one(linear(turn(1.3, 1.4), **TANH), starts())
    assert found.kind == "quasi-periodic"
    assert found.spectral_radii == pytest.approx([1.4])


@pytest.mark.parametrize("period", [2, 3, 5, 17, 64])
def test_a_rotation_by_a_fraction_of_a_turn_is_periodic(period):
    found = one(linear(turn(2 * math.pi / period)), starts())
    assert found.kind == "periodic"
    assert found.periods == (period,)
    assert found.lyapunov == pytest.approx(0.0, abs=1e-12)


def test_the_exponent_of_an_attracting_cycle_is_that_of_its_multiplier():
    found = one(logistic(3.2), starts(low=0.1, high=0.9, dimension=1))
    assert found.kind == "periodic"
    assert found.periods == (2,)
    # The multiplier of the 2-cycle is 4 + 2r − r².
    assert found.lyapunov == pytest.approx(math.log(abs(4 + 2 * 3.2 - 3.2**2)) / 2, abs=1e-6)


@pytest.mark.parametrize(("r", "period"), [(3.5, 4), (3.55, 8), (3.83, 3)])
def test_windows_of_the_logistic_map_have_their_periods(r, period):
    found = one(logistic(r), starts(low=0.1, high=0.9, dimension=1))
    assert found.periods == (period,)
    assert found.lyapunov < 0


def test_the_logistic_map_at_four_is_chaotic_with_exponent_ln_2():
    found = one(logistic(4.0), starts(low=0.1, high=0.9, dimension=1))
    assert found.kind == "chaotic"
    assert found.lyapunov == pytest.approx(math.log(2), abs=0.02)
    assert found.lyapunov_error < 0.02
    assert sorted(found.fixed_points[:, 0]) == pytest.approx([0.0, 0.75], abs=1e-12)


def test_the_henon_map_is_chaotic_with_its_known_exponent():
    following = Following(exponent_steps=20000)
    found = one(HENON, starts(low=-0.1, high=0.1), following)
    assert found.kind == "chaotic"
    assert found.lyapunov == pytest.approx(0.419, abs=0.01)
    saddles = [(-0.7 + s * math.sqrt(0.49 + 5.6)) / 2.8 for s in (-1, 1)]
    for x in found.fixed_points[:, 0]:
        assert min(abs(x - saddle) for saddle in saddles) < 1e-10


def test_orbits_beside_each_other_part_by_the_same_exponent():
    found = exponent_of_distances(HENON, np.array([[[0.6314, 0.1894]]]), steps=20000)
    assert found.item() == pytest.approx(0.419, abs=0.01)


def test_orbits_that_meet_have_the_exponent_of_minus_infinity():
    found = exponent_of_distances(linear(np.zeros((2, 2))), np.ones((1, 1, 2)), steps=20)
    assert found.item() == -math.inf


def test_some_orbits_of_the_henon_map_diverge_from_a_wide_square():
    found = one(HENON, starts(points=40))
    assert found.kind == "diverging from some starts"
    assert found.lyapunov == pytest.approx(0.419, abs=0.05)
    assert (found.fates == Fate.ESCAPED).sum() + (found.fates == Fate.MOVING).sum() == 40


@pytest.mark.parametrize("growth", [1.002, 1.2, 50.0])
def test_an_expansion_diverges_however_slowly(growth):
    found = one(linear([[growth, 0.0], [0.0, 0.5]]), starts())
    assert found.kind == "diverging"
    assert math.isnan(found.lyapunov)
    assert (found.reached == -1).all()


def test_a_constant_drift_diverges():
    assert one(linear(np.eye(2), offset=(0.1, 0.2)), starts()).kind == "diverging"


def test_a_drift_that_bends_round_a_centre_far_away_is_followed_until_it_has_escaped():
    # By a thousand millionth of a radian a step round (1e8, −2e8): straight for as far as it goes.
    found = one(linear(turn(1e-9), offset=(0.1, 0.2)), starts())
    assert found.kind == "diverging"


def test_softplus_that_grows_like_a_logarithm_diverges():
    found = one(linear([[0.5, 0.5], [0.5, 0.5]], **SOFTPLUS), starts())
    assert found.kind == "diverging"


def test_maps_of_a_batch_are_judged_as_if_alone():
    matrices = [turn(1.0, 0.5), turn(math.sqrt(2)), turn(1.0, 1.3), turn(2 * math.pi / 5)]
    kinds = ["single point", "quasi-periodic", "diverging", "periodic"]
    assert [a.kind for a in classify(linear(*matrices), starts(4), Following())] == kinds


def test_an_orbit_that_dies_has_the_exponent_minus_infinity():
    f = linear(-np.eye(2), **RELU)
    found = one(f, starts())
    assert found.kind == "single point"
    assert found.lyapunov == -math.inf
    exponent, _ = largest_exponent(f, starts(), 100, np.random.default_rng(0))
    assert (exponent == -math.inf).all()


def test_the_exponent_of_a_linear_map_is_that_of_its_largest_eigenvalue():
    f = linear([[1.0, 0.3], [0.2, 0.5]])
    exponent, error = largest_exponent(f, 0 * starts(), 400, np.random.default_rng(0))
    expected = math.log(np.abs(np.linalg.eigvals(f.matrix[0])).max())
    np.testing.assert_allclose(exponent, expected, atol=1e-9)
    assert error.max() < 1e-9


def test_the_standard_error_covers_the_exponent_of_the_logistic_map():
    x = np.random.default_rng(1).uniform(0.1, 0.9, (1, 400, 1))
    exponent, error = largest_exponent(logistic(4.0), x, 1000, np.random.default_rng(0))
    within = np.abs(exponent - math.log(2)) <= 3 * error
    assert within.mean() > 0.9


def test_newton_finds_the_golden_ratio_and_says_where_it_found_nothing():
    golden = Same(lambda x: 1 + 1 / x, lambda x: -1 / x[..., None] ** 2)
    root, found = newton(golden, np.array([[[1.0], [2.0]]]), 8)
    assert found.all()
    np.testing.assert_allclose(root, (1 + math.sqrt(5)) / 2, rtol=1e-14)
    nowhere = Same(lambda x: x + 1 + x**2, lambda x: (1 + 2 * x)[..., None])
    assert not newton(nowhere, np.array([[[0.3], [2.0]]]), 20)[1].any()


def test_newton_stands_still_on_a_line_of_fixed_points():
    line = linear([[0.5, 0.5], [0.5, 0.5]])
    root, found = newton(line, starts(), 5)
    assert found.all()
    np.testing.assert_allclose(root[..., 0], root[..., 1], atol=1e-12)


def test_distinct_points_are_numbered_in_order():
    points = np.array([[0.0, 0.0], [5.0, 5.0], [1e-5, 0.0], [5.001, 5.0], [-1.0, 0.0]])
    assert distinct(points, 1e-3).tolist() == [0, 1, 0, 1, 2]


@pytest.mark.parametrize("bad", [np.zeros((1, 0, 2)), np.full((1, 3, 2), np.nan)])
def test_starts_that_are_missing_or_not_finite_are_refused(bad):
    with pytest.raises(InputError, match="at least one start"):
        one(linear(np.eye(2)), bad)


# One map without batch axes.


def test_one_map_serves_the_starts_of_every_model():
    weight = np.array([[0.3, -0.4], [0.4, 0.3]])
    alone = DeepMap((weight,), (np.zeros(2),), scalar_activation("tanh"))
    batch = DeepMap((np.tile(weight, (3, 1, 1)),), (np.zeros((3, 2)),), scalar_activation("tanh"))
    starts = np.random.default_rng(0).normal(size=(3, 4, 2))
    for one, other in zip(
        classify(alone, starts, Following()), classify(batch, starts, Following()), strict=True
    ):
        assert one.kind == other.kind
        np.testing.assert_array_equal(one.fixed_points, other.fixed_points)
    for found, expected in zip(newton(alone, starts, 9), newton(batch, starts, 9), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.many_steps  # Shapes are not checked before.
@pytest.mark.parametrize(
    "use",
    [
        lambda f, x: classify(f, x, Following()),
        lambda f, x: newton(f, x, 3),
        lambda f, x: largest_exponent(f, x, 20, np.random.default_rng(0)),
    ],
    ids=["classify", "newton", "exponent"],
)
def test_states_that_lack_an_axis_are_named_with_it(use):
    f = DeepMap((np.eye(2),), (np.zeros(2),), scalar_activation("tanh"))
    with pytest.raises(InputError, match=r"\(models, points, d\); missing: models$"):
        use(f, np.ones((4, 2)))
