"""What a trajectory does in the end: it closes, comes to rest, escapes or wanders."""

import math
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.close_returns import Search, Status, follow
from neural_spectra.flows.reference_systems import ReferenceSystem, StuartLandau
from van_der_pol import VanDerPol


@dataclass(frozen=True)
class Linear(ReferenceSystem):
    """ẋ = A x."""

    matrix: Tensor

    @property
    def dimension(self) -> int:
        return len(self.matrix)

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x @ self.matrix.mT, self.matrix.expand(*x.shape[:-1], *self.matrix.shape)


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


@pytest.mark.parametrize("rate", [-5.0, -0.3, -0.03])
def test_a_spiral_towards_rest_is_an_equilibrium(rate: float) -> None:
    assert status(linear(spiral(rate, 1.0)), start(1.0, 0.0)) == "equilibrium"


def test_a_slow_creep_towards_rest_is_an_equilibrium() -> None:
    assert status(linear(-0.01 * torch.eye(2).double()), start(1.0, 0.5)) == "equilibrium"


def test_rest_in_a_stiff_field_is_not_taken_for_an_oscillation_of_the_step() -> None:
    stiff = linear(torch.diag(torch.tensor([-56.0, -60.0], dtype=torch.float64)))
    assert status(stiff, start(1.0, 1.0)) == "equilibrium"


def test_a_field_beyond_the_finest_step_is_too_stiff() -> None:
    stiff = linear(torch.diag(torch.tensor([-1e5, -1e5], dtype=torch.float64)))
    assert status(stiff, start(1.0, 1.0), window=0.01, step=2e-4) == "too stiff"


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
    assert status(torus, start(1.0, 0.0, 1.0, 0.0)) == "no return"


def test_a_chaotic_trajectory_does_not_return() -> None:
    assert status(Lorenz(), start(0.1, 0.2, 2.0), step=0.02, windows=4) == "no return"


def test_a_period_longer_than_half_the_last_window_is_not_found() -> None:
    slow = StuartLandau(mu=1.0, omega=0.5)
    assert status(slow, start(1.0, 0.0), windows=3) == "no return"
    assert status(slow, start(1.0, 0.0), windows=4) == "orbit"


def test_members_are_judged_each_for_itself() -> None:
    starts = torch.tensor([[1.0, 0.0], [0.0, 0.0], [60.0, 0.0]], dtype=torch.float64)
    found = follow(VanDerPol(), starts, Search())
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
