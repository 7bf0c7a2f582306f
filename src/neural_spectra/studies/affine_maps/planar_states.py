"""States of the plane: grids on which maps are looked at, starts of orbits, and orbits."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float

from neural_spectra.networks.deep_maps import DeepMap


def axis(extent: float, step: float) -> Float[np.ndarray, " points"]:
    """Return the coordinates from −extent to extent in about those steps."""
    return np.linspace(-extent, extent, round(2 * extent / step) + 1)


def grid_points(along: Float[np.ndarray, " points"]) -> Float[np.ndarray, "points2 2"]:
    """Return the points of the square grid with these coordinates, x running fastest."""
    x, y = np.meshgrid(along, along)
    return np.stack((x.ravel(), y.ravel()), axis=-1)


def spread_points(count: int, extent: float) -> Float[np.ndarray, "count 2"]:
    """Return points spread evenly over [−extent, extent]², none of them on an axis or diagonal.

    The additive recurrence with the powers of 1/g, g³ = g + 1, the plane's golden section.
    """
    steps = 1.324717957244746 ** -np.array([1.0, 2.0])
    fractions = (0.5 + np.arange(1, count + 1)[:, None] * steps) % 1
    return np.asarray(extent * (2 * fractions - 1))


def circle(radius: float, count: int) -> Float[np.ndarray, "count 2"]:
    """Return points spread evenly on a circle around the origin, the first on the x axis."""
    angle = 2 * math.pi * np.arange(count) / count
    return radius * np.stack((np.cos(angle), np.sin(angle)), axis=-1)


def path(
    f: DeepMap, starts: Float[np.ndarray, "*batch orbits 2"], steps: int
) -> Float[np.ndarray, "times *batch orbits 2"]:
    """Follow orbits for so many steps; coordinates that overflow are infinite or NaN."""
    states = [starts]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            states.append(f(states[-1]))
    return np.stack(states)
