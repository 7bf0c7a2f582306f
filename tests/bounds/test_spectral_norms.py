"""Spectral norms against the singular value decomposition."""

import pytest
import torch

from neural_spectra.bounds.spectral_norms import spectral_norm

SHAPES = [(1, 1), (1, 5), (2, 2), (2, 7), (7, 2), (3, 3), (4, 9), (9, 4)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_the_spectral_norm_is_the_largest_singular_value(shape, size):
    generator = torch.Generator().manual_seed(0)
    a = size * torch.randn(3, 50, *shape, generator=generator, dtype=torch.float64)
    expected = torch.linalg.matrix_norm(a, ord=2)
    torch.testing.assert_close(spectral_norm(a), expected, rtol=1e-14, atol=0)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_spectral_norm_of_zero_is_zero(shape):
    assert spectral_norm(torch.zeros(shape, dtype=torch.float64)).item() == 0


def test_the_spectral_norm_of_a_rank_one_matrix_is_the_product_of_the_vectors_norms():
    u, v = torch.tensor([3.0, 4.0]).double(), torch.tensor([5.0, 12.0]).double()
    assert spectral_norm(torch.outer(u, v)).item() == pytest.approx(5 * 13, rel=1e-15)
