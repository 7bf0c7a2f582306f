"""Fixed points of discrete maps x ↦ f(x), found by Newton's method from many guesses at once."""

from __future__ import annotations

from functools import reduce
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float, Int

from neural_spectra.errors import InputError

# Of each model of a batch, some points of R^d, and a number for each of them.
States = Float[np.ndarray, "models points d"]
Numbers = Float[np.ndarray, "models points"]

# What rounding leaves of f(x) − x at a fixed point, relative to 1 + its size.
ROUNDING = 1e-13


@runtime_checkable
class DiscreteMap(Protocol):
    """A batch of maps R^d → R^d; indexing selects some of them."""

    def __call__(self, x: States) -> States:
        """Return f(x)."""

    def jacobian(self, x: States) -> Float[np.ndarray, "models points d d"]:
        """Return Df(x)."""

    def __getitem__(self, index: Int[np.ndarray, " some"]) -> DiscreteMap:
        """Return the maps of these numbers."""


def require_states(x: np.ndarray) -> None:
    """Make sure that states have all their axes.

    Raises
    ------
    InputError
        Naming those that are missing.
    """
    axes = ("models", "points", "d")
    if x.ndim != len(axes):
        missing = ", ".join(axes[: max(0, len(axes) - x.ndim)])
        lacks = f"; missing: {missing}" if missing else ""
        raise InputError(f"states of shape {x.shape} need the axes ({', '.join(axes)}){lacks}")


def size(x: Float[np.ndarray, "*batch d"]) -> Float[np.ndarray, "*batch"]:
    """Return the largest coordinate's modulus."""
    # Coordinate by coordinate: NumPy is slow to reduce a last axis as short as this one.
    return reduce(np.maximum, np.moveaxis(np.abs(x), -1, 0))


def newton(
    f: DiscreteMap, guesses: States, steps: int
) -> tuple[States, Bool[np.ndarray, "models points"]]:
    """Return where Newton's method for f(x) = x ends, and whether that is a fixed point.

    It is one if f(x) = x up to rounding and the next step would be short.
    """
    require_states(guesses)
    x = guesses.copy()
    active = np.arange(len(x))
    # An orbit that runs away is no fixed point, however its numbers overflow.
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            if not active.size:
                break
            step = _newton_step(f[active], x[active])
            x[active] += step
            arrived = size(step) <= 1e-15 * (1 + size(x[active]))
            active = active[~arrived.all(-1)]
        accurate = size(f(x) - x) <= ROUNDING * (1 + size(x))
        return x, accurate & (size(_newton_step(f, x)) <= 1e-4 * (1 + size(x)))


def _newton_step(f: DiscreteMap, x: States) -> States:
    jacobian = f.jacobian(x)
    # A shift at the level of rounding, which matters only where Df − I is singular.
    shift = 1 + 1e-14 * (1 + np.abs(jacobian).max((-2, -1), keepdims=True))
    step: np.ndarray = np.linalg.solve(
        jacobian - shift * np.eye(x.shape[-1]), (x - f(x))[..., None]
    )[..., 0]
    return step


def distinct(points: Float[np.ndarray, "count d"], tolerance: float) -> Int[np.ndarray, " count"]:
    """Give every point a number, in order of appearance; points near each other share one.

    Parameters
    ----------
    tolerance
        Largest distance to the first point of that number, relative to 1 + its size.
    """
    number = np.full(len(points), -1)
    count = 0
    while (number < 0).any():
        first = points[[np.argmax(number < 0)]]
        near = size(points - first) <= tolerance * (1 + size(first))
        number[near & (number < 0)] = count
        count += 1
    return number
