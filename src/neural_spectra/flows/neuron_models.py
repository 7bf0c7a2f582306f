"""Neurons that fire rhythmically: the models of Morris and Lecar, and of Hodgkin and Huxley."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.reference_systems import AnyPoints, Jacobians, Points, ReferenceSystem


class MorrisLecarSet(NamedTuple):
    """The constants of a Morris–Lecar neuron, apart from its current; see `MorrisLecar`."""

    capacitance: float
    leak_conductance: float
    calcium_conductance: float
    potassium_conductance: float
    leak_potential: float
    calcium_potential: float
    potassium_potential: float
    v_1: float
    v_2: float
    v_3: float
    v_4: float
    rate: float


# In millivolts and milliseconds, as Matzakos and Sfyrakis (2026) use them.
_MILLIVOLTS = MorrisLecarSet(
    20.0, 2.0, 4.0, 8.0, -60.0, 120.0, -84.0, -1.2, 18.0, 12.0, 17.4, 0.067
)
MORRIS_LECAR_SETS = {
    "hopf": _MILLIVOLTS._replace(calcium_conductance=4.4, v_3=2.0, v_4=30.0, rate=0.04),
    "snlc": _MILLIVOLTS,
    "homoclinic": _MILLIVOLTS._replace(rate=0.23),
    # In units of the calcium potential and of the capacitance over the calcium conductance.
    "dimensionless": MorrisLecarSet(
        1.0, 0.5, 1.0, 2.0, -0.5, 1.0, -0.7, -0.01, 0.15, 0.1, 0.145, 1.15
    ),
}


@dataclass(frozen=True)
class MorrisLecar:
    r"""Neurons of Morris and Lecar (1981), each under a constant current of its own.

    C V' = I − g_L (V − V_L) − g_Ca m∞(V) (V − V_Ca) − g_K N (V − V_K) and
    N' = φ cosh((V − V₃)/(2V₄)) (n∞(V) − N), with m∞ = ½(1 + tanh((V − V₁)/V₂)) and
    n∞ = ½(1 + tanh((V − V₃)/V₄)).

    Parameters
    ----------
    constants
        All but I, the same for all members.
    current
        I of each member.
    """

    constants: MorrisLecarSet
    current: Float[Tensor, " batch"]
    dimension = 2

    @property
    def batch_shape(self) -> torch.Size:
        """Shape of the batch axis."""
        return self.current.shape

    def __getitem__(self, index: Any) -> MorrisLecar:
        """Index the batch axis."""
        return MorrisLecar(self.constants, self.current[index])

    def __call__(self, x: AnyPoints) -> Points:
        """Evaluate f."""
        v, n = x.unbind(-1)
        gates, current = _gates(self.constants, v), self.current.unsqueeze(-1)
        return torch.stack(_velocities(self.constants, v, n, current, gates), dim=-1)

    def jacobian(self, x: AnyPoints) -> Jacobians:
        """Evaluate Df."""
        return self.value_and_jacobian(x)[1]

    def value_and_jacobian(self, x: AnyPoints) -> tuple[Points, Jacobians]:
        """Evaluate f and Df."""
        v, n = x.unbind(-1)
        states = torch.stack((v, n, self.current.unsqueeze(-1).expand_as(v)), dim=-1)
        value, jacobian = MorrisLecarFamily(self.constants).value_and_jacobian(states)
        return value[..., :2], jacobian[..., :2, :2]


@dataclass(frozen=True)
class MorrisLecarFamily(ReferenceSystem):
    """Morris–Lecar neurons under all currents at once: the states (V, N, I), with I' = 0.

    Its periodic orbits come in families, along which I changes; see `MorrisLecar`.
    """

    constants: MorrisLecarSet
    dimension = 3

    def __call__(self, x: Points) -> Points:
        """Evaluate f."""
        return self._velocity(x, _gates(self.constants, x[..., 0]))

    def value_and_jacobian(self, x: Points) -> tuple[Points, Jacobians]:
        """Evaluate f and Df."""
        c = self.constants
        v, n, _ = x.unbind(-1)
        gates = _gates(c, v)
        m_open, n_open, half, rate = gates
        m_slope = 2 * m_open * (1 - m_open) / c.v_2
        n_slope = 2 * n_open * (1 - n_open) / c.v_4
        rate_slope = c.rate * half.sinh() / (2 * c.v_4)
        by_v = (
            -c.leak_conductance
            - c.calcium_conductance * (m_open + m_slope * (v - c.calcium_potential))
            - c.potassium_conductance * n
        )
        by_n = -c.potassium_conductance * (v - c.potassium_potential)
        zero, one = torch.zeros_like(v), torch.ones_like(v)
        rows = [entry / c.capacitance for entry in (by_v, by_n, one)]
        rows += [rate_slope * (n_open - n) + rate * n_slope, -rate, zero, zero, zero, zero]
        jacobian = torch.stack(rows, dim=-1).reshape(*v.shape, 3, 3)
        return self._velocity(x, gates), jacobian

    def _velocity(self, x: Tensor, gates: _Gates) -> Tensor:
        v, n, current = x.unbind(-1)
        velocities = _velocities(self.constants, v, n, current, gates)
        return torch.stack((*velocities, torch.zeros_like(v)), dim=-1)

    def equilibria(self, v: Float[Tensor, "*points"]) -> Float[Tensor, "*points dimension"]:
        """Return the equilibrium at every V, which is one under a single current."""
        n = _open(v, self.constants.v_3, self.constants.v_4)
        without_current = torch.stack((v, n, torch.zeros_like(v)), dim=-1)
        current = -self.constants.capacitance * self(without_current)[..., 0]
        return torch.stack((v, n, current), dim=-1)


@dataclass(frozen=True)
class HodgkinHuxley(ReferenceSystem):
    r"""The squid's axon of Hodgkin and Huxley (1952) under a constant current, at rest at −65 mV.

    C V' = I − g_Na m³h (V − E_Na) − g_K n⁴ (V − E_K) − g_L (V − E_L), and x' = α_x (1 − x) − β_x x
    for the gates x = n, m, h, in that order, in millivolts, milliseconds and µA/cm².

    Parameters
    ----------
    current
        I.
    capacitance, sodium_conductance, potassium_conductance, leak_conductance
        C, g_Na, g_K and g_L.
    sodium_potential, potassium_potential, leak_potential
        E_Na, E_K and E_L.
    """

    current: float = 10.0
    capacitance: float = 1.0
    sodium_conductance: float = 120.0
    potassium_conductance: float = 36.0
    leak_conductance: float = 0.3
    sodium_potential: float = 50.0
    potassium_potential: float = -77.0
    leak_potential: float = -54.387
    dimension = 4

    def __call__(self, x: Points) -> Points:
        """Evaluate f alone, in half the time."""
        return self._velocity(x, *_rates(x[..., 0]))

    def value_and_jacobian(self, x: Points) -> tuple[Points, Jacobians]:
        """Evaluate f and Df."""
        v, gates = x[..., 0], x[..., 1:]
        n, m, h = gates.unbind(-1)
        opening, closing = _rates(v)
        opening_slope, closing_slope = _slopes_of_rates(v, opening, closing)
        sodium, potassium = v - self.sodium_potential, v - self.potassium_potential
        g_sodium, g_potassium, g_leak = self._conductances(gates)
        by_gates = [
            -4 * self.potassium_conductance * n**3 * potassium,
            -3 * self.sodium_conductance * m**2 * h * sodium,
            -self.sodium_conductance * m**3 * sodium,
        ]
        first_row = torch.stack((-g_sodium - g_potassium - g_leak, *by_gates), dim=-1)
        by_v = opening_slope * (1 - gates) - closing_slope * gates
        others = torch.cat((by_v.unsqueeze(-1), torch.diag_embed(-opening - closing)), dim=-1)
        rows = ((first_row / self.capacitance).unsqueeze(-2), others)
        return self._velocity(x, opening, closing), torch.cat(rows, dim=-2)

    def _conductances(self, gates: Tensor) -> tuple[Tensor, Tensor, float]:
        n, m, h = gates.unbind(-1)
        sodium, potassium = self.sodium_conductance * m**3 * h, self.potassium_conductance * n**4
        return sodium, potassium, self.leak_conductance

    def _velocity(self, x: Tensor, opening: Tensor, closing: Tensor) -> Tensor:
        v, gates = x[..., 0], x[..., 1:]
        sodium, potassium, leak = self._conductances(gates)
        inward = (
            self.current
            - sodium * (v - self.sodium_potential)
            - potassium * (v - self.potassium_potential)
            - leak * (v - self.leak_potential)
        )
        of_gates = opening * (1 - gates) - closing * gates
        return torch.cat(((inward / self.capacitance).unsqueeze(-1), of_gates), dim=-1)


class _Gates(NamedTuple):
    """Of Morris–Lecar neurons: m∞, n∞, (V − V₃)/(2V₄), and the rate that is φ times its cosh."""

    m_open: Tensor
    n_open: Tensor
    half: Tensor
    rate: Tensor


def _gates(c: MorrisLecarSet, v: Tensor) -> _Gates:
    half = (v - c.v_3) / (2 * c.v_4)
    return _Gates(_open(v, c.v_1, c.v_2), _open(v, c.v_3, c.v_4), half, c.rate * half.cosh())


def _velocities(
    c: MorrisLecarSet, v: Tensor, n: Tensor, current: Tensor, gates: _Gates
) -> tuple[Tensor, Tensor]:
    """Return V' and N' of Morris–Lecar neurons."""
    inward = (
        current
        - c.leak_conductance * (v - c.leak_potential)
        - c.calcium_conductance * gates.m_open * (v - c.calcium_potential)
        - c.potassium_conductance * n * (v - c.potassium_potential)
    )
    return inward / c.capacitance, gates.rate * (gates.n_open - n)


def _open(v: Tensor, half: float, width: float) -> Tensor:
    """Return ½(1 + tanh((V − half)/width)), which is the logistic function of twice that."""
    return torch.sigmoid((v - half) * (2 / width))


def _rates(v: Tensor) -> tuple[Tensor, Tensor]:
    """Return α and β of the gates n, m and h."""
    n, m = _linear_over_exponential(torch.stack((v + 55, v + 40)) / 10)
    opening = torch.stack((0.1 * n, m, 0.07 * torch.exp(-(v + 65) / 20)), dim=-1)
    n, m = 0.125 * torch.exp(-(v + 65) / 80), 4 * torch.exp(-(v + 65) / 18)
    return opening, torch.stack((n, m, torch.sigmoid((v + 35) / 10)), dim=-1)


def _slopes_of_rates(v: Tensor, opening: Tensor, closing: Tensor) -> tuple[Tensor, Tensor]:
    """Return the derivatives of α and β by V."""
    n, m, h = opening.unbind(-1)
    n_slope = 0.01 * _slope_of_linear_over_exponential((v + 55) / 10, 10 * n)
    m_slope = 0.1 * _slope_of_linear_over_exponential((v + 40) / 10, m)
    opening_slope = torch.stack((n_slope, m_slope, -h / 20), dim=-1)
    n, m, h = closing.unbind(-1)
    return opening_slope, torch.stack((-n / 80, -m / 18, h * (1 - h) / 10), dim=-1)


def _linear_over_exponential(u: Tensor) -> Tensor:
    """Return g(u) = u/(1 − e^{−u}), also at and near u = 0."""
    near = u.abs() < 0.1
    apart, square = u.where(~near, 1.0), u**2
    value = apart / -torch.expm1(-apart)
    series = 1 + u / 2 + square / 12 * (1 - square / 60 * (1 - square / 42 * (1 - square / 40)))
    return value.where(~near, series)


def _slope_of_linear_over_exponential(u: Tensor, value: Tensor) -> Tensor:
    """Return g'(u) from u and g(u)."""
    near = u.abs() < 0.1
    apart, square = u.where(~near, 1.0), u**2
    slope = (value - value * (value - apart)) / apart
    series = 1 / 2 + u / 6 * (1 - square / 30 * (1 - square / 28 * (1 - square / 30)))
    return slope.where(~near, series)
