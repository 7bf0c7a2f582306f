"""Closed orbits and trajectories of one field, without batch axes, as the states along them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.reference_systems import Field

STATES = 512
_SAME = 1e-5
_PRECISION = 1e-11


@dataclass(frozen=True)
class PeriodicOrbit:
    """A closed orbit of ẋ = f(x).

    Parameters
    ----------
    period
        T.
    states
        The orbit at 512 equally spaced times of one period.
    multipliers
        Its Floquet multipliers μ, by falling modulus; one of them is 1.
    log_moduli, error_estimates
        ln|μ|, which are known where μ itself underflows, and their errors.
    log_determinant
        ln det of the monodromy matrix, ∮ tr Df dt by Liouville.
    shooting_defect
        By how much the orbit fails to close, in units of half its extent.

    Examples
    --------
    >>> import torch, neural_spectra
    >>> def f(y):
    ...     x, u = y.unbind(-1)
    ...     r = 1 - x**2 - u**2
    ...     return torch.stack((r * x - u, r * u + x), -1)
    >>> (orbit,) = neural_spectra.find_periodic_orbits(f, torch.tensor([0.5, 0.0]))
    >>> orbit.states.shape, round(orbit.log_determinant, 6)  # -4π
    (torch.Size([512, 2]), -12.566371)
    """

    period: float
    states: Float[Tensor, "times dimension"]
    multipliers: Complex[Tensor, " dimension"]
    log_moduli: Float[Tensor, " dimension"]
    error_estimates: Float[Tensor, " dimension"]
    log_determinant: float
    shooting_defect: float


def once_round(
    field: Field, state: Float[Tensor, " dimension"], period: float
) -> Float[Tensor, "times dimension"]:
    """Return 512 states along a trajectory, equally spaced over one period."""
    return followed(field, state, period)[:-1]


def followed(
    field: Field, state: Float[Tensor, " dimension"], duration: float
) -> Float[Tensor, "times dimension"]:
    """Return 513 states along a trajectory, equally spaced, with both ends."""
    times = torch.linspace(0, 1, STATES + 1, dtype=torch.float64)
    size = state.abs().max().item() or 1.0
    path = integrate(
        lambda _, y: duration * field(y.unsqueeze(-2)).squeeze(-2),
        state,
        times,
        _PRECISION,
        _PRECISION * size,
    )
    if not path.isfinite().all():
        raise InputError(f"the trajectory from {state.tolist()} does not stay finite")
    return path


def is_the_same(one: PeriodicOrbit, other: PeriodicOrbit) -> bool:
    """Compare what does not depend on where on an orbit it was met: averages over a period."""
    size = one.states.std(0).norm()
    moments = [
        torch.cat((o.states.mean(0), (o.states - o.states.mean(0)).square().mean(0).sqrt()))
        for o in (one, other)
    ]
    apart = (moments[0] - moments[1]).norm() / size
    return bool(apart < _SAME) and math.isclose(one.period, other.period, rel_tol=_SAME)
