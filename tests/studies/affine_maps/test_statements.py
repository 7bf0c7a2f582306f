"""The table behind the claims about affine maps, against values known by hand."""

import math

import numpy as np
import pytest

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.parameter_families import elu
from neural_spectra.activations.stability_classes import PUBLISHED
from neural_spectra.maps.pointwise_affine import linearise, spectral_radius
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.counterexamples import NILPOTENT
from neural_spectra.studies.affine_maps.statements import (
    printed_parts,
    rotation_with_a_kink,
    statements,
)
from neural_spectra.studies.affine_maps.statements_on_activations import printed_quotient

WITH_AN_OFFSET = {"aplu", "sigmoid", "hardsigmoid", "logsigmoid", "softplus"}


@pytest.fixture(scope="module")
def computed():
    return statements(seeds=3, points=50)


@pytest.fixture(scope="module")
def values(computed):
    """The value of each case, the largest over the seeds."""
    grouped = computed.table.groupby(["statement", "case"])["value"].max()
    return {statement: rows.droplevel(0) for statement, rows in grouped.groupby(level=0)}


def test_affine_parts_as_printed_are_those_of_a_small_network_by_hand():
    weights = np.array([[2.0], [-1.0]]), np.array([[3.0, 5.0]])
    biases = np.array([1.0, -4.0]), np.array([7.0])
    network = DeepMap(weights, biases, scalar_activation("sigmoid"), output_activation=False)
    matrix, offset = printed_parts(network, np.array([[1.0], [-4.0]]))
    # At x = 1 the pre-activations are 3 and −5; at x = −4 they are −7 and 0, which takes σ'(0).
    first, second, third = (1 / (1 + math.exp(-z)) / z for z in (3, -5, -7))
    np.testing.assert_allclose(matrix[:, 0, 0], [6 * first - 5 * second, 6 * third - 5 / 4])
    np.testing.assert_allclose(offset[:, 0], [3 * first - 20 * second + 7, 3 * third - 5 + 7])


@pytest.mark.parametrize("name", PUBLISHED)
def test_affine_parts_as_printed_are_those_of_the_literal_mode(name):
    generator = np.random.default_rng(0)
    weights = generator.normal(size=(3, 2, 2))
    biases = generator.normal(size=(3, 2))
    network = DeepMap(tuple(weights), tuple(biases), PUBLISHED[name])
    x = generator.normal(size=(5, 2))
    maps = linearise(network, x, "literal")
    for found, expected in zip(printed_parts(network, x), (maps.matrix, maps.offset), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_quotient_at_zero_is_the_slope():
    np.testing.assert_allclose(printed_quotient(elu(2.0), np.array([0.0, 3.0, -1e-12])), [2, 1, 2])


def test_lemma_3_holds_to_rounding_but_where_an_activation_is_not_zero_at_zero(computed, values):
    for statement in ("Lemma 3 without bias", "Lemma 3 with bias", "recursion (7)"):
        assert values[statement].max() < 1e-9
        assert set(values[statement].index) == set(PUBLISHED)
    at_zero = values["Lemma 3 at the origin"]
    assert set(at_zero.index[at_zero > 1e-9]) == WITH_AN_OFFSET
    assert computed.residuals["linearisation"] < 1e-12


def test_pre_activations_vanish_with_positive_probability_under_relu_but_not_under_tanh(values):
    shares = values["share of undefined points"]
    assert 0 < shares["relu"] < 1
    assert shares["tanh"] == 0


def test_the_affine_map_is_the_jacobian_for_lines_through_zero_only(values):
    equal = values["A* and Jacobian"] < 1e-12
    lines = {"relu", "leaky_relu", "prelu", "rrelu", "softexponential", "blu", "hardshrink"}
    assert set(equal.index[equal]) == lines
    assert values["Jacobian in one orthant"]["relu"] > 0.1


def test_eigenvectors_of_a_diagonal_matrix_are_the_axes_and_a_product_has_others(values):
    assert values["change of eigenvectors"]["Λ_z"] == 0
    assert values["change of eigenvectors"]["A*"] > 1e-3


def test_the_rotation_with_a_kink_is_two_stable_matrices(values):
    x = np.random.default_rng(0).normal(size=(50, 2))
    left, right = np.array([[-0.3, 1], [-0.9, 0]]), np.array([[-1.6, 1], [-0.9, 0]])
    expected = np.where(x[:, :1] < 0, x @ left.T, x @ right.T)
    network = rotation_with_a_kink()
    np.testing.assert_allclose(network(x), expected, atol=1e-14)
    # Complex eigenvalues of the determinant 0.9.
    np.testing.assert_allclose(spectral_radius(linearise(network, x).matrix), math.sqrt(0.9))


def test_orbits_grow_although_the_conditions_hold(values):
    growth = values["growth per step"]
    # x_2 = 4 x_2 + 3 and 4 x_2 − 1.5
    assert growth["sufficient, with bias"] == pytest.approx(4)
    assert growth["strictly sufficient"] == pytest.approx(4)
    assert growth["strictly necessary"] > 1.05
    assert not spectral_radius(np.stack(NILPOTENT)).any()
    assert (printed_quotient(scalar_activation("softshrink"), np.linspace(-9, 9, 99)) < 1).all()


def test_the_largest_quotients_are_those_by_hand(values):
    assert dict(values["largest quotient of elu"]) == pytest.approx(
        {"a = 0.5": 1, "a = 1": 1, "a = 2": 2}, rel=1e-5
    )
    assert dict(values["largest quotient of prelu"]) == {"a = 0.25": 1, "a = 1": 1, "a = 2": 2}
    assert dict(values["largest quotient of pelu"]) == pytest.approx(
        {"a = 1, b = 1": 1, "a = 1, b = 2": 0.5, "a = 2, b = 1": 2}, rel=1e-5
    )
    # 1 + |b| far from 0
    assert dict(values["largest quotient of blu"]) == pytest.approx(
        {"b = -0.5": 1.5, "b = 0": 1, "b = 0.5": 1.5}, rel=1e-2
    )
    assert values["largest quotient of softexponential"]["a = 0"] == 1
    assert values["largest quotient of softexponential"]["a = 0.5"] > 1e6
    assert values["largest quotient"]["sigmoid"] == pytest.approx(0.5e6, rel=1e-5)


def test_a_lipschitz_constant_below_one_bounds_the_quotients(values):
    assert values["Lemma 8"].max() <= 0.9 + 1e-9
    assert values["Lemma 8"]["hardswish"] == pytest.approx(0.6)


def test_gradients_grow_by_the_slope_at_the_fixed_point(values):
    growth = values["gradient per layer"]
    assert growth["sigmoid(x - 1/2) at 1/2"] == pytest.approx(1 / 4)
    assert growth["hardsigmoid(x - 1/2) at 1/2"] == pytest.approx(1 / 6)
    assert growth["sigmoid(8 x - 4) at 1/2"] == pytest.approx(2)
    assert growth["hardsigmoid(8 x - 4) at 1/2"] == pytest.approx(8 / 6)


def test_an_offset_drives_orbits_away_where_weights_do_not_contract_and_only_there(values):
    stable = values["stable with σ(0), where stable without"]
    assert stable["gershgorin, 0 to 1"] == 1
    assert stable["gershgorin, 1 to 1.01"] == 0


def test_eigenvalues_lie_where_theorems_have_them_and_elsewhere_where_none_does(values):
    assert values["dominant eigenvalue of (21)"].max() <= 1
    assert values["moduli of the eigenvalues of (23)"].max() <= 1
    np.testing.assert_allclose(values["eigenvalues of (26)"], 1, rtol=1e-10)
    singular_values = values["singular values of (23)"]
    assert list(singular_values.index[singular_values > 1]) == ["-1.5 to -1.1"]
    assert values["eigenvalues of (21)"]["0.99 to 1"] > 1
    assert values["eigenvalues of (23)"]["0.99 to 1"] > 1


def test_the_regulariser_is_known_from_the_singular_values_and_zero_for_orthogonal_factors(
    computed,
):
    rows = computed.table.query("statement == 'L_reg of (22)'").set_index("case")
    np.testing.assert_allclose(rows["value"], rows["bound"], atol=1e-12)
    assert rows.loc["orthogonal", "value"].max() < 1e-12
    assert rows.loc["stretched", "bound"].min() > 0.1


def test_damping_makes_a_skew_symmetric_matrix_another(values):
    assert dict(values["A + Aᵀ of (24)"]) == pytest.approx({"γ = 0": 0, "γ = 0.1": 0.2})


def test_a_hamiltonian_weight_is_skew_symmetric(values):
    assert values["A + Aᵀ of (25)"].max() == 0


def test_a_hamiltonian_weight_is_neither_symplectic_nor_of_radius_one(values):
    assert values["symplectic defect of (25)"].min() > 0.1
    assert abs(values["spectral radius of (25)"].min() - 1) > 0.1


def test_a_seed_gives_the_same_rows_whatever_the_other_seeds(computed):
    fewer = statements(seeds=2, points=50).table
    chosen = computed.table.query("seed < 2").reset_index(drop=True)
    assert chosen.equals(fewer)
