"""Lyapunov exponents against exact ones and the known one of the Lorenz attractor."""

import math
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from linear_flow import Linear
from neural_spectra.flows.lyapunov_of_flows import (
    log_growth,
    lyapunov_exponents,
    lyapunov_exponents_with_errors,
    propagate_trajectory,
)
from neural_spectra.flows.monodromy import Propagators
from neural_spectra.flows.reference_systems import ReferenceSystem, StuartLandau
from van_der_pol import VanDerPol

TOLERANCES = {"rtol": 1e-10, "atol": 1e-10}


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def later_exponents(propagators: Propagators, duration: float, share: float) -> Tensor:
    """Return the exponents over the segments after this share of them, which turn the frame."""
    count = round(share * propagators.matrices.shape[-3])
    first = Propagators(propagators.matrices[:, :count], propagators.divergence[:, :count])
    whole = duration * lyapunov_exponents(propagators, duration, generator())
    before = share * duration * lyapunov_exponents(first, share * duration, generator())
    later: Tensor = (whole - before) / ((1 - share) * duration)
    return later


@dataclass(frozen=True)
class Lorenz(ReferenceSystem):
    """The chaotic system of Lorenz (1963), σ = 10, ρ = 28, β = 8/3."""

    dimension = 3

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        a, b, c = x.unbind(-1)
        value = torch.stack((10 * (b - a), a * (28 - c) - b, a * b - 8 / 3 * c), dim=-1)
        zero, one = torch.zeros_like(a), torch.ones_like(a)
        rows = (
            torch.stack((-10 * one, 10 * one, zero), dim=-1),
            torch.stack((28 - c, -one, -a), dim=-1),
            torch.stack((b, a, -8 / 3 * one), dim=-1),
        )
        return value, torch.stack(rows, dim=-2)


def test_the_exponents_of_a_linear_system_are_the_real_parts_of_its_eigenvalues() -> None:
    matrix = torch.tensor([[0.3, 5.0, 1.0], [0.0, -0.2, 2.0], [0.0, 0.0, -1.5]]).double()
    start = torch.ones(1, 3, dtype=torch.float64)
    propagators, _ = propagate_trajectory(Linear(matrix), start, 60.0, 60, **TOLERANCES)
    exponents = later_exponents(propagators, 60.0, 2 / 3)
    assert exponents[0].tolist() == pytest.approx([0.3, -0.2, -1.5], abs=1e-5)


def test_the_exponents_of_stuart_landau_are_those_of_its_orbit() -> None:
    starts = torch.tensor([[0.1, 0.0], [1.0, 0.0], [-2.0, 1.0]], dtype=torch.float64)
    propagators, _ = propagate_trajectory(StuartLandau(), starts, 40.0, 80, **TOLERANCES)
    exponents = later_exponents(propagators, 40.0, 0.5)
    expected = torch.tensor([0.0, -2.0], dtype=torch.float64).expand(3, 2)
    torch.testing.assert_close(exponents, expected, rtol=0, atol=1e-6)


def test_the_exponents_of_lorenz_are_the_known_ones() -> None:
    # Over so short a time the exponents of single trajectories differ by a tenth.
    start = torch.tensor([[-7.0, -8.0, 24.0], [5.0, 3.0, 25.0]], dtype=torch.float64)
    start = torch.cat([start + shift for shift in (0.0, 0.3, 0.7, 1.2)])
    propagators, _ = propagate_trajectory(Lorenz(), start, 40.0, 200, rtol=1e-6, atol=1e-6)
    exponents = later_exponents(propagators, 40.0, 0.1)
    assert exponents[:, 0].mean().item() == pytest.approx(0.906, abs=0.1)
    assert exponents[:, 1].abs().max() < 0.1
    assert exponents.sum(-1).tolist() == pytest.approx([-(10 + 1 + 8 / 3)] * 8, abs=1e-2)


def test_the_exponents_add_up_to_the_mean_divergence() -> None:
    start = torch.tensor([[0.5, 0.1]], dtype=torch.float64)
    propagators, _ = propagate_trajectory(VanDerPol(), start, 20.0, 40, **TOLERANCES)
    exponents = lyapunov_exponents(propagators, 20.0, generator())
    mean = propagators.log_determinant / 20.0
    torch.testing.assert_close(exponents.sum(-1), mean, rtol=0, atol=1e-8)


def test_the_growth_of_a_linear_system_is_the_norm_of_its_exponential() -> None:
    matrix = torch.tensor([[0.3, 5.0], [0.0, -0.2]], dtype=torch.float64)
    start = torch.ones(1, 2, dtype=torch.float64)
    propagators, _ = propagate_trajectory(Linear(matrix), start, 8.0, 16, **TOLERANCES)
    times = 0.5 * torch.arange(1, 17, dtype=torch.float64)
    exact = torch.linalg.matrix_norm(torch.linalg.matrix_exp(times[:, None, None] * matrix), 2)
    torch.testing.assert_close(log_growth(propagators)[0], exact.log(), rtol=0, atol=1e-8)


def test_growth_beyond_the_range_of_float64_keeps_its_logarithm() -> None:
    expanding = Linear(20.0 * torch.eye(2, dtype=torch.float64))
    start = torch.zeros(1, 2, dtype=torch.float64)
    propagators, _ = propagate_trajectory(expanding, start, 50.0, 50, **TOLERANCES)
    assert log_growth(propagators)[0, -1].item() == pytest.approx(1000.0, rel=1e-9)


def test_growth_and_exponents_stay_below_the_bound_on_the_jacobian() -> None:
    start = torch.tensor([[0.5, 0.1]], dtype=torch.float64)
    propagators, points = propagate_trajectory(VanDerPol(), start, 20.0, 400, **TOLERANCES)
    bound = 1.01 * torch.linalg.matrix_norm(VanDerPol().jacobian(points), ord=2).max()
    times = 20.0 * torch.arange(1, 401, dtype=torch.float64) / 400
    assert (log_growth(propagators)[0] <= bound * times).all()
    assert lyapunov_exponents(propagators, 20.0, generator()).abs().max() <= bound


def test_the_points_are_those_of_the_trajectory() -> None:
    start = StuartLandau().orbit(torch.zeros(1).double())
    _, points = propagate_trajectory(StuartLandau(), start, 2 * math.pi, 5, **TOLERANCES)
    times = 2 * math.pi / 5 * torch.arange(5, dtype=torch.float64)
    torch.testing.assert_close(points[0], StuartLandau().orbit(times), rtol=0, atol=1e-9)


def test_exponents_of_a_linear_flow_have_no_error() -> None:
    field = Linear(torch.diag(torch.tensor([0.3, -1.0, -2.5], dtype=torch.float64)))
    start = torch.ones(2, 3, dtype=torch.float64)
    propagators, _ = propagate_trajectory(field, start, 60.0, 60, **TOLERANCES)
    found = lyapunov_exponents_with_errors(propagators, 60.0, 6, generator())
    torch.testing.assert_close(
        found.mean, torch.tensor([0.3, -1.0, -2.5]).double(), atol=1e-6, rtol=0
    )
    assert found.error.amax() < 1e-6


def test_the_lorenz_exponents_lie_within_their_errors() -> None:
    start = torch.tensor([[1.0, 2.0, 20.0], [-3.0, -5.0, 25.0]], dtype=torch.float64)
    propagators, _ = propagate_trajectory(Lorenz(), start, 36.0, 144, rtol=1e-8, atol=1e-8)
    found = lyapunov_exponents_with_errors(propagators, 36.0, 6, generator())
    # Sprott (2003), "Chaos and Time-Series Analysis".
    known = torch.tensor([0.9056, 0.0, -14.5723], dtype=torch.float64)
    assert ((found.mean - known).abs() < 4 * found.error).all()
    assert found.error[0] < 0.2
