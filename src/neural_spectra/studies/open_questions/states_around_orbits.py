"""States along periodic orbits, and states drawn from balls around them."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.integration import integrate
from neural_spectra.flows.reference_systems import Field
from neural_spectra.networks.initialisation import sample_ball

DATA_SEED = 0


def tube(
    curve: Float[Tensor, "times dimension"], points: int, radius: float
) -> Float[Tensor, "points dimension"]:
    """Draw points from balls around a closed curve, half spaced in time and half in length."""
    lengths = (curve.roll(-1, 0) - curve).norm(dim=-1)
    passed = (lengths / lengths.sum() + 1 / len(curve)).cumsum(0) / 2
    places = (torch.arange(points, dtype=torch.float64) + 0.5) / points
    centres = curve[torch.searchsorted(passed, places).clamp(max=len(curve) - 1)]
    generator = torch.Generator().manual_seed(DATA_SEED)
    return centres + sample_ball(points, curve.shape[-1], radius, generator)


def states_along(
    field: Field,
    points: Float[Tensor, "orbits segments dimension"],
    period: Float[Tensor, " orbits"],
    finer: int,
    tolerance: float,
) -> Float[Tensor, "orbits times dimension"]:
    """Return so many states for each segment of periodic orbits, all at equal times.

    Parameters
    ----------
    field
        One field for each orbit, or one for all.
    points
        Where the segments start, at equal times.
    period
        Of each orbit.
    finer
        How many states for each segment.
    tolerance
        Of the solver, relative and absolute.
    """
    if len(points) == 0:
        return points.new_zeros(0, points.shape[1] * finer, points.shape[2])
    durations = (period / points.shape[1])[:, None, None]
    times = torch.linspace(0, 1, finer + 1, dtype=torch.float64)
    states = integrate(lambda _, x: durations * field(x), points, times, tolerance, tolerance)
    return states[:-1].movedim(0, 2).flatten(1, 2)
