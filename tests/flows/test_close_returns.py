"""What a trajectory does in the end: it closes, comes to rest, escapes or wanders."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from known_flows import AffineImage, Bistable, millivolts
from linear_flow import Linear
from neural_spectra.errors import InputError
from neural_spectra.flows.close_returns import Search, Status, follow
from neural_spectra.flows.reference_systems import Field, ReferenceSystem, StuartLandau
from van_der_pol import VanDerPol


@dataclass(frozen=True)
class Bautin(ReferenceSystem):
    """ṙ = −r (r² − a²)(r² − 4a²)/50a⁴, turning by 1: rest attracts from r < a, a cycle at 2a."""

    a: float
    dimension = 2

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        turn = torch.tensor([[0.0, -1.0], [1.0, 0.0]], dtype=torch.float64)
        square = x.square().sum(-1)[..., None, None] / self.a**2
        growth, change = -(square - 1) * (square - 4) / 50, (10 - 4 * square) / 50 / self.a**2
        matrix = growth * torch.eye(2) + turn
        outer = x.unsqueeze(-1) * x.unsqueeze(-2)
        return (matrix @ x.unsqueeze(-1)).squeeze(-1), matrix + change * outer


class Lorenz(ReferenceSystem):
    """The chaotic system of Lorenz (1963), shrunk tenfold."""

    dimension = 3

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        a, b, c = x.unbind(-1)
        value = torch.stack((10 * (b - a), a * (28 - 10 * c) - b, 10 * a * b - 8 / 3 * c), dim=-1)
        zero, one = torch.zeros_like(a), torch.ones_like(a)
        rows = (
            torch.stack((-10 * one, 10 * one, zero), dim=-1),
            torch.stack((28 - 10 * c, -one, -10 * a), dim=-1),
            torch.stack((10 * b, 10 * a, -8 / 3 * one), dim=-1),
        )
        return value, torch.stack(rows, dim=-2)


FAR = torch.tensor([6.0, -5.0], dtype=torch.float64)


@dataclass(frozen=True)
class RoundFarCentre(ReferenceSystem):
    """A planar system whose origin is moved to (6, −5)."""

    system: ReferenceSystem
    dimension = 2

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.system.value_and_jacobian(x - FAR)


def spiral(growth: float, frequency: float) -> Tensor:
    return torch.tensor([[growth, -frequency], [frequency, growth]], dtype=torch.float64)


def linear(*blocks: Tensor) -> Linear:
    return Linear(torch.block_diag(*blocks))


def start(*values: float) -> Tensor:
    return torch.tensor([values], dtype=torch.float64)


def status(field: ReferenceSystem, x: Tensor, **search: float) -> str:
    return Status(int(follow(field, x, Search(**search)).status)).label


def test_a_closed_trajectory_gives_its_period_and_points() -> None:
    found = follow(StuartLandau(), start(0.3, 0.2), Search())
    assert found.status.tolist() == [Status.ORBIT]
    assert found.period.item() == pytest.approx(2 * math.pi, rel=1e-3)
    assert found.points.norm(dim=-1).flatten().tolist() == pytest.approx([1.0] * 30, rel=1e-2)


def test_a_small_orbit_that_turns_slowly_round_a_far_centre_is_followed_until_it_closes() -> None:
    small = StuartLandau(mu=0.01, omega=0.3)
    found = follow(RoundFarCentre(small), FAR + start(0.16, 0.0), Search(windows=6, step=0.1))
    assert found.status.tolist() == [Status.ORBIT]
    assert found.period.item() == pytest.approx(small.period, rel=1e-2)
    radii = (found.points - FAR).norm(dim=-1).flatten()
    assert radii.tolist() == pytest.approx([0.1] * 30, rel=0.03)


def test_a_small_cycle_round_an_attracting_equilibrium_is_an_orbit() -> None:
    assert status(Bautin(0.02), start(0.03, 0.0)) == "orbit"
    assert status(Bautin(0.02), start(0.01, 0.0)) == "equilibrium"


def test_a_spiral_towards_a_far_centre_is_an_equilibrium() -> None:
    far = RoundFarCentre(linear(spiral(-0.1, 1.0)))
    assert status(far, FAR + start(1.0, 0.0)) == "equilibrium"


@pytest.mark.parametrize("rate", [-5.0, -0.3, -0.03])
def test_a_spiral_towards_rest_is_an_equilibrium(rate: float) -> None:
    assert status(linear(spiral(rate, 1.0)), start(1.0, 0.0)) == "equilibrium"


def test_a_slow_creep_towards_rest_is_an_equilibrium() -> None:
    assert status(linear(-0.01 * torch.eye(2).double()), start(1.0, 0.5)) == "equilibrium"


def test_rest_in_a_stiff_field_is_not_taken_for_an_oscillation_of_the_step() -> None:
    stiff = linear(torch.diag(torch.tensor([-56.0, -60.0], dtype=torch.float64)))
    assert status(stiff, start(1.0, 1.0)) == "equilibrium"


def test_rest_is_seen_however_stiff_the_field_is() -> None:
    stiff = linear(torch.diag(torch.tensor([-1e4, -1.0], dtype=torch.float64)))
    assert status(stiff, start(1.0, 1.0)) == "equilibrium"


# The identity, a squeezed one, and a shear.
IMAGES = [[1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.2], [1.0, 0.9, 0.0, 0.1]]


@pytest.mark.parametrize("units", [lambda field: field, millivolts], ids=["plain", "millivolts"])
@pytest.mark.parametrize("matrix", IMAGES, ids=str)
def test_a_slow_spiral_to_a_cycle_beside_a_focus_is_not_called_an_equilibrium(
    matrix: list[float], units: Callable[[Field], Field]
) -> None:
    squeezed = AffineImage(
        Bistable(), torch.tensor(matrix).double().reshape(2, 2), torch.zeros(2).double()
    )
    angles = 0.3 + torch.arange(4).double() * math.pi / 2
    directions = torch.stack((angles.cos(), angles.sin()), dim=-1)
    outside, inside = (
        torch.cat([radius * directions for radius in radii])
        for radii in ((0.36, 0.5, 0.8, 1.2), (0.05, 0.3))
    )
    field = units(squeezed)
    for starts, expected in ((outside, Status.ORBIT), (inside, Status.EQUILIBRIUM)):
        states = squeezed.image(starts)
        if isinstance(field, AffineImage) and field is not squeezed:
            states = field.image(states)
        assert (follow(field, states, Search()).status == expected).all()


def test_an_equilibrium_is_seen_only_after_e_foldings_of_its_slowest_rate() -> None:
    slow = linear(torch.diag(torch.tensor([-1.0, -1e-6], dtype=torch.float64)))
    assert status(slow, start(1.0, 1.0), windows=5) == "no return"


def test_a_trajectory_far_from_its_start_has_diverged_whatever_the_units() -> None:
    wide = AffineImage(
        linear(spiral(0.2, 1.0)), 1e-9 * torch.eye(2).double(), torch.zeros(2).double(), 1e6
    )
    found = follow(wide, start(1e-9, 0.0), Search(windows=6))
    assert found.status.tolist() == [Status.DIVERGED]
    assert found.escape_radius.item() == pytest.approx(1e-3)


def test_a_growing_spiral_diverges() -> None:
    assert status(linear(spiral(0.2, 1.0)), start(1.0, 0.0)) == "diverged"


def test_a_finite_time_explosion_diverges() -> None:
    class Explosion(StuartLandau):
        def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
            value, jacobian = super().value_and_jacobian(x)
            return -value, -jacobian

    assert status(Explosion(), start(3.0, 0.0)) == "diverged"


def test_a_quasi_periodic_trajectory_does_not_return() -> None:
    golden = (1 + math.sqrt(5)) / 2
    torus = linear(spiral(0.0, 1.0), spiral(0.0, golden))
    assert status(torus, start(1.0, 0.0, 1.0, 0.0), windows=5) == "no return"


def test_a_chaotic_trajectory_does_not_return() -> None:
    assert status(Lorenz(), start(0.1, 0.2, 2.0), step=0.02, windows=4) == "no return"


def test_a_period_longer_than_half_the_last_window_is_not_found() -> None:
    # Counted in units of 1/2, as the fastest rate at the start is 2.
    slow = StuartLandau(mu=1.0, omega=0.5)
    assert 4 * 2**2 < 2 * slow.period < 4 * 2**3
    assert status(slow, start(1.0, 0.0), windows=4) == "no return"
    assert status(slow, start(1.0, 0.0), windows=5) == "orbit"


def test_members_are_judged_each_for_itself() -> None:
    starts = torch.tensor([[1.0, 0.0], [0.0, 0.0], [2.0, -60.0]], dtype=torch.float64)
    found = follow(VanDerPol(), starts, Search(windows=4, escape_radius=10.0))
    assert [Status(int(s)).label for s in found.status] == ["orbit", "no return", "diverged"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"window": 0.5}, "at least 20 steps long, but window = 0.5 and step = 0.05"),
        ({"step": 0.0}, "at least 20 steps long, but window = 4.0 and step = 0.0"),
        ({"segments": 1}, "at least 2 segments and 1 window are needed, but segments = 1"),
    ],
)
def test_a_search_that_can_find_nothing_is_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Search(**wrong)
