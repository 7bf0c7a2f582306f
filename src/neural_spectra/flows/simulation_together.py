"""Following many trajectories of one field at once, stiff or not, for as long as it takes."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.integrate import LSODA
from torch import Tensor

from neural_spectra.flows.reference_systems import Field

# Kinks of the field cost steps by the tolerance; orbits that are seen are refined anyway.
_RTOL, _ATOL = 1e-6, 1e-8


class Together(NamedTuple):
    """Where trajectories went.

    ``states`` are NaN from where a trajectory escaped, or from where all were given up; ``escaped``
    tells which did; ``evaluations`` is how often the field was evaluated for that.
    """

    states: Float[Tensor, "times members dimension"]
    escaped: Bool[Tensor, " members"]
    evaluations: int


def simulate_together(
    field: Field,
    start: Float[Tensor, "members dimension"],
    times: Float[Tensor, " times"],
    farthest: float,
    evaluations: int,
) -> Together:
    """Follow all trajectories by one call of LSODA, whose Jacobian is banded: none sees another.

    Parameters
    ----------
    field
        A single field, in coordinates in which 1 is a size that matters.
    start
        States at the first of the times.
    times
        When to look at the states, rising.
    farthest
        A trajectory farther than this from the origin has escaped; the others go on without it.
    evaluations
        How often to evaluate the field, at most. What is not done by then is given up.
    """
    states = np.full((len(times), *start.shape), np.nan)
    states[0] = start.numpy()
    clock, active = times.numpy(), np.arange(len(start))
    current, now, spent = states[0].copy(), float(clock[0]), 0
    while len(active) and now < clock[-1] and spent < evaluations:
        run = _until_one_escapes(
            field, current, (now, clock), farthest, evaluations - spent, states[:, active]
        )
        states[:, active] = run.states
        spent += run.evaluations
        inside = np.linalg.norm(run.last, axis=-1) <= farthest
        if run.time == now and inside.all():
            break
        active, current, now = active[inside], run.last[inside], run.time
    escaped = np.isin(np.arange(len(start)), active, invert=True)
    return Together(torch.from_numpy(states), torch.from_numpy(escaped), spent)


class _Run(NamedTuple):
    states: np.ndarray
    last: np.ndarray
    time: float
    evaluations: int


def _until_one_escapes(
    field: Field,
    start: np.ndarray,
    span: tuple[float, np.ndarray],
    farthest: float,
    evaluations: int,
    states: np.ndarray,
) -> _Run:
    """Fill in the states at the times after ``now`` until a trajectory is too far."""
    now, times = span
    shape, states = start.shape, states.copy()

    def derivative(_: float, y: np.ndarray) -> np.ndarray:
        velocity: np.ndarray = field(torch.from_numpy(y.reshape(shape))).numpy().ravel()
        return velocity

    band = shape[1] - 1
    with warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
        warnings.simplefilter("ignore")  # LSODA's own words on a solution that ends
        solver = LSODA(
            derivative,
            now,
            start.ravel(),
            times[-1],
            rtol=_RTOL,
            atol=_ATOL,
            lband=band,
            uband=band,
        )
        inside, failed = True, False
        while solver.status == "running" and inside and solver.nfev < evaluations:
            # A step returns its message if it fails.
            failed = solver.step() is not None or not np.isfinite(solver.y).all()
            if failed:
                break
            passed = (times > now) & (times <= solver.t)
            if passed.any():
                at = solver.dense_output()(times[passed])
                states[passed] = at.T.reshape(-1, *shape)
            now, last = solver.t, solver.y.reshape(shape)
            inside = bool((np.linalg.norm(last, axis=-1) <= farthest).all())
            start = last
    if failed:
        # Whoever has no velocity, or else went farthest, explodes.
        start, velocity = start.copy(), derivative(now, start).reshape(shape)
        exploding = ~np.isfinite(velocity).all(-1)
        if not exploding.any():
            exploding[np.linalg.norm(start, axis=-1).argmax()] = True
        start[exploding] = np.inf
        now = np.nextafter(now, np.inf)
    return _Run(states, start, now, solver.nfev)
