"""The neurons: their formulas, their derivatives, and their cycles by two independent methods."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.floquet_multipliers import multipliers
from neural_spectra.flows.neuron_models import (
    MORRIS_LECAR_SETS,
    HodgkinHuxley,
    MorrisLecar,
    MorrisLecarFamily,
    _linear_over_exponential,
    _slope_of_linear_over_exponential,
)
from neural_spectra.flows.reference_systems import Field
from neural_spectra.flows.shooting import PeriodicOrbits, find_periodic_orbits

NAMES = list(MORRIS_LECAR_SETS)


def neuron(name: str, *currents: float) -> MorrisLecar:
    return MorrisLecar(MORRIS_LECAR_SETS[name], torch.tensor(currents, dtype=torch.float64))


def potentials(name: str) -> torch.Tensor:
    low, high = (-0.4, 0.2) if name == "dimensionless" else (-60.0, 40.0)
    return torch.linspace(low, high, 7, dtype=torch.float64)


def by_differences(field: Field, x: torch.Tensor, steps: torch.Tensor) -> torch.Tensor:
    columns = [
        (field(x + step * unit) - field(x - step * unit)) / (2 * step)
        for unit, step in zip(torch.eye(len(steps)).double(), steps, strict=True)
    ]
    return torch.stack(columns, dim=-1)


@pytest.mark.parametrize("name", NAMES)
def test_the_jacobian_of_morris_lecar_is_the_derivative_of_the_field(name: str) -> None:
    v = potentials(name)
    states = torch.stack((v, torch.linspace(0, 1, 7).double(), 0.1 * v), dim=-1)
    family = MorrisLecarFamily(MORRIS_LECAR_SETS[name])
    steps = torch.tensor([1e-5 * float(v.abs().max()), 1e-5, 1e-5], dtype=torch.float64)
    differences = by_differences(family, states, steps)
    torch.testing.assert_close(family.jacobian(states), differences, rtol=1e-7, atol=1e-8)


def test_the_jacobian_of_hodgkin_huxley_is_the_derivative_of_the_field() -> None:
    generator = torch.Generator().manual_seed(0)
    gates = torch.rand(7, 3, generator=generator, dtype=torch.float64)
    # Among them −40 and −55, where the rates are 0/0.
    v = torch.tensor([[-70.0], [-55.0], [-54.5], [-40.0], [-39.0], [0.0], [40.0]]).double()
    states = torch.cat((v, gates), dim=-1)
    field = HodgkinHuxley()
    differences = by_differences(field, states, torch.tensor([1e-4, 1e-5, 1e-5, 1e-5]).double())
    torch.testing.assert_close(field.jacobian(states), differences, rtol=1e-7, atol=1e-7)


def test_the_rates_are_smooth_where_their_formula_is_zero_over_zero() -> None:
    u = torch.tensor([0.1 - 1e-9, 0.1 + 1e-9, -0.1 - 1e-9, -0.1 + 1e-9], dtype=torch.float64)
    value = _linear_over_exponential(u)
    slope = _slope_of_linear_over_exponential(u, value)
    torch.testing.assert_close(value, u / (1 - torch.exp(-u)), rtol=1e-14, atol=0)
    assert float(slope[:2].diff().abs()) < 1e-9
    assert float(slope[2:].diff().abs()) < 1e-9
    zero = torch.zeros(1, dtype=torch.float64)
    at_zero = _linear_over_exponential(zero)
    assert float(at_zero) == 1.0
    assert float(_slope_of_linear_over_exponential(zero, at_zero)) == 0.5


def test_the_field_of_hodgkin_huxley_is_the_same_with_its_jacobian_and_without() -> None:
    states = torch.tensor([[-65.0, 0.3, 0.05, 0.6], [-40.0, 0.5, 0.9, 0.1]]).double()
    field = HodgkinHuxley()
    torch.testing.assert_close(field(states), field.value_and_jacobian(states)[0], rtol=0, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_a_neuron_under_its_current_is_a_member_of_the_family(name: str) -> None:
    field = neuron(name, 0.1, 40.0)
    v = potentials(name)
    states = torch.stack((v, 0.3 + 0 * v), dim=-1).expand(2, 7, 2)
    value, jacobian = field.value_and_jacobian(states)
    for k, current in enumerate((0.1, 40.0)):
        extended = torch.nn.functional.pad(states[k], (0, 1), value=current)
        whole, derivative = MorrisLecarFamily(field.constants).value_and_jacobian(extended)
        torch.testing.assert_close(value[k], whole[:, :2], rtol=0, atol=0)
        torch.testing.assert_close(jacobian[k], derivative[:, :2, :2], rtol=0, atol=0)
        torch.testing.assert_close(field[k : k + 1](states[k : k + 1])[0], value[k])


@pytest.mark.parametrize("name", NAMES)
def test_the_equilibria_of_the_family_are_at_rest(name: str) -> None:
    family = MorrisLecarFamily(MORRIS_LECAR_SETS[name])
    states = family.equilibria(potentials(name))
    assert float(family(states).abs().max()) < 1e-13


def test_at_50_microamperes_the_homoclinic_set_rests_at_a_stable_focus() -> None:
    family = MorrisLecarFamily(MORRIS_LECAR_SETS["homoclinic"])

    def excess(v: float) -> float:
        return float(family.equilibria(torch.tensor([v]).double())[0, 2]) - 50

    v = brentq(excess, -4.0, 20.0)
    state = family.equilibria(torch.tensor([v]).double())
    eigenvalues = torch.linalg.eigvals(family.jacobian(state)[0, :2, :2])
    assert v == pytest.approx(5.454, abs=1e-3)
    assert float(eigenvalues[0].real) == pytest.approx(-0.0204, abs=1e-4)
    assert float(eigenvalues[0].imag.abs()) == pytest.approx(0.405, abs=1e-3)


def scipy_cycle(field: Field, start: list[float], longest: float) -> tuple[float, float]:
    """Return T and ln det M: the time between two maxima of V long after the start, and ∮ tr Df."""

    def value(_: float, x: np.ndarray) -> np.ndarray:
        states = torch.as_tensor(x[:-1]).reshape(1, 1, -1)
        velocity, jacobian = field.value_and_jacobian(states)
        return np.append(velocity.flatten().numpy(), float(jacobian[0, 0].trace()))

    def top(t: float, x: np.ndarray) -> float:
        return float(value(t, x)[0])

    top.direction = -1  # type: ignore[attr-defined]
    options = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-12, "events": top}
    found = solve_ivp(value, (0, longest), [*start, 0.0], **options)
    times, states = found.t_events[0], found.y_events[0]
    return times[-1] - times[-2], states[-1, -1] - states[-2, -1]


@pytest.mark.parametrize(
    ("name", "current", "start", "period", "ln_det"),
    [("hopf", 90.0, [-20.0, 0.3], 102.7272, -8.766), ("snlc", 42.0, [0.0, 0.0], 145.367, -16.784)],
)
def test_shooting_and_scipy_agree_on_the_cycles_of_the_companion_paper(
    name: str, current: float, start: list[float], period: float, ln_det: float
) -> None:
    field = neuron(name, current)
    orbit = find_periodic_orbits(field, torch.tensor([[start]]).double(), Search())
    found = multipliers(orbit.propagators, orbit.looser)
    assert orbit.status.tolist() == [Status.ORBIT]
    assert float(orbit.period) == pytest.approx(period, abs=1e-3)
    assert float(found.log_modulus[0, 1]) == pytest.approx(ln_det, abs=1e-3)
    assert float(found.log_modulus.sum()) == pytest.approx(
        float(orbit.propagators.log_determinant), rel=1e-9
    )
    scipys_period, scipys_ln_det = scipy_cycle(field, start, 9 * period)
    assert float(orbit.period) == pytest.approx(scipys_period, rel=1e-9)
    assert float(found.log_modulus[0, 1]) == pytest.approx(scipys_ln_det, rel=1e-9)
    assert not math.isnan(float(found.error_estimate.max()))


def test_shooting_and_scipy_agree_on_the_cycle_of_hodgkin_huxley() -> None:
    field = HodgkinHuxley()
    start = [0.0, 0.3, 0.1, 0.5]
    orbit = find_periodic_orbits(field, torch.tensor([[start]]).double(), Search())
    found = multipliers(orbit.propagators, orbit.looser)
    assert orbit.status.tolist() == [Status.ORBIT]
    scipys_period, scipys_ln_det = scipy_cycle(field, start, 16 * 14.6362)
    assert float(orbit.period) == pytest.approx(scipys_period, rel=1e-8)
    assert float(found.log_modulus.sum()) == pytest.approx(scipys_ln_det, rel=1e-8)
    assert found.log_modulus[0].tolist() == pytest.approx(
        [0.0, -2.602876197, -26.987245825, -119.362164888], abs=1e-8
    )
    assert float(found.error_estimate.max()) < 1e-8
    # The slowest one from the monodromy matrix of SciPy's own variational equation.
    assert float(found.log_modulus[0, 1]) == pytest.approx(
        math.log(scipy_multipliers(field, orbit)[1]), abs=1e-7
    )


def scipy_multipliers(field: Field, orbit: PeriodicOrbits) -> list[float]:
    """Return the moduli of the eigenvalues of the monodromy matrix, the largest first."""

    def value(_: float, x: np.ndarray) -> np.ndarray:
        velocity, jacobian = field.value_and_jacobian(torch.as_tensor(x[:4]).reshape(1, 1, 4))
        variation = jacobian[0, 0].numpy() @ x[4:].reshape(4, 4)
        return np.concatenate((velocity.flatten().numpy(), variation.flatten()))

    first = np.concatenate((orbit.points[0, 0].numpy(), np.eye(4).flatten()))
    options = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-14}
    found = solve_ivp(value, (0, float(orbit.period)), first, **options)
    moduli = np.abs(np.linalg.eigvals(found.y[4:, -1].reshape(4, 4)))
    return sorted(moduli.tolist(), reverse=True)
