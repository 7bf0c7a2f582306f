"""Integrating ordinary differential equations for many members of a batch at once."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.integrate import solve_ivp
from torch import Tensor
from torchdiffeq import odeint

_ORDER = 8
_REJECTED = 1e30
_SHORTEST_STEP = 1e-11
_SHORT_STEP, _MOST_SHORT_STEPS = 1e-4, 200
_ACCURATE_RTOL, _ACCURATE_ATOL = 1e-12, 1e-14


def integrate(
    derivative: Callable[[Tensor, Tensor], Tensor],
    start: Float[Tensor, "*rows width"],
    times: Float[Tensor, " times"],
    rtol: float,
    atol: float,
) -> Float[Tensor, "times *rows width"]:
    """Solve ẏ = derivative(t, y) by Dormand and Prince's adaptive method of order 8.

    All rows share the steps, and every component of every row meets the tolerances: the error is
    measured in the maximum norm, because torchdiffeq's own root mean square would let a thousand
    easy rows hide a bad one. Steps end exactly at the output times, because torchdiffeq's dense
    output between steps is only a quartic.

    Parameters
    ----------
    derivative
        Maps a time and states of shape ``(*rows, width)`` to derivatives; rows are independent.
    start
        The states at ``times[0]``.
    times
        Output times, rising.
    rtol, atol
        Largest error a step may make: ``atol + rtol·|y|`` for each component.

    Returns
    -------
    Tensor
        The states at ``times``. A row that blows up, is not finite or goes on asking for steps
        shorter than 1/10,000 of the whole interval is NaN throughout; it does not disturb the
        others. Where a derivative has a kink, steps get short enough for the tolerances, and grow
        again beyond it.

    Examples
    --------
    >>> times = torch.linspace(0, 1, 3).double()
    >>> decay = integrate(lambda t, y: -y, torch.ones(1, 1).double(), times, rtol=1e-12, atol=1e-12)
    >>> bool(torch.allclose(decay.flatten(), (-times).exp(), rtol=1e-11))
    True
    """
    # Longer for a looser tolerance: where two steps do, those of two solves differ, and the looser
    # solve, whose steps are the more unequal, has the larger error.
    longer = (max(rtol, atol) / 1e-12) ** (1 / _ORDER)
    first_step = (times[1] - times[0]) * longer / (1 + longer)
    options = {"step_t": times[1:], "first_step": first_step}
    return solved(derivative, start, times, options, method="dopri8", rtol=rtol, atol=atol)


def solved(
    derivative: Callable[[Tensor, Tensor], Tensor],
    start: Float[Tensor, "*rows width"],
    times: Float[Tensor, " times"],
    options: Mapping[str, Any],
    **solver: Any,
) -> Float[Tensor, "times *rows width"]:
    """Solve ẏ = derivative(t, y) by torchdiffeq for rows that do not disturb each other.

    Parameters
    ----------
    derivative, start, times
        See `integrate`.
    options, solver
        Further options and arguments of torchdiffeq's ``odeint``: ``method="rk4"``, say.

    Returns
    -------
    Tensor
        The states at ``times``, with a gradient. A row whose adaptive steps get too short is NaN.
    """
    rows = _Rows(derivative, start, times)
    solution: Tensor = odeint(
        rows, rows.start, times, options={"norm": rows.norm, **options}, **solver
    )
    return solution.masked_fill(rows.given_up, torch.nan)


class _Rows:
    """The derivative and the error norm that torchdiffeq sees: rows given up stand still."""

    def __init__(
        self, derivative: Callable[[Tensor, Tensor], Tensor], start: Tensor, times: Tensor
    ) -> None:
        self.derivative = derivative
        finite = torch.isfinite(start + derivative(times[0], start))
        self.given_up: Bool[Tensor, "*rows 1"] = ~finite.all(-1, keepdim=True)
        self.start = start.masked_fill(self.given_up, 0.0)
        self.interval = float(times[-1] - times[0])
        self.step, self.short_steps = torch.inf, 0

    def __call__(self, t: Tensor, y: Tensor) -> Tensor:
        return self.derivative(t, y).masked_fill(self.given_up, 0.0)

    def callback_step(self, t: Tensor, y: Tensor, step: Tensor) -> None:
        """Take note of the step that torchdiffeq is about to try."""
        self.step = float(step) / self.interval
        self.short_steps = self.short_steps + 1 if self.step < _SHORT_STEP else 0

    def norm(self, ratio: Tensor) -> Tensor:
        """Return the largest ratio of error to tolerance; NaN and ∞ count as a rejected step."""
        # Steps are chosen, not differentiated.
        worst = ratio.detach().abs().amax(-1, keepdim=True)
        worst = worst.nan_to_num(nan=_REJECTED, posinf=_REJECTED)
        worst = worst.masked_fill(self.given_up, 0.0)
        if self.step < _SHORTEST_STEP:
            # This step is still rejected, so the rows stand still at the last state accepted.
            self.given_up = self.given_up | (worst > 1)
        elif self.short_steps > _MOST_SHORT_STEPS:
            # Not a kink, beyond which steps grow again: the row that holds all others up.
            self.given_up = self.given_up | ((worst > 0) & (worst == worst.max()))
            self.short_steps = 0
        return worst.max()


def simulate(
    field: Callable[[Tensor], Tensor],
    start: Float[Tensor, "*batch points dimension"],
    duration: float,
    step: float,
) -> Float[Tensor, "steps *batch points dimension"]:
    """Follow the flow of ``field`` by the classical Runge–Kutta method (order 4, fixed step).

    Cheap and rough: to look where trajectories go, not to measure. Members are independent; one
    that blows up turns to ∞ or NaN and leaves the others alone.

    Parameters
    ----------
    field
        The vector field.
    start
        States at time 0.
    duration, step
        Length of the simulation and of one step (the last time is rounded up to a whole step).

    Returns
    -------
    Tensor
        States at the times 0, step, 2·step, ….
    """
    steps = torch.arange(0, duration / step + 1 - 1e-9, dtype=start.dtype)
    trajectory: Tensor = odeint(lambda _, x: field(x), start, steps * step, method="rk4")
    return trajectory


def simulate_accurately(
    field: Callable[[Tensor], Tensor],
    start: Float[Tensor, "1 1 dimension"],
    duration: float,
    step: float,
    farthest: float = math.inf,
    rtol: float = _ACCURATE_RTOL,
    atol: float = _ACCURATE_ATOL,
) -> Float[Tensor, "steps 1 1 dimension"]:
    """Follow a single trajectory like ``simulate``, by SciPy's LSODA, stiff or not.

    Parameters
    ----------
    field, start, duration, step
        See ``simulate``; here ``step`` is only the time between the states returned.
    farthest
        Once farther than this from the origin, or exploded, the states are NaN.
    rtol, atol
        Tolerances of the solver.
    """

    def derivative(_: float, x: np.ndarray) -> np.ndarray:
        state = torch.as_tensor(x, device=start.device).reshape(start.shape)
        velocity: np.ndarray = field(state).flatten().cpu().numpy()
        return velocity

    def inside(_: float, x: np.ndarray) -> float:
        return farthest - float(np.linalg.norm(x))

    inside.terminal = True  # type: ignore[attr-defined]  # as SciPy wants it
    times = step * np.arange(0, duration / step + 1 - 1e-9)
    with warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
        warnings.simplefilter("ignore")  # LSODA's own words on a solution that ends
        found = solve_ivp(
            derivative,
            (0.0, times[-1]),
            start.flatten().cpu().numpy(),
            method="LSODA",
            t_eval=times,
            events=inside,
            rtol=rtol,
            atol=atol,
        )
    states = np.full((len(times), start.shape[-1]), np.nan)
    states[: len(found.t)] = found.y.T
    return torch.as_tensor(states, device=start.device).reshape(-1, *start.shape)
