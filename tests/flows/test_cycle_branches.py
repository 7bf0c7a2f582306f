"""Branches of cycles: where they start, turn and end, against closed forms and other methods."""

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.cycle_branches import Branch, branch_from_hopf, folds_of_cycles
from neural_spectra.flows.equilibrium_curves import folds_and_hopf_points, growth_rates
from neural_spectra.flows.homoclinic_connections import cycles_beside, find_connection
from neural_spectra.flows.neuron_models import MORRIS_LECAR_SETS, MorrisLecar, MorrisLecarFamily
from neural_spectra.flows.reference_systems import ReferenceSystem
from neural_spectra.flows.shooting import refine_periodic_orbits

DIMENSIONLESS = MorrisLecarFamily(MORRIS_LECAR_SETS["dimensionless"])


@dataclass(frozen=True)
class Bautin(ReferenceSystem):
    """ṙ = r (p + r² − r⁴), φ̇ = 1: unstable cycles from p = 0 down to a fold at r² = 1/2."""

    dimension = 3

    def value_and_jacobian(self, x: Tensor) -> tuple[Tensor, Tensor]:
        def field(state: Tensor) -> Tensor:
            u, v, p = state
            square = u**2 + v**2
            growth = p + square - square**2
            return torch.stack((growth * u - v, growth * v + u, 0 * p))

        flat = x.reshape(-1, 3)
        value = torch.func.vmap(field)(flat)
        jacobian = torch.func.vmap(torch.func.jacfwd(field))(flat)
        return value.reshape(x.shape), jacobian.reshape(*x.shape, 3)


def radii(branch: Branch) -> Tensor:
    return branch.points[..., :2].norm(dim=-1).mean(-1)


@pytest.fixture(scope="module")
def branch() -> Branch:
    """Stopped by hand: its cycles never end."""
    origin = torch.zeros(3, dtype=torch.float64)
    return branch_from_hopf(Bautin(), origin, 0.1, longest_period=100.0, most_steps=14)


def test_a_branch_passes_its_fold_and_stays_on_the_cycles(branch: Branch) -> None:
    squares, parameters = radii(branch) ** 2, branch.points[:, 0, 2]
    torch.testing.assert_close(parameters, squares**2 - squares, rtol=0, atol=1e-6)
    assert float(squares[0]) < 0.02
    assert float(squares[-1]) > 0.6
    assert bool((squares.diff() > 0).all())


def test_ln_det_is_that_of_the_cycles(branch: Branch) -> None:
    squares = radii(branch) ** 2
    expected = (2 * squares - 4 * squares**2) * branch.period
    torch.testing.assert_close(branch.log_determinant, expected, rtol=0, atol=1e-4)


def test_the_fold_is_where_ln_det_vanishes(branch: Branch) -> None:
    fold = folds_of_cycles(Bautin(), branch)
    assert len(fold.period) == 1
    assert float(fold.points[0, 0, 2]) == pytest.approx(-1 / 4, abs=1e-9)
    assert float(radii(fold)) ** 2 == pytest.approx(1 / 2, abs=1e-5)


def test_an_equilibrium_that_does_not_turn_is_no_hopf_point() -> None:
    saddle = torch.tensor([-0.186, 0.019, 0.0729], dtype=torch.float64)
    with pytest.raises(InputError, match="no Hopf point: its eigenvalues are real"):
        branch_from_hopf(DIMENSIONLESS, saddle, 0.01, 10.0)


def test_folds_and_hopf_points_are_roots_of_determinant_and_trace() -> None:
    along = torch.linspace(-0.45, 0.3, 61, dtype=torch.float64)
    folds, hopf_points = folds_and_hopf_points(DIMENSIONLESS, DIMENSIONLESS.equilibria, along)
    derivative = DIMENSIONLESS.jacobian(torch.cat((folds, hopf_points)))[:, :2, :2]
    assert float(torch.linalg.det(derivative[:2]).abs().max()) < 1e-12
    assert [float(trace) for trace in derivative[2:].diagonal(dim1=-2, dim2=-1).sum(-1)] == [
        pytest.approx(0, abs=1e-12)
    ]
    assert float(torch.linalg.det(derivative[2])) > 0
    assert float(growth_rates(DIMENSIONLESS, hopf_points)) == pytest.approx(0, abs=1e-12)
    # A fold is an extremum of the current.
    v = folds[:, :1] + torch.tensor([-1e-4, 0.0, 1e-4], dtype=torch.float64)
    currents = DIMENSIONLESS.equilibria(v)[..., 2]
    outer = currents[:, [0, 2]] - currents[:, 1:2]
    assert bool((outer[:, 0] * outer[:, 1] > 0).all())


def test_the_manifolds_meet_where_the_periods_of_cycles_become_infinite() -> None:
    unit = torch.tensor([0.15, 1.0], dtype=torch.float64)
    saddle = torch.tensor([-0.186, 0.019], dtype=torch.float64)
    connection = find_connection(DIMENSIONLESS, saddle, (0.0729, 0.07296), unit)
    assert connection.parameter == pytest.approx(0.0729306963, abs=1e-9)
    assert connection.error < 1e-9
    assert connection.unstable_rate == pytest.approx(0.42248, abs=1e-5)
    assert connection.stable_rate == pytest.approx(-1.54290, abs=1e-5)
    # T = a − ln(p − p_h)/λ: two cycles alone, without the manifolds, tell p_h.
    p = torch.tensor([0.0729306963 + 1e-7, 0.0729306963 + 1e-8], dtype=torch.float64)
    guess = torch.tensor([31.09, 36.54], dtype=torch.float64)
    field = MorrisLecar(DIMENSIONLESS.constants, p)
    points = cycles_beside(connection, guess, 30)[..., :2]
    cycles = refine_periodic_orbits(field, points, guess, 1e-11, 1e-11)
    ratio = (connection.unstable_rate * cycles.period.diff()).exp()
    limit = float((ratio * p[1] - p[0]) / (ratio - 1))
    assert limit == pytest.approx(connection.parameter, abs=1e-11)


def test_without_a_change_of_sign_there_is_no_connection_to_find() -> None:
    unit = torch.tensor([0.15, 1.0], dtype=torch.float64)
    saddle = torch.tensor([-0.186, 0.019], dtype=torch.float64)
    with pytest.raises(InputError, match=r"no homoclinic connection .*: the manifolds miss"):
        find_connection(DIMENSIONLESS, saddle, (0.0735, 0.0737), unit)
