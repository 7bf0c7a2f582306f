"""Lyapunov exponents of what does not close, and what they make of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from neural_spectra.flows.lyapunov_of_flows import (
    Exponents,
    lyapunov_exponents_with_errors,
    propagate_trajectory,
)
from neural_spectra.flows.reference_systems import Field
from neural_spectra.flows.simulation_together import simulate_together
from neural_spectra.networks.multilayer_perceptron import has_kinks
from neural_spectra.studies.own.where_to_look import Place

_TRAJECTORIES = 8
_SEGMENTS_OF_A_TURN, _MOST_SEGMENTS, _BLOCKS = 1.5, 3000, 6
_TOLERANCE, _ACROSS_KINKS, _CONTRACTION = 1e-8, 1e-5, 12.0
_MOST_NUMBERS = 2**22
_DRAWN_TURNS, _MOMENTS, _EVALUATIONS = 60.0, 3000, 20_000
# What may be 0: an exponent within so many standard errors of it, or a thousand times slower than
# the trajectories turn.
_ERRORS, _NO_RATE = 3.0, 1e-3


@dataclass(frozen=True)
class Wandering:
    """What trajectories do that neither close nor settle.

    Parameters
    ----------
    exponents
        All Lyapunov exponents with standard errors, per unit of the field's time.
    vanishing
        Which of them may be 0.
    trajectories, duration
        How many were followed, and for how long each.
    kind
        ``chaos``, ``torus``, ``nearly closed`` or ``settling``.
    states
        Where they went, one after the other.
    path
        How one of them goes on, at short intervals.
    """

    exponents: Exponents
    vanishing: Bool[Tensor, " dimension"]
    trajectories: int
    duration: float
    kind: str
    states: Float[Tensor, "trajectories times dimension"]
    path: Float[Tensor, "moments dimension"]


def wandering_of(
    field: Field, place: Place, ends: Float[Tensor, "starts dimension"], turns: float, seed: int
) -> Wandering | None:
    """Measure the exponents of trajectories that are on an attractor by now; None if they escape.

    Parameters
    ----------
    field
        A single field.
    place
        Where it is looked at.
    ends
        The states that trajectories wander about from.
    turns
        For how long to follow each, in times in which it goes as far as it comes from its mean.
    seed
        Of the random frame.
    """
    d = field.dimension
    one = place.own(field)
    sample = place.to_own(ends)
    speed = one(sample).norm(dim=-1).mean().item()
    turn = max((sample - sample.mean(0)).norm(dim=-1).amax().item(), 1.0) / speed
    rates = torch.linalg.eigvals(one.jacobian(sample).squeeze(0)).real
    spread = (rates.amax(-1) - rates.amin(-1)).mean().item()
    duration = turns * turn
    wanted = min(max(_SEGMENTS_OF_A_TURN * turns, duration * spread / _CONTRACTION), _MOST_SEGMENTS)
    segments = _BLOCKS * -int(-wanted // _BLOCKS)
    count = max(1, min(_TRAJECTORIES, len(sample), _MOST_NUMBERS // (segments * d * (d + 1))))
    own = one[[0] * count]
    tolerance = _ACROSS_KINKS if has_kinks(field) else _TOLERANCE
    propagators, points = propagate_trajectory(
        own, sample[:count], duration, segments, tolerance, tolerance
    )
    finite = propagators.matrices.isfinite().all(-1).all(-1).all(-1)
    if not finite.any():
        return None
    generator = torch.Generator().manual_seed(seed)
    found = lyapunov_exponents_with_errors(
        propagators[finite], duration * place.unit, _BLOCKS, generator
    )
    moments = torch.linspace(0, _DRAWN_TURNS * turn, _MOMENTS, dtype=torch.float64)
    path = simulate_together(one, points[finite][0, :1], moments, math.inf, _EVALUATIONS).states
    path = path.squeeze(1)
    vanishing = found.mean.abs() <= _threshold(found, turn * place.unit)
    return Wandering(
        found,
        vanishing,
        int(finite.sum()),
        duration * place.unit,
        _kind(found, vanishing),
        place.from_own(points[finite]),
        place.from_own(path[path.isfinite().all(-1)]),
    )


def _threshold(found: Exponents, turn: float) -> Float[Tensor, " dimension"]:
    threshold: Tensor = (_ERRORS * found.error).clamp(min=_NO_RATE / turn)
    return threshold


def _kind(found: Exponents, vanishing: Bool[Tensor, " dimension"]) -> str:
    if found.mean[0] > 0 and not vanishing[0] and len(found.mean) > 2:
        return "chaos"
    zeros = int(vanishing.sum())
    if zeros > 1 and len(found.mean) > 2:
        return "torus"
    return "nearly closed" if zeros else "settling"
