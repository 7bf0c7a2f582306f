"""The reference systems against their defining formulas."""

import math

import pytest
import torch
from torch import Tensor

from neural_spectra.config.saturation_blocks import System
from neural_spectra.errors import InputError
from neural_spectra.flows.integration import simulate
from neural_spectra.flows.reference_systems import ReferenceSystem, StuartLandau, UnstableAxis
from van_der_pol import VanDerPol

SHEARED = StuartLandau(mu=0.7, omega=2.0, shear=-1.3)
SYSTEMS = [StuartLandau(), SHEARED, VanDerPol(mu=1.7), UnstableAxis(SHEARED, rate=0.5)]
WITH_ORBIT = [StuartLandau(), SHEARED, UnstableAxis(SHEARED, rate=0.5)]


def some_points(dimension: int) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(3, 5, dimension, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("system", SYSTEMS, ids=repr)
def test_the_jacobian_is_the_derivative_of_the_field(system: ReferenceSystem) -> None:
    x = some_points(system.dimension)
    value, jacobian = system.value_and_jacobian(x)

    def total(x: Tensor) -> Tensor:
        return system(x).sum((0, 1))

    by_autograd = torch.autograd.functional.jacobian(total, x).permute(1, 2, 0, 3)
    torch.testing.assert_close(jacobian, by_autograd, rtol=1e-13, atol=1e-13)
    torch.testing.assert_close(value, system(x), rtol=0, atol=0)
    torch.testing.assert_close(jacobian, system.jacobian(x), rtol=0, atol=0)


@pytest.mark.parametrize("system", WITH_ORBIT, ids=repr)
def test_the_orbit_solves_the_equation(system: StuartLandau | UnstableAxis) -> None:
    t = torch.linspace(0, system.period, 7, dtype=torch.float64)
    _, velocity = torch.func.jvp(system.orbit, (t,), (torch.ones_like(t),))
    torch.testing.assert_close(velocity, system(system.orbit(t)), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("system", WITH_ORBIT, ids=repr)
def test_the_orbit_closes_after_its_period_and_not_before(
    system: StuartLandau | UnstableAxis,
) -> None:
    start, half, end = system.orbit(torch.tensor([0.0, 0.5, 1.0]).double() * system.period)
    assert torch.allclose(start, end, atol=1e-14)
    assert torch.allclose(start, -half, atol=1e-14)


@pytest.mark.parametrize("system", WITH_ORBIT, ids=repr)
def test_the_multipliers_have_the_product_that_liouville_gives(
    system: StuartLandau | UnstableAxis,
) -> None:
    t = torch.arange(16, dtype=torch.float64) * system.period / 16
    divergence = system.jacobian(system.orbit(t)).diagonal(dim1=-2, dim2=-1).sum(-1)
    integral = (system.period * divergence.mean()).item()
    assert system.log_determinant == pytest.approx(integral, rel=1e-14)
    assert sum(system.log_multipliers) == pytest.approx(integral, rel=1e-14)


def test_the_default_is_the_benchmark_of_the_paper() -> None:
    points = some_points(2)
    x, y = points.unbind(-1)
    square = x**2 + y**2
    expected = torch.stack((x - y - square * x, x + y - square * y), dim=-1)
    torch.testing.assert_close(StuartLandau()(points), expected)
    assert StuartLandau().period == pytest.approx(2 * math.pi)
    assert StuartLandau().log_determinant == pytest.approx(-4 * math.pi)


def test_the_settings_which_need_no_torch_give_the_numbers_of_the_system() -> None:
    settings = System(mu=SHEARED.mu, omega=SHEARED.omega, shear=SHEARED.shear)
    assert settings.period == SHEARED.period
    assert settings.log_determinant == SHEARED.log_determinant


def test_the_real_form_equals_the_complex_normal_form() -> None:
    x = some_points(2)
    z = torch.view_as_complex(x)
    expected = (0.7 + 2.0j) * z - (1 - 1.3j) * z.abs() ** 2 * z
    torch.testing.assert_close(SHEARED(x), torch.view_as_real(expected))


def test_with_an_unstable_axis_the_determinant_is_below_one_but_the_orbit_repels() -> None:
    system = UnstableAxis(StuartLandau(), rate=1.0)
    assert system.log_determinant < 0
    assert system.log_multipliers[0] == pytest.approx(2 * math.pi)
    near = system.orbit(torch.zeros(1).double()) + torch.tensor([0.0, 0.0, 1e-6])
    distance = simulate(system, near, system.period, 0.01)[-1, 0, 2]
    assert distance == pytest.approx(1e-6 * math.exp(2 * math.pi), rel=0.02)


def test_a_system_serves_every_member_of_a_batch() -> None:
    system = VanDerPol()
    assert system[torch.tensor([0, 2])] is system


@pytest.mark.parametrize("parameters", [{"mu": 0.0}, {"mu": -1.0}, {"omega": 2.0, "shear": 2.0}])
def test_without_a_periodic_orbit_the_message_names_the_parameters(
    parameters: dict[str, float],
) -> None:
    with pytest.raises(InputError, match="mu > 0 and omega ≠ shear·mu; got mu = "):
        StuartLandau(**parameters)
