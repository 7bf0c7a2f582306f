"""Any module or function of torch as a vector field, its Jacobian by automatic differentiation."""

import pytest
import torch
from torch import Tensor, nn

from neural_spectra.flows.close_returns import Search
from neural_spectra.flows.differentiable_fields import DifferentiableField
from neural_spectra.flows.shooting import find_periodic_orbits
from van_der_pol import VanDerPol


def van_der_pol(x: Tensor) -> Tensor:
    return torch.stack((x[:, 1], (1 - x[:, 0] ** 2) * x[:, 1] - x[:, 0]), dim=-1)


def test_values_and_jacobians_are_those_of_the_formula() -> None:
    x = torch.randn(3, 5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    field, exact = DifferentiableField(van_der_pol, 2), VanDerPol()
    torch.testing.assert_close(field(x), exact(x))
    for found, expected in zip(
        field.value_and_jacobian(x), exact.value_and_jacobian(x), strict=True
    ):
        torch.testing.assert_close(found, expected)
    torch.testing.assert_close(field.jacobian(x), exact.jacobian(x))


def test_its_cycle_is_found_like_any_other() -> None:
    found = find_periodic_orbits(
        DifferentiableField(van_der_pol, 2), torch.tensor([[[0.5, 0.0]]]).double(), Search()
    )
    assert found.period.item() == pytest.approx(6.6632868593231, rel=1e-11)


def test_a_module_is_taken_in_float64_and_left_as_it_is() -> None:
    module = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))
    field = DifferentiableField(module, 2)
    x = torch.randn(4, 2, dtype=torch.float64)
    assert field(x).dtype == torch.float64
    assert next(module.parameters()).dtype == torch.float32
    torch.testing.assert_close(field(x).float(), module(x.float()))
