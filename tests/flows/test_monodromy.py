"""Monodromy matrices against exact ones, SciPy's DOP853, and each other."""

import math
from functools import cache

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from scipy.optimize import fsolve
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.flows.floquet_multipliers import multipliers
from neural_spectra.flows.monodromy import (
    Propagators,
    liouville_quadrature,
    propagate_along,
    propagate_from,
    scaled_product,
)
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.multilayer_perceptron import Network
from van_der_pol import VanDerPol

TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def at_segments(system: StuartLandau, segments: int, phase: float) -> tuple[Tensor, Tensor]:
    """Points on the orbit from a given phase, and how long each segment lasts."""
    fractions = torch.arange(segments, dtype=torch.float64) / segments + phase
    durations = torch.full((segments,), system.period / segments, dtype=torch.float64)
    return system.orbit(fractions * system.period), durations


def van_der_pol_by_scipy(start: list[float], end: float) -> tuple[np.ndarray, np.ndarray, float]:
    """End point, propagator and integrated divergence of ẍ = (1 − x²) ẋ − x, in one piece."""

    def derivative(_: float, state: np.ndarray) -> np.ndarray:
        x, y = state[:2]
        jacobian = np.array([[0, 1], [-2 * x * y - 1, 1 - x**2]])
        variation = jacobian @ state[2:6].reshape(2, 2)
        return np.array([y, (1 - x**2) * y - x, *variation.ravel(), 1 - x**2])

    state = np.array([*start, 1, 0, 0, 1, 0])
    options = {"method": "DOP853", "rtol": 1e-13, "atol": 1e-14}
    state = solve_ivp(derivative, (0, end), state, **options).y[:, -1]
    return state[:2], state[2:6].reshape(2, 2), state[6]


@cache
def van_der_pol_cycle() -> tuple[float, float]:
    """Where the limit cycle crosses y = 0, and its period."""

    def gap(unknowns: np.ndarray) -> np.ndarray:
        x, period = unknowns
        return van_der_pol_by_scipy([x, 0.0], period)[0] - [x, 0.0]

    x, period = fsolve(gap, [2.0, 6.7], xtol=1e-13)
    return x, period


def van_der_pol_points(segments: int) -> tuple[Tensor, Tensor]:
    """Points on the limit cycle, and how long each segment lasts."""
    x, period = van_der_pol_cycle()
    times = period / segments * np.arange(segments)
    points = [van_der_pol_by_scipy([x, 0.0], t)[0] if t else np.array([x, 0.0]) for t in times]
    return torch.tensor(np.stack(points)), torch.full(
        (segments,), period / segments, dtype=torch.float64
    )


def two_networks() -> Network:
    generator = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    weights = (normal(2, 8, 2), 0.2 * normal(2, 2, 8))
    return Network(weights, (normal(2, 8), normal(2, 2)), activation_named("tanh"))


@pytest.mark.parametrize("mu", [1.0, 4.0])
def test_the_log_determinant_of_stuart_landau_is_exact(mu: float) -> None:
    system = StuartLandau(mu)
    propagators, _ = propagate_from(system, *at_segments(system, 20, phase=0.3), **TIGHT)
    assert propagators.log_determinant.item() == pytest.approx(-4 * mu * math.pi, rel=1e-12)
    assert propagators.liouville_defect < 1e-10


def test_the_flow_ends_where_the_next_segment_starts() -> None:
    system = StuartLandau(shear=0.5)
    points, durations = at_segments(system, 6, phase=0.1)
    _, ends = propagate_from(system, points, durations, **TIGHT)
    torch.testing.assert_close(ends, points.roll(-1, 0), rtol=0, atol=1e-12)


def test_the_monodromy_matrix_equals_that_of_scipy_in_one_piece() -> None:
    x, period = van_der_pol_cycle()
    _, monodromy, divergence = van_der_pol_by_scipy([x, 0.0], period)
    propagators, _ = propagate_from(VanDerPol(1.0), *van_der_pol_points(9), **TIGHT)
    np.testing.assert_allclose(propagators.monodromy, monodromy, rtol=0, atol=1e-10)
    assert propagators.log_determinant.item() == pytest.approx(divergence, rel=1e-11)


def test_where_the_divergence_varies_its_integral_equals_the_determinant() -> None:
    propagators, _ = propagate_from(VanDerPol(1.0), *van_der_pol_points(9), **TIGHT)
    assert propagators.divergence.std() > 0.5
    assert propagators.liouville_defect < 1e-11


def test_the_multipliers_of_van_der_pol_equal_the_eigenvalues_of_scipys_matrix() -> None:
    x, period = van_der_pol_cycle()
    _, monodromy, divergence = van_der_pol_by_scipy([x, 0.0], period)
    by_eigenvalues = np.log(np.sort(np.abs(np.linalg.eigvals(monodromy)))[::-1])
    tight, _ = propagate_from(VanDerPol(1.0), *van_der_pol_points(9), **TIGHT)
    loose, _ = propagate_from(VanDerPol(1.0), *van_der_pol_points(9), rtol=1e-10, atol=1e-10)
    found = multipliers(tight, loose).log_modulus
    np.testing.assert_allclose(found, by_eigenvalues, rtol=0, atol=1e-8)
    np.testing.assert_allclose(found, [0.0, divergence], rtol=0, atol=1e-9)


def test_along_an_orbit_both_ways_to_propagate_agree() -> None:
    system = StuartLandau(shear=-0.4)
    along = propagate_along(system, system.orbit, system.period, 5, **TIGHT)
    from_points, _ = propagate_from(system, *at_segments(system, 5, phase=0.0), **TIGHT)
    torch.testing.assert_close(along.matrices, from_points.matrices, rtol=0, atol=1e-11)


def test_along_a_curve_that_is_no_orbit_the_product_does_not_depend_on_the_segments() -> None:
    circle = StuartLandau().orbit
    few, many = (propagate_along(two_networks(), circle, 2 * math.pi, k, **TIGHT) for k in (1, 7))
    torch.testing.assert_close(few.monodromy, many.monodromy, rtol=1e-10, atol=1e-10)


def test_along_a_known_curve_quadrature_gives_the_same_log_determinant() -> None:
    circle = StuartLandau().orbit
    networks = two_networks()
    propagators = propagate_along(networks, circle, 2 * math.pi, 8, **TIGHT)
    quadrature, error = liouville_quadrature(networks, circle, 2 * math.pi)
    assert quadrature.std() > 0.1
    assert error.max() < 1e-12
    torch.testing.assert_close(propagators.log_determinant, quadrature, rtol=1e-10, atol=1e-10)
    assert propagators.liouville_defect.max() < 1e-10


def test_members_solved_together_equal_members_solved_alone() -> None:
    circle, networks = StuartLandau().orbit, two_networks()
    together = propagate_along(networks, circle, 2 * math.pi, 4, **TIGHT)
    for i in range(2):
        alone = propagate_along(networks[i], circle, 2 * math.pi, 4, **TIGHT)
        torch.testing.assert_close(together[i].matrices, alone.matrices, rtol=1e-10, atol=1e-10)


def test_a_member_that_cannot_be_integrated_is_nan_and_the_others_are_not() -> None:
    system = StuartLandau()
    points, durations = at_segments(system, 4, phase=0.0)
    batch = torch.stack((points, torch.full_like(points, torch.nan)))
    propagators, ends = propagate_from(system, batch, durations.expand(2, 4), **TIGHT)
    assert propagators.log_determinant[0].item() == pytest.approx(-4 * math.pi, rel=1e-11)
    assert propagators.matrices[1].isnan().all()
    assert ends[1].isnan().all()


def test_products_beyond_the_range_of_float64_keep_their_logarithm() -> None:
    factors = torch.diag(torch.tensor([300.0, 299.0]).double().exp()).expand(5, 2, 2)
    product, log_scale = scaled_product(factors)
    assert log_scale.item() == pytest.approx(1500)
    torch.testing.assert_close(product, torch.diag(torch.tensor([1.0, math.exp(-5)]).double()))


def test_factors_are_multiplied_from_right_to_left() -> None:
    generator = torch.Generator().manual_seed(0)
    factors = torch.randn(3, 2, 2, generator=generator, dtype=torch.float64)
    monodromy = Propagators(factors, torch.zeros(3).double()).monodromy
    torch.testing.assert_close(monodromy, factors[2] @ factors[1] @ factors[0])
