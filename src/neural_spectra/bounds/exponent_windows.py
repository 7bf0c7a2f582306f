r"""Certified windows for all Floquet or Lyapunov exponents of a curve of states.

Every exponent of Φ̇ = Df(x(t)) Φ lies between the means of −μ₂(−Df) and of μ₂(Df) along x (Coppel
1965). The curve is cut into pieces, each of which lies within a small distance of a straight line
that is run through at one speed. A convex function's mean along such a line is at most the mean of
its values at both ends, so that the means err by the square of the length of the pieces.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from neural_spectra.bounds.affine_forms import FEW
from neural_spectra.bounds.certified_quantities import (
    ROUNDING,
    at_corners,
    logarithmic_norm,
    norm_on_cells,
)
from neural_spectra.bounds.interval_jacobians import (
    Parallelotopes,
    boxes_around,
    cells_at_once,
    enclose_jacobian,
    rounding_of_cells,
)
from neural_spectra.bounds.regions import Circle, Orbit, all_cells
from neural_spectra.networks.multilayer_perceptron import Network


@dataclass(frozen=True)
class ExponentWindow:
    """Where all exponents of a curve lie.

    Parameters
    ----------
    lower, upper
        Bounds on the means of −μ₂(−Df) and of μ₂(Df) along the curve, rounding included.
    lower_sampled, upper_sampled
        Those means over the points in the middle of the pieces.
    """

    lower: float
    upper: float
    lower_sampled: float
    upper_sampled: float


def exponent_window(network: Network, orbit: Orbit, distance: float = 0.0) -> ExponentWindow:
    """Bound all Floquet or Lyapunov exponents of a solution by means along a tube around it.

    Half a step h before and after a known state x, where ‖Df‖ ≤ c, the solution stays within
    |f| c h²/8 e^{ch/2} of the straight line along f(x), and one that is δ away from x at that time
    within δ e^{ch/2} of that solution (Grönwall).

    Parameters
    ----------
    network
        f, a single network.
    orbit
        The known states.
    distance
        δ: how far the solution may be from each state at its time. With 0 the states are exact.
    """
    return _window(network, _along_solution(network, orbit, distance))


def exponent_window_of_circle(network: Network, circle: Circle, level: int) -> ExponentWindow:
    """Bound all exponents of Φ̇ = Df(x(t)) Φ along a circle that is run through at one speed.

    On an arc of the half angle h around the state x the circle stays within R h²/2 (1 + h/3) of the
    straight line along its tangent.

    Parameters
    ----------
    network
        f, a single network; the circle need not be one of its orbits.
    circle
        The states.
    level
        It is cut into 2^level arcs.
    """
    return _window(network, _along_circle(network, circle, level))


def _along_solution(network: Network, orbit: Orbit, distance: float) -> Iterable[Parallelotopes]:
    half_step, rounding = orbit.time_step / 2, rounding_of_cells(orbit)
    reach = distance * math.exp(orbit.lipschitz * half_step)
    for index in torch.split(all_cells(orbit.finest_level), cells_at_once(network)):
        balls = orbit.cells(orbit.finest_level, index)
        tube = boxes_around(replace(balls, radii=balls.radii + reach), rounding)
        c = norm_on_cells(enclose_jacobian(network, tube)).unsqueeze(-1)
        states, velocities = orbit.states[index], orbit.velocities[index]
        speeds = torch.linalg.vector_norm(velocities, dim=-1, keepdim=True)
        away = (distance + speeds * c * half_step**2 / 2) * (c * half_step).exp() * (1 + ROUNDING)
        runs = velocities.unsqueeze(-2) * half_step
        yield Parallelotopes(states, states, runs, away.expand_as(states))


def _along_circle(network: Network, circle: Circle, level: int) -> Iterable[Parallelotopes]:
    half_angle = math.pi / 2**level
    away = circle.radius * half_angle**2 / 2 * (1 + half_angle / 3) + 4 * FEW * circle.radius
    for index in torch.split(all_cells(level), cells_at_once(network)):
        states = circle.cells(level, index).points
        tangents = torch.stack([-states[:, 1], states[:, 0]], -1)
        runs = (tangents * half_angle).unsqueeze(-2)
        yield Parallelotopes(states, states, runs, torch.full_like(states, away))


def _window(network: Network, pieces: Iterable[Parallelotopes]) -> ExponentWindow:
    """Take the means over pieces of one length in time."""
    totals, count = torch.zeros(4, dtype=torch.float64), 0
    for lines in pieces:
        corners, slack = at_corners(enclose_jacobian(network, lines))
        sampled = network.jacobian(lines.points)
        totals += torch.stack(
            [
                _total(-corners, slack),
                _total(corners, slack),
                logarithmic_norm(-sampled).sum(),
                logarithmic_norm(sampled).sum(),
            ]
        )
        count += len(lines.points)
    lower, upper, lower_sampled, upper_sampled = (totals / count).tolist()
    room = ROUNDING * max(abs(lower), abs(upper))
    return ExponentWindow(-lower - room, upper + room, -lower_sampled, upper_sampled)


def _total(corners: Tensor, slack: Tensor) -> Tensor:
    return (logarithmic_norm(corners).mean(-1) + slack).sum()
