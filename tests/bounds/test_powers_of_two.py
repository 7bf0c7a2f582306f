"""Norms and products of numbers near the ends of float64, against the same of ordinary size."""

import math

import pytest
import torch

from neural_spectra.bounds.powers_of_two import euclidean_norm, normalised, product, times_power

EXPONENTS = [-1000, -565, -300, -1, 0, 515, 1000]


def rows(exponent=0):
    x = torch.randn(20, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return times_power(x, torch.tensor(exponent))


@pytest.mark.parametrize("exponent", [*EXPONENTS, 1024, -1074, -1080, 1030])
def test_a_power_of_two_is_exact_and_overflows_only_where_the_result_does(exponent):
    x = [0.5, 0.75, -0.9]
    found = times_power(torch.tensor(x, dtype=torch.float64), torch.tensor(exponent))
    exact = [math.ldexp(v, exponent) if exponent <= 1024 else math.copysign(math.inf, v) for v in x]
    assert found.tolist() == exact


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_the_norm_of_a_row_scales_exactly(exponent):
    ordinary = torch.linalg.vector_norm(rows(), dim=-1)
    assert torch.equal(
        euclidean_norm(rows(exponent)), times_power(ordinary, torch.tensor(exponent))
    )


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_normalised_numbers_are_the_same_numbers_and_their_products_stay_inside(exponent):
    values, power = normalised(rows(exponent), -1)
    assert torch.equal(times_power(values, power.unsqueeze(-1)), rows(exponent))
    assert (power % 2 == 0).all()
    fourth = values.abs().amax(-1) ** 4
    assert ((fourth > 0) & fourth.isfinite()).all()


def test_zero_stays_zero():
    assert torch.equal(normalised(torch.zeros(2, 3).double(), (-2, -1))[0], torch.zeros(2, 3))
    assert euclidean_norm(torch.zeros(1, 3).double()).item() == 0


def test_a_product_may_leave_float64_on_its_way():
    factors = [torch.tensor(2.0**power, dtype=torch.float64) for power in (900, 900, -800, -990)]
    assert product(factors).item() == 2.0**10
    assert product(factors[:2]).item() == math.inf
    assert product(factors[2:]).item() == 0
