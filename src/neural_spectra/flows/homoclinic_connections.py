"""Orbits that leave a saddle of a planar family and come back to it, and the cycles beside them.

Where the unstable manifold of the saddle meets its stable one, cycles end: their period grows
beyond all bounds as the parameter comes near.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from jaxtyping import Float
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.reference_systems import Field

_START = 1e-7  # of a manifold from the saddle, where it is straight to 1e-14
_RTOL, _ATOL = 1e-12, 1e-14
_LOOSER, _FARTHER = 1e3, 10.0
_FINEST = 1e-14  # of the parameter: what the solver's tolerance leaves is a hundred times as much
_NEWTON_STEPS = 50
_LONGEST = 1e3  # in units of the saddle's slower rate

Path = Callable[[float], np.ndarray]


@dataclass(frozen=True)
class Connection:
    """A homoclinic orbit.

    Parameters
    ----------
    parameter
        p at which it exists.
    error
        By how much looser tolerances and another start on the manifolds change that.
    saddle
        x.
    unstable_rate, stable_rate
        The eigenvalues λ > 0 and −μ < 0 of the saddle.
    state
        The orbit x(t), its largest first component at t = 0.
    """

    parameter: float
    error: float
    saddle: np.ndarray
    unstable_rate: float
    stable_rate: float
    state: Path


@dataclass(frozen=True)
class _Manifolds:
    """How the saddle's manifolds run to where the first component is largest."""

    gap: float
    saddle: np.ndarray
    rates: tuple[float, float]
    outward: Path
    inward: Path


def find_connection(
    family: Field,
    saddle: Float[Tensor, " states"],
    between: tuple[float, float],
    unit: Float[Tensor, " states"],
) -> Connection:
    """Find the parameter at which both manifolds meet, where the first component is largest.

    The manifolds leave the saddle towards larger first components, and are followed to where that
    component is largest: the unstable one in time, the stable one against it.

    Parameters
    ----------
    family
        The planar fields, as one of the states (x, p).
    saddle
        A guess of it, at the first of the parameters.
    between
        Two parameters between which the connection lies.
    unit
        The size of each component of x.

    Raises
    ------
    InputError
        If the gap between the manifolds has one sign at both parameters, or there is no saddle.
    """

    @cache
    def manifolds(p: float) -> _Manifolds:
        return _manifolds(family, saddle, p, unit, _START, _RTOL, _ATOL)

    low, high = (manifolds(p).gap for p in between)
    if low * high > 0:
        raise InputError(
            f"no homoclinic connection between the parameters {between[0]:g} and {between[1]:g}: "
            f"the manifolds miss each other by {low:.2g} and {high:.2g}; choose others"
        )
    root = brentq(lambda p: manifolds(p).gap, *between, xtol=_FINEST, rtol=10 * _FINEST)
    parameter = float(root)
    met = manifolds(parameter)
    looser = (_FARTHER * _START, _LOOSER * _RTOL, _LOOSER * _ATOL)
    loose = _manifolds(family, saddle, parameter, unit, *looser).gap
    error = abs(loose * (between[1] - between[0]) / (high - low))

    def state(t: float) -> np.ndarray:
        return met.outward(t) if t < 0 else met.inward(t)

    return Connection(parameter, error, met.saddle, *met.rates, state)


def cycles_beside(
    connection: Connection, periods: Float[Tensor, " orbits"], segments: int
) -> Float[Tensor, "orbits segments states"]:
    """Guess the cycles of long periods, as states (x, p): the homoclinic orbit, run through anew.

    Their distances from the saddle add up, those of each passage.
    """
    loops = []
    for period in periods.tolist():
        times = period * (np.arange(segments) / segments - 0.5)
        passages = [
            np.array([connection.state(t + k * period) for t in times]) - connection.saddle
            for k in (-1, 0, 1)
        ]
        loops.append(connection.saddle + sum(passages))
    states = torch.as_tensor(np.stack(loops))
    return torch.nn.functional.pad(states, (0, 1), value=connection.parameter)


def _manifolds(
    family: Field,
    saddle: Tensor,
    parameter: float,
    unit: Tensor,
    start: float,
    rtol: float,
    atol: float,
) -> _Manifolds:
    state = _equilibrium(family, saddle, parameter)
    scale = unit.numpy()

    def velocity(x: np.ndarray) -> np.ndarray:
        value: Tensor = family(torch.tensor([[*x, parameter]], dtype=torch.float64))[0, :-1]
        return value.numpy()

    x = torch.tensor([[*state, parameter]], dtype=torch.float64)
    values, vectors = np.linalg.eig(family.jacobian(x)[0, :-1, :-1].numpy())
    if not (np.isrealobj(values) and values.min() < 0 < values.max()):
        raise InputError(f"the equilibrium {state.tolist()} at {parameter:g} is no saddle")

    def followed(k: int, direction: float) -> tuple[float, Path]:
        vector = vectors[:, k] / scale
        vector = vectors[:, k] / np.linalg.norm(vector) * np.sign(vectors[0, k])

        def turning(_: float, y: np.ndarray) -> float:
            return direction * float(velocity(state + scale * y)[0])

        turning.terminal, turning.direction = True, -1  # type: ignore[attr-defined]  # as SciPy wants it
        found = solve_ivp(
            lambda _, y: direction * velocity(state + scale * y) / scale,
            (0.0, _LONGEST / np.abs(values).min()),
            start * vector / scale,
            method="DOP853",
            rtol=rtol,
            atol=atol,
            events=turning,
            dense_output=True,
        )
        if found.status != 1:
            raise InputError(
                f"a manifold of the saddle {state.tolist()} at {parameter:g} does not turn back; "
                f"choose parameters nearer to the connection"
            )
        last = float(found.t[-1])
        solution: Path = found.sol  # type: ignore[assignment]  # there is one, for dense_output

        def path(t: float) -> np.ndarray:
            """Return the state at the time t before or after the turning point."""
            since = last - abs(t)
            if since < 0:
                along = start * vector * np.exp(abs(values[k]) * since)
                return np.asarray(state + along)
            return np.asarray(state + scale * solution(since))

        return float(found.y[0, -1]), path

    unstable, stable = int(values.argmax()), int(values.argmin())
    top, outward = followed(unstable, 1.0)
    other_top, inward = followed(stable, -1.0)
    rates = float(values[unstable]), float(values[stable])
    return _Manifolds(top - other_top, state, rates, outward, inward)


def _equilibrium(family: Field, guess: Tensor, parameter: float) -> np.ndarray:
    x = torch.cat((guess.to(torch.float64), torch.tensor([parameter], dtype=torch.float64)))
    for _ in range(_NEWTON_STEPS):
        value, jacobian = family.value_and_jacobian(x.unsqueeze(0))
        step, failed = torch.linalg.solve_ex(jacobian[0, :-1, :-1], value[0, :-1])
        if failed or not step.isfinite().all():
            raise InputError(
                f"no equilibrium near {guess.tolist()} at {parameter:g}: guess the saddle better"
            )
        x = torch.cat((x[:-1] - step, x[-1:]))
        if step.norm() <= 1e-15 * x.norm():
            break
    return x[:-1].numpy()
