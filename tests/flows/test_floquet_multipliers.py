"""Floquet multipliers against exact ones: small, complex, equal, beyond the range of float64."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from known_flows import AffineImage, Bundle
from neural_spectra.flows.close_returns import Search
from neural_spectra.flows.floquet_multipliers import Method, Multipliers, multipliers
from neural_spectra.flows.monodromy import Propagators, propagate_from
from neural_spectra.flows.reference_systems import StuartLandau, UnstableAxis
from neural_spectra.flows.shooting import find_periodic_orbits, refine_periodic_orbits
from van_der_pol import VanDerPol

FLIP = torch.diag(torch.tensor([1.0, -1.0], dtype=torch.float64))


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def of_orbit(system: StuartLandau | UnstableAxis, segments: int = 24) -> Multipliers:
    """Multipliers of a system's orbit, from a random phase."""
    phase = torch.rand(1, generator=generator(), dtype=torch.float64)
    fractions = torch.arange(segments, dtype=torch.float64) / segments + phase
    points = system.orbit(fractions * system.period)
    durations = torch.full((segments,), system.period / segments, dtype=torch.float64)
    tight, _ = propagate_from(system, points, durations, 1e-12, 1e-12)
    loose, _ = propagate_from(system, points, durations, 1e-10, 1e-10)
    return multipliers(tight, loose)


def periodic_system(
    blocks: list[Tensor], segments: int = 20, flip: Tensor | None = None
) -> Propagators:
    """Φ_k = P_k e^{B/K} P_{k−1}^{−1} with random P_k, so that M has the multipliers of e^B.

    ``flip`` is multiplied to one of the factors e^{B/K} and must commute with B.
    """
    log_monodromy = torch.block_diag(*blocks)
    d = len(log_monodromy)
    frames = torch.randn(segments, d, d, generator=generator(), dtype=torch.float64)
    frames = frames + 3 * torch.eye(d)
    factors = torch.linalg.matrix_exp(log_monodromy / segments).repeat(segments, 1, 1)
    if flip is not None:
        factors[0] = factors[0] @ flip
    matrices = frames.roll(-1, 0) @ factors @ torch.linalg.inv(frames)
    return Propagators(matrices, torch.linalg.slogdet(matrices).logabsdet)


def real(log_modulus: float) -> Tensor:
    return torch.tensor([[log_modulus]], dtype=torch.float64)


def pair(log_modulus: float, angle: float) -> Tensor:
    return torch.tensor([[log_modulus, -angle], [angle, log_modulus]], dtype=torch.float64)


def exactly_solved(propagators: Propagators) -> Multipliers:
    return multipliers(propagators, propagators)


@pytest.mark.parametrize(
    "system",
    [
        StuartLandau(),
        StuartLandau(omega=1.5, shear=0.5),
        StuartLandau(omega=-4.0, shear=-3.0),
        UnstableAxis(StuartLandau(), rate=0.5),
    ],
    ids=repr,
)
def test_the_multipliers_of_a_known_orbit_are_exact_to_eight_digits(
    system: StuartLandau | UnstableAxis,
) -> None:
    found = of_orbit(system)
    error = found.log_modulus - torch.tensor(system.log_multipliers, dtype=torch.float64)
    assert -4 * math.pi in [pytest.approx(value) for value in system.log_multipliers]
    assert error.abs().max() < 1e-8
    assert (error.abs() <= found.error_estimate).all()
    assert found.error_estimate.max() < 1e-7
    torch.testing.assert_close(found.real, torch.tensor(system.log_multipliers).double().exp())
    assert (found.imag == 0).all()


def test_a_multiplier_far_below_rounding_is_exact_to_eight_digits() -> None:
    found = of_orbit(StuartLandau(mu=4.0), segments=30)
    assert found.log_modulus[1].item() == pytest.approx(-16 * math.pi, rel=1e-10)
    assert found.real[1].item() == pytest.approx(1.477e-22, rel=1e-3)


def test_a_contraction_lost_within_one_segment_is_found_by_liouville() -> None:
    system = StuartLandau(mu=60.0)
    found = of_orbit(system, segments=8)
    assert found.log_modulus[1].item() == pytest.approx(system.log_determinant, rel=1e-12)
    assert found.method[1] == Method.LIOUVILLE


def test_what_nobody_can_know_is_not_published() -> None:
    # Two multipliers contract to below rounding within a segment; their product alone is known.
    lost = Bundle(1.0, 1.0, torch.diag(torch.tensor([-100.0, -200.0], dtype=torch.float64)))
    segments = 4
    durations = torch.full((segments,), lost.period / segments, dtype=torch.float64)
    tight, loose = (
        propagate_from(lost, lost.orbit(segments), durations, rtol, rtol)[0]
        for rtol in (1e-12, 3e-11)
    )
    found = multipliers(tight, loose)
    assert [Method(int(k)).label for k in found.method[2:]] == ["unresolved", "unresolved"]
    for column in (found.log_modulus, found.error_estimate, found.real):
        assert column[2:].isnan().all()
        assert column[:2].isfinite().all()


def test_a_complex_pair_of_moderate_modulus_is_exact() -> None:
    found = exactly_solved(periodic_system([pair(-2.0, 2.5)]))
    assert found.log_modulus.tolist() == pytest.approx([-2.0, -2.0], abs=1e-11)
    assert found.real[0].item() == pytest.approx(math.exp(-2) * math.cos(2.5), rel=1e-10)
    assert found.imag.tolist() == pytest.approx(
        [math.exp(-2) * math.sin(2.5), -math.exp(-2) * math.sin(2.5)], rel=1e-10
    )


def test_a_complex_pair_far_below_rounding_comes_from_the_periodic_schur_form() -> None:
    found = exactly_solved(periodic_system([real(0.0), pair(-60.0, 1.0)]))
    assert found.log_modulus.tolist() == pytest.approx([0.0, -60.0, -60.0], abs=1e-9)
    assert found.phase[1:].angle().tolist() == pytest.approx([1.0, -1.0], abs=1e-9)
    assert found.method.tolist() == [Method.QR, Method.LIOUVILLE, Method.LIOUVILLE]


def test_two_small_pairs_of_different_moduli_are_told_apart() -> None:
    found = exactly_solved(
        periodic_system([pair(-90.0, 0.3), real(0.0), pair(-40.0, 2.0)], segments=40)
    )
    assert found.log_modulus.tolist() == pytest.approx([0, -40, -40, -90, -90], abs=1e-8)
    assert found.phase.angle().abs().tolist() == pytest.approx([0, 2, 2, 0.3, 0.3], abs=1e-8)


def test_multipliers_of_equal_modulus_and_opposite_sign_are_both_found() -> None:
    found = exactly_solved(periodic_system([real(-50.0), real(-50.0)], flip=FLIP))
    assert found.log_modulus.tolist() == pytest.approx([-50.0, -50.0], abs=1e-9)
    assert sorted(found.phase.real.tolist()) == pytest.approx([-1.0, 1.0])


def test_a_negative_multiplier_keeps_its_sign_however_small() -> None:
    found = exactly_solved(periodic_system([real(0.0), real(-45.0)], flip=FLIP))
    assert found.log_modulus.tolist() == pytest.approx([0.0, -45.0], abs=1e-10)
    assert found.phase.real.tolist() == pytest.approx([1.0, -1.0])


def test_multipliers_beyond_the_range_of_float64_keep_their_logarithm() -> None:
    found = exactly_solved(periodic_system([real(900.0), real(-900.0)], segments=400))
    assert found.log_modulus.tolist() == pytest.approx([900.0, -900.0], rel=1e-10)
    assert found.real.tolist() == [math.inf, 0.0]


def test_the_rounding_of_a_long_product_fits_its_error_estimate() -> None:
    # The product of 300 matrices [[1, b], [b, 1]] has the eigenvalues (1 ± b)³⁰⁰.
    b = torch.linspace(0.001, 0.004, 60, dtype=torch.float64)
    one = torch.ones_like(b)
    factors = torch.stack((one, b, b, one), dim=-1).reshape(-1, 1, 2, 2).expand(-1, 300, 2, 2)
    found = exactly_solved(Propagators(factors, torch.linalg.slogdet(factors).logabsdet))
    exact = 300 * torch.stack((b.log1p(), (-b).log1p()), dim=-1)
    worst = ((found.log_modulus - exact).abs() / found.error_estimate).max()
    assert 1e-3 < worst < 1


def test_a_defective_multiplier_stays_within_its_error_estimate() -> None:
    jordan = torch.tensor([[0.0, 1.0], [0.0, 0.0]], dtype=torch.float64)
    found = exactly_solved(periodic_system([jordan]))
    assert (found.log_modulus.abs() <= found.error_estimate).all()
    assert found.error_estimate.max() < 1e-5


def test_the_start_on_the_wrong_direction_does_not_swap_multipliers() -> None:
    # From the identity, orthogonal iteration would keep e^{−40} in the first place for ever.
    matrices = torch.diag(torch.tensor([-2.0, 0.0]).double().exp()).expand(20, 2, 2)
    found = exactly_solved(Propagators(matrices, torch.full((20,), -2.0).double()))
    assert found.log_modulus.tolist() == pytest.approx([0.0, -40.0], abs=1e-12)


def test_members_without_an_orbit_are_nan_and_leave_the_others_alone() -> None:
    good = periodic_system([real(0.0), real(-20.0)])
    nothing = torch.full_like(good.matrices, torch.nan)
    batch = Propagators(
        torch.stack((nothing, good.matrices)),
        torch.stack((torch.full_like(good.divergence, torch.nan), good.divergence)),
    )
    found = exactly_solved(batch)
    assert found.log_modulus[0].isnan().all()
    assert (found.method[0] == Method.NONE).all()
    assert found.log_modulus[1].equal(exactly_solved(good).log_modulus)


def test_every_method_has_a_name_for_the_tables() -> None:
    assert [method.label for method in Method] == [
        "none",
        "eigenvalues",
        "qr",
        "periodic_schur",
        "liouville",
        "unresolved",
    ]


def bundles() -> Iterator[tuple[Bundle, AffineImage]]:
    """Cycles in 3 to 5 dimensions with pairs and real multipliers, seen from a random side."""
    rng = np.random.default_rng(0)
    for case in range(32):
        system_mu, frequency = rng.uniform(0.3, 3), rng.uniform(0.5, 2) * rng.choice([-1, 1])
        near_circle = rng.uniform(-1e-3, 1e-3) * abs(frequency)
        turning = pair(near_circle if case % 3 else rng.uniform(-3, 0.3), rng.uniform(-2, 2))
        blocks = [
            [turning],
            [turning, real(-rng.uniform(1, 15))],
            [real(-rng.uniform(1, 15))],
            [real(rng.uniform(-1, 0.3)), real(-rng.uniform(5, 20))],
        ][case % 4]
        system = Bundle(system_mu, frequency, torch.block_diag(*blocks))
        d = system.dimension
        matrix = torch.eye(d).double() + 0.3 * torch.tensor(rng.standard_normal((d, d)))
        yield system, AffineImage(system, matrix, torch.tensor(10 * rng.standard_normal(d)))


def test_errors_are_covered_by_their_estimates_and_these_are_of_the_errors_size() -> None:
    ratios = []
    for system, image in bundles():
        points = image.image(system.orbit(30)).unsqueeze(0)
        moved = points + 1e-3 * torch.randn(points.shape, generator=generator()).double()
        period = torch.tensor([1.001 * system.period], dtype=torch.float64)
        orbit = refine_periodic_orbits(image, moved, period, 1e-12, 1e-12)
        found = multipliers(orbit.propagators, orbit.looser)
        error = (found.log_modulus[0] - system.log_multipliers).abs()
        assert (error <= found.error_estimate[0]).all()
        ratios += (found.error_estimate[0] / error).tolist()
        closed = (found.log_modulus.sum() - orbit.propagators.log_determinant).abs()
        assert closed <= found.error_estimate.sum()
    assert np.mean(np.array(ratios) <= 300) > 0.65


def test_every_multiplier_of_a_relaxation_oscillation_is_known() -> None:
    start = torch.tensor([[[0.5, 0.0]]], dtype=torch.float64)
    orbit = find_periodic_orbits(VanDerPol(30.0), start, Search())
    found = multipliers(orbit.propagators, orbit.looser)
    assert found.log_modulus[0, 0].abs() <= found.error_estimate[0, 0] < 1e-6
    assert found.log_modulus[0, 1].item() == pytest.approx(-2652.7554, abs=1e-4)
    assert found.log_modulus.sum().item() == pytest.approx(
        orbit.propagators.log_determinant.item(), rel=1e-11
    )


def test_stiff_slaves_keep_their_multipliers() -> None:
    system = Bundle(1.0, 1.0, torch.diag(torch.tensor([-3.0, -530.0], dtype=torch.float64)))
    guess, period = system.orbit(30).unsqueeze(0) + 1e-3, torch.tensor([system.period]).double()
    orbit = refine_periodic_orbits(system, guess, period, 1e-12, 1e-12)
    found = multipliers(orbit.propagators, orbit.looser)
    assert system.log_multipliers[3] < -3300
    error = (found.log_modulus[0] - system.log_multipliers).abs()
    assert (error <= found.error_estimate[0]).all()
    assert found.error_estimate.max() < 1e-6
