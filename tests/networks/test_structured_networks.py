"""Structured maps: their printed forms in two dimensions, training, and what they refuse."""

import numpy as np
import pytest
import torch

from neural_spectra.errors import InputError
from neural_spectra.networks import weight_recipes
from neural_spectra.networks.eigenvalue_constrained_maps import RangedMap
from neural_spectra.networks.singular_value_constrained_maps import HouseholderProduct, Spectral
from neural_spectra.networks.structured_networks import FACTORISATIONS, structured_map
from neural_spectra.networks.weight_recipes import APPENDIX_D, RANGES, VARIANTS, Recipe

RANGED = [
    ("gershgorin", "real"),
    ("gershgorin", "complex"),
    ("gershgorin", "signed"),
    ("gershgorin", "equation"),
    ("spectral", "householder"),
    ("spectral", "regularised"),
    ("perron_frobenius", "public"),
    ("perron_frobenius", "equation"),
    ("skew_symmetric", "damped"),
]
FREE = [("unstructured", "default"), ("symplectic", "printed"), ("symplectic", "symplectic")]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(factorisation, variant, dimension=2, ends=(0.5, 1.0), seed=0):
    ends = ends if (factorisation, variant) in RANGED else (None, None)
    return structured_map(Recipe(factorisation, variant, *ends, 1), dimension, generator(seed))


def test_the_recipes_know_exactly_the_maps_and_which_have_a_range():
    assert {name: tuple(variants) for name, variants in FACTORISATIONS.items()} == VARIANTS
    kinds = {
        (name, variant): kind
        for name, variants in FACTORISATIONS.items()
        for variant, kind in variants.items()
    }
    ranged = [name for name, kind in kinds.items() if issubclass(kind, RangedMap)]
    assert ranged == [name for name in kinds if name[0] in weight_recipes.RANGED]
    assert (sorted(ranged), sorted(set(kinds) - set(ranged))) == (sorted(RANGED), sorted(FREE))


@pytest.mark.parametrize("name", RANGED + FREE)
def test_a_map_applies_its_matrix_and_its_bias(name):
    layer = drawn(*name, dimension=4)
    x = torch.randn(5, 3, 4, generator=generator(1), dtype=torch.float64)
    expected = torch.einsum("ij,abj->abi", layer.matrix(), x) + layer.bias
    torch.testing.assert_close(layer(x), expected)


@pytest.mark.parametrize("name", RANGED + FREE)
def test_the_same_seed_draws_the_same_map_and_another_seed_another(name):
    torch.testing.assert_close(drawn(*name).matrix(), drawn(*name).matrix(), rtol=0, atol=0)
    assert not torch.equal(drawn(*name).matrix(), drawn(*name, seed=1).matrix())


@pytest.mark.parametrize("name", RANGED)
def test_one_dimension_is_enough_for_a_map_with_a_range(name):
    assert 0.5 <= abs(drawn(*name, dimension=1).matrix().item()) <= 1.0


@pytest.mark.parametrize("name", RANGED + FREE)
def test_training_changes_the_matrix_towards_the_target(name):
    layer = drawn(*name, dimension=4)
    target = drawn(*name, dimension=4, seed=5).matrix().detach()
    before = (layer.matrix() - target).square().sum().item()
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.03)
    for _ in range(60):
        optimiser.zero_grad()
        (layer.matrix() - target).square().sum().backward()
        optimiser.step()
    assert (layer.matrix() - target).square().sum().item() < 0.8 * before


def test_a_real_planar_gershgorin_map_has_equal_off_diagonal_entries_of_a_quarter_radius():
    matrix = drawn("gershgorin", "real", ends=(0.0, 1.0)).matrix()
    assert matrix[0, 1].item() == pytest.approx(-0.5 / 4)
    assert matrix[1, 0].item() == pytest.approx(-0.5 / 4)


def test_the_off_diagonal_of_a_gershgorin_map_adds_up_to_half_the_radius():
    matrix = drawn("gershgorin", "complex", 5, (0.0, 1.0)).matrix()
    assert (matrix - matrix.diag().diag()).sum().item() == pytest.approx(-0.5 / 2)


def test_a_planar_complex_gershgorin_map_has_real_eigenvalues_in_every_draw():
    matrices = [
        drawn("gershgorin", "complex", ends=(-1.5, -1.1), seed=k).matrix() for k in range(50)
    ]
    assert torch.linalg.eigvals(torch.stack(matrices)).imag.abs().max() == 0


def test_a_planar_signed_gershgorin_map_has_complex_eigenvalues_in_some_draws():
    matrices = [drawn("gershgorin", "signed", ends=(0.0, 1.0), seed=k).matrix() for k in range(50)]
    found = torch.linalg.eigvals(torch.stack(matrices)).imag.abs().amax(-1) > 0
    assert 5 < found.sum() < 45


def test_the_printed_gershgorin_equation_has_the_eigenvalues_c_plus_and_minus_r():
    matrix = drawn("gershgorin", "equation", ends=(0.2, 1.0)).matrix()
    assert not torch.allclose(matrix, matrix.mT)
    found = torch.linalg.eigvals(matrix).real.sort().values.tolist()
    assert found == pytest.approx([0.2, 1.0])


def test_the_public_perron_frobenius_map_is_the_printed_one_transposed():
    printed, public = (drawn("perron_frobenius", v, 3) for v in ("equation", "public"))
    torch.testing.assert_close(public.matrix(), printed.matrix().mT)


def test_householder_products_are_uniformly_distributed_in_the_plane():
    draws = [HouseholderProduct(2, generator(k))().detach().numpy() for k in range(1000)]
    angles = np.array([np.arctan2(q[1, 0], q[0, 0]) for q in draws])
    # Means over uniform angles are 0 ± 1/√(2·1000) = 0.022.
    assert abs(np.cos(angles).mean()) < 0.09
    assert abs(np.sin(angles).mean()) < 0.09
    assert abs(np.mean([np.linalg.det(q) for q in draws])) < 0.12


def test_a_regularised_map_has_no_penalty_before_training_and_one_after_a_free_step():
    layer = drawn("spectral", "regularised", 3)
    assert layer.penalty().item() < 1e-14
    with torch.no_grad():
        layer.left *= 1.1
    assert layer.penalty().item() == pytest.approx(2 * (1.1**2 - 1))


def test_descending_the_penalty_restores_orthogonality():
    layer = drawn("spectral", "regularised", 3)
    with torch.no_grad():
        layer.left += 0.1
    optimiser = torch.optim.SGD(layer.parameters(), lr=0.01)
    before = layer.penalty().item()
    for _ in range(50):
        optimiser.zero_grad()
        layer.penalty().backward()
        optimiser.step()
    assert layer.penalty().item() < 0.5 * before


def test_the_printed_hamiltonian_map_is_skew_symmetric_and_not_symplectic():
    matrix = drawn("symplectic", "printed", 4).matrix().detach()
    torch.testing.assert_close(matrix.mT, -matrix)
    j = torch.kron(torch.tensor([[0.0, 1.0], [-1.0, 0.0]]), torch.eye(2)).double()
    assert (matrix.mT @ j @ matrix - j).abs().max() > 0.1


def test_unstructured_entries_fill_the_interval_of_torchs_default():
    matrix = drawn("unstructured", "default", 30).matrix()
    assert 0.99 / np.sqrt(30) < matrix.abs().max() <= 1 / np.sqrt(30)


def test_appendix_d_has_23_combinations_at_three_depths():
    assert len(APPENDIX_D) == len(set(APPENDIX_D)) == 69
    ranges = {(recipe.lambda_min, recipe.lambda_max) for recipe in APPENDIX_D}
    assert ranges == {*RANGES, (None, None), (1.0, 1.0)}


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        (("gershgorim", "real", 0.0, 1.0, 1), "did you mean 'gershgorin'"),
        (("gershgorin", "reel", 0.0, 1.0, 1), "did you mean 'real'"),
        (("spectral", "householder", 1.0, 0.5, 1), "lambda_min = 1.0"),
        (("spectral", "householder", 0.0, float("nan"), 1), "lambda_max = nan"),
        (("spectral", "householder", None, 1.0, 1), "give both lambda_min and lambda_max"),
        (("unstructured", "default", 0.0, 1.0, 1), "has no range"),
        (("perron_frobenius", "public", -0.5, 1.0, 1), "lambda_min to 0 or more"),
        (("unstructured", "default", None, None, 0), "depth of at least 1, not 0"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused(recipe, message):
    with pytest.raises(InputError, match=message):
        Recipe(*recipe)


@pytest.mark.parametrize(
    ("name", "dimension", "message"),
    [
        (("spectral", "householder"), 0, "dimension of at least 1, not 0"),
        (("symplectic", "symplectic"), 3, "even dimension, not 3"),
    ],
)
def test_a_dimension_that_a_map_cannot_have_is_refused(name, dimension, message):
    with pytest.raises(InputError, match=message):
        drawn(*name, dimension)


def test_a_map_made_without_a_recipe_needs_a_range_as_well():
    with pytest.raises(InputError, match=r"lambda_min = 1\.0"):
        Spectral(2, generator(), 1.0, 0.5)
