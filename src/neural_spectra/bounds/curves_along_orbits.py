r"""Curves on both sides of a closed orbit of the plane, through which the flow enters between them.

A curve at the distance w from the orbit is entered at the rate ẇ − a w, as far as the flow is
linear, where a is the rate at which the distance of neighbours grows, tr Df − d ln|f|/dt. Its mean
over the period is λ = ln det M/T. If λ < 0 there is a periodic w with ẇ ≥ (a + |λ|/2) w.

Edges are chords, from which the orbit's direction differs by half the turn along them; so there
are as many vertices, and where they are needed, that this takes back only a part of what the flow
enters by.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from neural_spectra.bounds.annuli import Annulus
from neural_spectra.bounds.interval_jacobians import cells_at_once
from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network

_FEWEST, _MOST = 64, 2**18
_PART = 0.5
_BISECTIONS = 60


class AlongOrbit(NamedTuple):
    """An annulus around an orbit, and what happens along the orbit from vertex to vertex.

    Parameters
    ----------
    annulus
        Where.
    gains
        The integral of tr Df.
    time_steps
        The time that passes.
    """

    annulus: Annulus
    gains: Float[Tensor, " vertices"]
    time_steps: Float[Tensor, " vertices"]


@dataclass(frozen=True)
class PlanarOrbit:
    """A closed orbit at 2^p equally spaced times, with what curves along it are made from.

    Parameters
    ----------
    states, velocities
        x and f(x).
    gains
        The integral of tr Df over the step from each state to the next, by the trapezoidal rule.
    widths
        w, such that 1 is the orbit's extent, or its radius of curvature where that is less.
    entry_rates
        ẇ/w − a.
    turns
        The angle by which the orbit turns at each state.
    period
        T.
    """

    states: Float[Tensor, "times two"]
    velocities: Float[Tensor, "times two"]
    gains: Float[Tensor, " times"]
    widths: Float[Tensor, " times"]
    entry_rates: Float[Tensor, " times"]
    turns: Float[Tensor, " times"]
    period: float

    @property
    def log_determinant(self) -> float:
        """Λ = ∮ tr Df dt, as the trapezoidal rule gives it."""
        return math.fsum(self.gains.tolist())

    def vertices(self, width: float) -> float:
        """Return how many vertices curves of a width need, a power of two or ∞."""
        needed: float = self._densities(width).sum().item()
        return needed

    def resolves(self, width: float) -> bool:
        """Tell whether there is a state for every vertex."""
        return bool(self._densities(width).amax() <= 1)

    def refined(self, network: Network, width: float) -> PlanarOrbit:
        """Interpolate until there are states for all vertices of curves of a width."""
        orbit = self
        while not orbit.resolves(width) and len(orbit.states) < _MOST:
            x, v, step = orbit.states, orbit.velocities, orbit.period / len(orbit.states)
            between = (x + x.roll(-1, 0)) / 2 + step / 8 * (v - v.roll(-1, 0))
            states = torch.stack([x, between], 1).flatten(0, 1)
            orbit = planar_orbit(network, states, orbit.period)
        return orbit

    def annulus(self, width: float) -> AlongOrbit:
        """Lay curves on both sides, ``width`` times as far away as ``widths`` says."""
        count = len(self.states)
        vertices = self._vertices(width)
        speeds = torch.linalg.vector_norm(self.velocities, dim=-1, keepdim=True)
        # To the left of the direction of travel.
        normals = torch.stack([-self.velocities[:, 1], self.velocities[:, 0]], -1) / speeds
        offsets = (width * self.widths.unsqueeze(-1) * normals)[vertices]
        states = self.states[vertices]
        passed = torch.cat([self.gains.new_zeros(1), self.gains.cumsum(0)])
        ends = torch.cat([vertices[1:], torch.tensor([count])])
        return AlongOrbit(
            Annulus(states + offsets, states - offsets),
            gains=passed[ends] - passed[vertices],
            time_steps=(ends - vertices) * (self.period / count),
        )

    def _densities(self, width: float) -> Tensor:
        """Return how many vertices each state stands for; they add up to a power of two."""
        speeds = torch.linalg.vector_norm(self.velocities, dim=-1)
        crossing = speeds * self.turns / 2 / (self.entry_rates * width * self.widths)
        densities = crossing / _PART + _FEWEST / 2 / len(self.states)
        total = densities.sum().item()
        if not math.isfinite(total):
            return torch.full_like(densities, math.inf)
        vertices = 2.0 ** math.ceil(math.log2(max(total, _FEWEST)))
        scaled: Tensor = densities * (vertices / total)
        return scaled

    def _vertices(self, width: float) -> Int[Tensor, " vertices"]:
        """Return the indices of the states that are next to a vertex."""
        passed = self._densities(width).cumsum(0)
        wanted = torch.arange(round(passed[-1].item()), dtype=torch.float64)
        return torch.searchsorted(passed, wanted + 1e-9)


def planar_orbit(
    network: Network, states: Float[Tensor, "times two"], period: float
) -> PlanarOrbit:
    """Take the measure of an orbit.

    Raises
    ------
    InputError
        If the states are not those of one period, at 64 or a larger power of two of times.
    """
    count = len(states)
    if count < _FEWEST or count & (count - 1) or not 0 < period < math.inf:
        raise InputError(
            f"a proof needs the states of one period at {_FEWEST} or a larger power of two of "
            f"equally spaced times, and the period; got {count} states and a period of {period}"
        )
    parts = torch.split(states, cells_at_once(network))
    pairs = [network.value_and_jacobian(part) for part in parts]
    velocities, jacobians = (torch.cat(part) for part in zip(*pairs, strict=True))
    speeds = torch.linalg.vector_norm(velocities, dim=-1)
    steps = states.roll(-1, 0) - states
    lengths = torch.linalg.vector_norm(steps, dim=-1)
    closes = lengths[-1] <= 2 * speeds.amax() * period / count
    if not (states.isfinite().all() and (lengths > 0).all() and (speeds > 0).all() and closes):
        raise InputError(
            "the states do not go once round a closed orbit: the step from the last one to the "
            "first must be as long as the others, and the speed nowhere 0"
        )
    divergence = jacobians.diagonal(dim1=-2, dim2=-1).sum(-1)
    gains = (divergence + divergence.roll(-1)) * (period / count / 2)
    approach = gains - (speeds.roll(-1) / speeds).log()
    growth = _growth(approach)
    log_widths = torch.cat([growth.new_zeros(1), growth.cumsum(0)[:-1]])
    widths = (log_widths - log_widths.amax()).exp()
    turns = _turns(steps / lengths.unsqueeze(-1))
    extent = torch.linalg.vector_norm(states - states.mean(0), dim=-1).amax()
    widths = widths / torch.maximum(widths * turns / lengths, widths / extent).amax()
    entry_rates = (growth - approach) * (count / period)
    return PlanarOrbit(states, velocities, gains, widths, entry_rates, turns, period)


def _growth(approach: Tensor) -> Tensor:
    """Return by how much ln w grows on each step, as little as the flow allows.

    Where neighbours approach fast the width need not shrink faster than at one rate, at which it
    comes back to where it was after a turn.
    """
    least = approach - approach.mean() / 2
    low, high = 0.0, least.abs().amax().item()
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if least.clamp(min=-middle).sum() > 0 else (low, middle)
    growth = least.clamp(min=-high)
    return growth - growth.mean()


def _turns(directions: Tensor) -> Tensor:
    before = directions.roll(1, 0)
    sine = before[:, 0] * directions[:, 1] - before[:, 1] * directions[:, 0]
    return torch.atan2(sine, (before * directions).sum(-1)).abs()
