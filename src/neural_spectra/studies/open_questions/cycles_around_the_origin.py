"""The cycles of planar networks that learnt a field whose cycle goes round the origin."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.close_returns import Status
from neural_spectra.flows.integration import simulate
from neural_spectra.flows.shooting import refine_periodic_orbits
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.open_questions.defects import defects

# Of a turn's extent: what comes back no nearer than this is left without a closer look.
_NEAR = 0.3


class Cycles(NamedTuple):
    """What was found of each network's own cycle.

    Parameters
    ----------
    columns
        ``attracting_cycle``, and with one its ``period``, ``ln_det`` and the ``error_estimate`` of
        its logarithm, NaN without; for each network.
    residuals
        See `defects`.
    """

    columns: dict[str, Tensor]
    residuals: dict[str, float]


def cycles_around_the_origin(
    network: Network,
    radius: float,
    *,
    duration: float,
    step: float,
    segments: int,
    tolerance: float,
) -> Cycles:
    """Look for the cycle that a simulation of each network goes towards.

    The search for close returns goes on until it has told rest from a slow approach, which takes
    long where there is hardly a cycle. Newton's method tells sooner whether there is one near the
    last turn.

    Parameters
    ----------
    network
        One batch axis.
    radius
        Distance of the start from the origin.
    duration, step
        Of the simulation whose last turn is taken as a guess.
    segments
        Number of points on a cycle.
    tolerance
        Relative and absolute, of the solver, in units of each component's range.
    """
    start = torch.tensor([[radius, 0.0]], dtype=torch.float64).expand(*network.batch_shape, 1, 2)
    trajectory = simulate(network, start, duration, step).squeeze(2)
    turns = _turns(trajectory)
    a_turn_before = turns[-1] - turns >= 1
    first = a_turn_before.int().cumsum(0).argmax(0)  # the last that is
    members = torch.arange(trajectory.shape[1])
    steps = len(trajectory) - 1 - first
    places = first + steps * torch.arange(segments)[:, None] / segments
    points = trajectory[places.round().long(), members].movedim(0, 1)
    gap = (trajectory[-1] - points[:, 0]).norm(dim=-1)
    extent = (points.amax(1) - points.amin(1)).norm(dim=-1)
    seen = a_turn_before.any(0) & (gap < _NEAR * extent)
    orbits = refine_periodic_orbits(
        network[seen], points[seen], steps[seen].double() * step, tolerance, tolerance
    )
    found, ln_det = orbits.multipliers(), orbits.propagators.log_determinant
    attracts = (orbits.status == Status.ORBIT) & (ln_det < 0)
    of_seen = {
        "period": orbits.period,
        "ln_det": ln_det,
        "error_estimate": found.error_estimate[:, 1],
    }
    columns = {"attracting_cycle": seen.clone()}
    columns["attracting_cycle"][seen] = attracts
    for name, values in of_seen.items():
        columns[name] = torch.full(network.batch_shape, math.nan, dtype=torch.float64)
        columns[name][seen] = values.where(attracts, math.nan)
    return Cycles(columns, defects(orbits, found))


def _turns(trajectory: Float[Tensor, "times batch two"]) -> Float[Tensor, "times batch"]:
    """Return how often a trajectory has gone round the origin, by its modulus."""
    before, after = trajectory[:-1], trajectory[1:]
    across = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    angles = torch.atan2(across, (before * after).sum(-1)) / (2 * math.pi)
    return torch.nn.functional.pad(angles.cumsum(0).abs(), (0, 0, 1, 0))
