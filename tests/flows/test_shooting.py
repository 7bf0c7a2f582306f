"""Periodic orbits found by simulation and shooting, against exact ones and known constants."""

import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from torch import Tensor

from known_flows import AffineImage, LevelCurve, millivolts
from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.floquet_multipliers import multipliers
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.reference_systems import ReferenceSystem, StuartLandau, UnstableAxis
from neural_spectra.flows.shooting import find_periodic_orbits, refine_periodic_orbits
from neural_spectra.networks.multilayer_perceptron import Network
from van_der_pol import VanDerPol

TOLERANCES = {"rtol": 1e-12, "atol": 1e-12}


def starts(*points: list[float]) -> Tensor:
    """One start for each member of a batch."""
    return torch.tensor(points, dtype=torch.float64).unsqueeze(1)


def rough_orbit(
    system: StuartLandau | UnstableAxis, turns: int = 1, error: float = 0.02
) -> tuple[Tensor, Tensor]:
    """A guess of the orbit, gone round a number of times."""
    fractions = torch.arange(30, dtype=torch.float64) / 30
    points = (1 + error) * system.orbit(fractions * system.period * turns)
    return points.unsqueeze(0), torch.tensor([system.period * turns * (1 + error)]).double()


def labels(status: Tensor) -> list[str]:
    return [Status(int(value)).label for value in status]


@pytest.mark.parametrize("system", [StuartLandau(), StuartLandau(2.0, 1.0, -0.5)], ids=repr)
def test_the_orbit_of_stuart_landau_is_found_from_inside_and_outside(system: StuartLandau) -> None:
    found = find_periodic_orbits(system, starts([0.1, 0.2], [-2.0, 1.0]), Search())
    assert labels(found.status) == ["orbit", "orbit"]
    assert found.shooting_defect.max() < 1e-11
    assert found.period.tolist() == pytest.approx([system.period] * 2, rel=1e-11)
    radii = found.points.norm(dim=-1)
    assert (radii - system.radius).abs().max() < 1e-11
    assert (found.propagators.log_determinant - system.log_determinant).abs().max() < 1e-10


@pytest.mark.parametrize(("mu", "period"), [(1.0, 6.6632868593231), (3.0, 8.859095499720)])
def test_the_period_of_van_der_pol_is_the_known_one(mu: float, period: float) -> None:
    found = find_periodic_orbits(VanDerPol(mu), starts([0.5, 0.0]), Search())
    assert found.period.item() == pytest.approx(period, rel=1e-12)


def test_the_points_are_equally_spaced_in_time() -> None:
    found = find_periodic_orbits(VanDerPol(), starts([0.5, 0.0]), Search(segments=12))
    times = found.period * torch.arange(13, dtype=torch.float64) / 12

    def flow(_: Tensor, x: Tensor) -> Tensor:
        return VanDerPol()(x)

    trajectory = integrate(flow, found.points[0, :1], times, **TOLERANCES)[:, 0]
    torch.testing.assert_close(trajectory[:-1], found.points[0], rtol=0, atol=1e-10)
    torch.testing.assert_close(trajectory[-1], found.points[0, 0], rtol=0, atol=1e-10)


def test_a_repelling_orbit_is_found_from_a_guess() -> None:
    system = UnstableAxis(StuartLandau(), rate=0.5)
    points, period = rough_orbit(system)
    points[..., 2] = 1e-3
    found = refine_periodic_orbits(system, points, period, **TOLERANCES)
    assert labels(found.status) == ["orbit"]
    assert found.period.item() == pytest.approx(system.period, rel=1e-11)
    assert found.points[..., 2].abs().max() < 1e-11


def test_an_orbit_out_of_a_family_is_found_too() -> None:
    @dataclass(frozen=True)
    class Pendulum(ReferenceSystem):
        dimension = 2

        def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
            angle, velocity = x.unbind(-1)
            zero, one = torch.zeros_like(angle), torch.ones_like(angle)
            rows = (torch.stack((zero, one), -1), torch.stack((-angle.cos(), zero), -1))
            return torch.stack((velocity, -angle.sin()), -1), torch.stack(rows, -2)

    found = find_periodic_orbits(Pendulum(), starts([1.0, 0.0]), Search())
    angle, velocity = found.points[0].T
    energy = velocity**2 / 2 - angle.cos()
    modulus = math.sqrt((1 + energy[0].item()) / 2)
    mean = torch.tensor([1.0, math.sqrt(1 - modulus**2)], dtype=torch.float64)
    for _ in range(8):
        mean = torch.stack((mean.mean(), mean.prod().sqrt()))
    assert found.period.item() == pytest.approx(2 * math.pi / mean[0].item(), rel=1e-10)
    assert energy.std() < 1e-11


@pytest.mark.parametrize("turns", [2, 3, 7, 12])
def test_the_period_is_that_of_one_turn_however_often_the_guess_goes_round(turns: int) -> None:
    # The number of points is a multiple of some of these turns, and not of others.
    points, period = rough_orbit(StuartLandau(), turns=turns, error=1e-3)
    guess = points.clone()
    found = refine_periodic_orbits(StuartLandau(), points, period, **TOLERANCES)
    assert labels(found.status) == ["orbit"]
    assert found.period.item() == pytest.approx(2 * math.pi, rel=1e-10)
    ln_det = found.propagators.log_determinant.item()
    assert ln_det == pytest.approx(-4 * math.pi, rel=1e-8)
    assert torch.equal(points, guess)


def test_a_guess_that_collapses_onto_an_equilibrium_is_refused() -> None:
    points, period = rough_orbit(StuartLandau())
    found = refine_periodic_orbits(StuartLandau(), 0.01 * points, period, **TOLERANCES)
    assert labels(found.status) == ["seen not refined"]
    assert found.propagators.matrices.isnan().all()


def test_a_guess_far_from_any_orbit_fails_and_leaves_the_others_alone() -> None:
    good, period = rough_orbit(StuartLandau())
    points = torch.cat((good, 5.0 + good, good))
    periods = torch.cat((period, period, period * torch.nan))
    found = refine_periodic_orbits(StuartLandau(), points, periods, **TOLERANCES)
    assert labels(found.status) == ["orbit", "seen not refined", "seen not refined"]
    assert found.period[0].item() == pytest.approx(2 * math.pi, rel=1e-11)
    assert found.propagators.log_determinant[1:].isnan().all()


def test_where_there_is_no_orbit_the_row_is_nan_and_says_what_there_is() -> None:
    found = find_periodic_orbits(VanDerPol(mu=-1.0), starts([0.3, 0.0], [3.0, 0.0]), Search())
    assert labels(found.status) == ["equilibrium", "diverged"]
    # Where the first came to rest is told, since an equilibrium is near.
    assert found.points[0].abs().max() < 0.1
    assert found.points[1].isnan().all()
    assert found.shooting_defect.isnan().all()
    assert found.propagators.divergence.isnan().all()


def test_a_second_start_is_tried_where_the_first_leads_nowhere() -> None:
    both = torch.tensor([[[60.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [60.0, 0.0]]]).double()
    found = find_periodic_orbits(VanDerPol(), both, Search())
    assert labels(found.status) == ["orbit", "orbit"]


def oscillators(gains: list[float]) -> Network:
    """ẋ ≈ −x + A tanh x with A = gain · (1 −1; 1 1), one network for each gain.

    The origin repels for gains above 1; what the leak keeps bounded must then oscillate.
    """
    gain = torch.tensor(gains, dtype=torch.float64)[:, None, None]
    identity = torch.eye(2, dtype=torch.float64)
    rotation = torch.tensor([[1.0, -1.0], [1.0, 1.0]], dtype=torch.float64)
    small = 0.01
    inner = torch.cat((small * identity, identity)).expand(len(gains), 4, 2)
    outer = torch.cat(((-identity / small).expand(len(gains), 2, 2), gain * rotation), dim=-1)
    biases = (torch.zeros(len(gains), 4).double(), torch.zeros(len(gains), 2).double())
    return Network((inner, outer), biases, activation_named("tanh"))


def test_each_network_of_a_batch_gets_its_own_answer() -> None:
    networks = oscillators([2.0, 0.5, 3.0])
    found = find_periodic_orbits(networks, starts(*[[0.5, 0.0]] * 3), Search())
    assert labels(found.status) == ["orbit", "equilibrium", "orbit"]
    for i in (0, 2):
        alone = find_periodic_orbits(networks[i : i + 1], starts([0.5, 0.0]), Search())
        assert found.period[i].item() == pytest.approx(alone.period.item(), rel=1e-10)
    torch.testing.assert_close(
        networks(found.points)[[0, 2]].mean(1), torch.zeros(2, 2).double(), atol=1e-6, rtol=0
    )


def test_the_orbit_of_a_neighbouring_network_is_a_guess_good_enough() -> None:
    first = find_periodic_orbits(oscillators([2.0]), starts([0.5, 0.0]), Search())
    second = refine_periodic_orbits(oscillators([2.1]), first.points, first.period, **TOLERANCES)
    searched = find_periodic_orbits(oscillators([2.1]), starts([0.5, 0.0]), Search())
    assert second.shooting_defect.item() < 1e-12
    assert second.period.item() == pytest.approx(searched.period.item(), rel=1e-10)
    assert second.period.item() != pytest.approx(first.period.item(), rel=1e-3)


def test_a_periodic_orbit_obeys_yorkes_inequality() -> None:
    networks = oscillators([1.5, 2.0, 3.0])
    found = find_periodic_orbits(networks, starts(*[[0.5, 0.0]] * 3), Search())
    lipschitz = torch.linalg.matrix_norm(networks.jacobian(found.points), ord=2).amax(-1)
    assert (lipschitz * found.period > 2 * math.pi).all()


def test_units_change_neither_what_is_found_nor_how_well() -> None:
    plain = find_periodic_orbits(VanDerPol(), starts([0.5, 0.0]), Search())
    neuron = millivolts(VanDerPol())
    found = find_periodic_orbits(neuron, neuron.image(starts([0.5, 0.0])), Search())
    assert labels(found.status) == ["orbit"]
    assert found.shooting_defect.item() < 1e-12
    assert found.period.item() == pytest.approx(20 * plain.period.item(), rel=1e-12)
    found, plain = (multipliers(o.propagators, o.looser) for o in (found, plain))
    difference = (found.log_modulus - plain.log_modulus).abs()
    assert (difference <= found.error_estimate + plain.error_estimate).all()


def test_a_tolerance_below_the_rounding_of_the_states_is_met_as_far_as_rounding_allows() -> None:
    far = AffineImage(
        StuartLandau(), 1e-6 * torch.eye(2).double(), torch.tensor([1.0, -2.0]).double()
    )
    found = find_periodic_orbits(far, far.image(starts([0.4, 0.0])), Search())
    assert labels(found.status) == ["orbit"]
    assert 1e-12 < found.shooting_defect.item() < 1e-7
    assert found.period.item() == pytest.approx(2 * math.pi, rel=1e-7)


def test_an_orbit_lost_in_the_rounding_of_the_states_is_kept_as_seen() -> None:
    lost = AffineImage(
        StuartLandau(), 1e-10 * torch.eye(2).double(), torch.tensor([1.0, -2.0]).double()
    )
    points, period = rough_orbit(StuartLandau())
    found = refine_periodic_orbits(lost, lost.image(points), period, **TOLERANCES)
    assert labels(found.status) == ["seen not refined"]
    assert "below the rounding of the states" in found.explanations[0]
    assert found.period.item() == period.item()
    assert found.propagators.matrices.isnan().all()


# V = h − x²/2 + x³/3: the cycle passes the saddle at a distance of √(2h); and a degenerate saddle.
PASSAGES = [[1e-4, 0, -0.5, 1 / 3], [1e-8, 0, -0.5, 1 / 3], [1e-10, 0, 0, 0, -0.25, 0.2]]


@pytest.mark.parametrize("potential", PASSAGES, ids=["T = 13", "T = 23", "T = 836"])
def test_a_cycle_that_almost_meets_a_saddle_is_found(potential: list[float]) -> None:
    system = LevelCurve(np.polynomial.Polynomial(potential), attraction=4.0)
    start = 0.98 * system.start
    found = find_periodic_orbits(system, start.unsqueeze(1), Search())
    assert labels(found.status) == ["orbit"]
    assert found.period.item() == pytest.approx(system.period, rel=1e-4)
    assert found.propagators.log_determinant.item() == pytest.approx(system.log_determinant)


def test_a_period_as_long_as_the_search_promises_is_found_and_none_longer() -> None:
    # The fastest rate at the start is 2, so that the period takes 2 · 2π/ω units.
    slow = StuartLandau(mu=1.0, omega=0.1)
    enough, too_short = Search(windows=7), Search(windows=6)
    assert 4 * 2**4 < 2 * slow.period < 4 * 2**5
    start = starts([1.0, 0.0])
    assert labels(find_periodic_orbits(slow, start, enough).status) == ["orbit"]
    assert labels(find_periodic_orbits(slow, start, too_short).status) == ["no return"]


KINKED = ["relu", "leaky_relu", "hardtanh"]


def clipped_oscillator(activation: str) -> Network:
    """ẋ = −x + 2 (1 −1; 1 1) clip(x), of which a leaky ReLU makes a smaller leak and gain."""
    identity = torch.eye(2, dtype=torch.float64)
    turn = 2 * torch.tensor([[1.0, -1.0], [1.0, 1.0]], dtype=torch.float64)
    one, nothing = torch.ones(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    if activation == "hardtanh":
        inner, outer = torch.cat((identity / 100, identity)), torch.cat((-100 * identity, turn), -1)
        biases = torch.zeros(4, dtype=torch.float64), nothing
    else:  # x = relu(x) − relu(−x), clip(x) = relu(x + 1) − relu(x − 1) − 1
        inner = torch.cat((identity, -identity, identity, identity))
        outer = torch.cat((-identity, identity, turn, -turn), dim=-1)
        biases = torch.cat((nothing, nothing, one, -one)), -turn @ one
    weights = inner.unsqueeze(0), outer.unsqueeze(0)
    return Network(weights, tuple(b.unsqueeze(0) for b in biases), activation_named(activation))


def monodromy_by_scipy(network: Network, start: Tensor, period: float) -> np.ndarray:
    """Solve the variational equation in one piece, in steps too short to miss a kink."""

    def derivative(_: float, y: np.ndarray) -> np.ndarray:
        value, jacobian = network.value_and_jacobian(torch.tensor(y[None, None, :2]))
        return np.concatenate(
            (value.numpy().ravel(), (jacobian.numpy()[0, 0] @ y[2:].reshape(2, 2)).ravel())
        )

    y = np.concatenate((start.numpy(), np.eye(2).ravel()))
    options = {"method": "DOP853", "max_step": 0.02, "rtol": 1e-12, "atol": 1e-12}
    return solve_ivp(derivative, (0, period), y, **options).y[2:, -1].reshape(2, 2)


@pytest.mark.parametrize("activation", KINKED)
def test_a_cycle_across_kinks_is_refined_and_its_multipliers_are_known(activation: str) -> None:
    network = clipped_oscillator(activation)
    orbit = find_periodic_orbits(network, starts([0.5, 0.0]), Search())
    assert labels(orbit.status) == ["orbit"]
    found = orbit.multipliers()
    reference = monodromy_by_scipy(network, orbit.points[0, 0], orbit.period.item())
    logarithms = np.sort(np.log(np.abs(np.linalg.eigvals(reference))))[::-1]
    error = np.abs(found.log_modulus[0].numpy() - logarithms)
    assert (error <= found.error_estimate[0].numpy() + 1e-9).all()
    assert found.log_modulus[0, 0].abs() <= found.error_estimate[0, 0] < 1e-7
    assert found.log_modulus.sum().item() == pytest.approx(
        orbit.propagators.log_determinant.item(), abs=1e-9
    )
