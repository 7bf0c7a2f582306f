"""The constraints of structured maps, with parameters that training could reach."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from neural_spectra.networks.structured_networks import structured_map
from neural_spectra.networks.weight_recipes import Recipe

seeds = st.integers(0, 2**32 - 1)
dimensions = st.integers(1, 6)
sizes = st.sampled_from([1.0, 3.0, 30.0])
ends = st.tuples(st.floats(-2.0, 2.0), st.floats(0.0, 2.0)).map(lambda e: (e[0], e[0] + e[1]))
positive = st.tuples(st.floats(0.0, 2.0), st.floats(0.0, 2.0)).map(lambda e: (e[0], e[0] + e[1]))


def matrix(factorisation, variant, dimension, ends, seed, size):
    """Return the matrix of a map whose parameters were scaled, as training might do."""
    generator = torch.Generator().manual_seed(seed)
    layer = structured_map(Recipe(factorisation, variant, *ends, 1), dimension, generator)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter *= size
        return layer.matrix()


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(["real", "complex", "signed", "equation"]), dimensions, ends, seeds, sizes)
def test_gershgorin_eigenvalues_lie_in_the_disc(variant, dimension, ends, seed, size):
    a = matrix("gershgorin", variant, dimension, ends, seed, size)
    centre, radius = sum(ends) / 2, (ends[1] - ends[0]) / 2
    distance = (torch.linalg.eigvals(a) - centre).abs().max()
    # A defective matrix moves its eigenvalues by the root of the rounding error.
    assert distance <= radius + 1e-6 * (1 + radius)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["real", "complex", "signed"]), dimensions, ends, seeds, sizes)
def test_gershgorin_discs_of_every_row_lie_in_the_disc(variant, dimension, ends, seed, size):
    a = matrix("gershgorin", variant, dimension, ends, seed, size)
    centre, radius = sum(ends) / 2, (ends[1] - ends[0]) / 2
    off = a.abs().sum(-1) - a.diagonal().abs()
    assert ((a.diagonal() - centre).abs() + off <= radius + 1e-12).all()


@settings(deadline=None, max_examples=60)
@given(dimensions, ends, seeds, sizes)
def test_real_gershgorin_matrices_are_symmetric(dimension, ends, seed, size):
    a = matrix("gershgorin", "real", dimension, ends, seed, size)
    assert torch.equal(a, a.mT)


@settings(deadline=None, max_examples=100)
@given(dimensions, ends, seeds, sizes)
def test_singular_values_of_householder_maps_lie_in_the_range(dimension, ends, seed, size):
    a = matrix("spectral", "householder", dimension, ends, seed, size)
    values = torch.linalg.svdvals(a)
    smallest = 0.0 if ends[0] <= 0 <= ends[1] else min(map(abs, ends))
    assert values.min() >= smallest - 1e-12
    assert values.max() <= max(map(abs, ends)) + 1e-12


@settings(deadline=None, max_examples=60)
@given(dimensions, ends, seeds)
def test_singular_values_of_regularised_maps_start_in_the_range(dimension, ends, seed):
    values = torch.linalg.svdvals(matrix("spectral", "regularised", dimension, ends, seed, 1.0))
    assert values.max() <= max(map(abs, ends)) + 1e-12


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(["public", "equation"]), dimensions, positive, seeds, sizes)
def test_perron_frobenius_sums_and_the_dominant_eigenvalue_are_in_range(
    variant, dimension, ends, seed, size
):
    a = matrix("perron_frobenius", variant, dimension, ends, seed, size)
    sums = a.sum(-1 if variant == "equation" else 0)
    assert (a >= 0).all()
    assert (sums >= ends[0] - 1e-12).all()
    assert (sums <= ends[1] + 1e-12).all()
    dominant = torch.linalg.eigvals(a).abs().max()
    assert ends[0] - 1e-6 <= dominant <= ends[1] + 1e-6


@settings(deadline=None, max_examples=60)
@given(dimensions, ends, seeds, sizes)
def test_skew_symmetric_eigenvalues_share_a_real_part_in_the_range(dimension, ends, seed, size):
    a = matrix("skew_symmetric", "damped", dimension, ends, seed, size)
    real = torch.linalg.eigvals(a).real
    assert real.max() - real.min() <= 1e-12 * (1 + size)
    assert ends[0] - 1e-12 * (1 + size) <= real.mean() <= ends[1] + 1e-12 * (1 + size)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3), seeds, st.sampled_from([0.1, 1.0, 2.0]))
def test_symplectic_matrices_keep_the_symplectic_form(half, seed, size):
    a = matrix("symplectic", "symplectic", 2 * half, (None, None), seed, size)
    identity, zero = torch.eye(half).double(), torch.zeros(half, half).double()
    j = torch.cat((torch.cat((zero, identity), 1), torch.cat((-identity, zero), 1)))
    # torch's matrix exponential is accurate to about 1e-13, not to rounding.
    assert (a.mT @ j @ a - j).abs().max() <= 1e-11 * a.abs().max() ** 2


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 3), seeds)
def test_printed_hamiltonian_eigenvalues_are_imaginary_singular_values(half, seed):
    a = matrix("symplectic", "printed", 2 * half, (None, None), seed, 1.0)
    found = torch.linalg.eigvals(a)
    expected = torch.linalg.svdvals(a[:half, half:]).repeat_interleave(2)
    assert found.real.abs().max() <= 1e-12
    torch.testing.assert_close(found.imag.abs().sort(descending=True).values, expected)
