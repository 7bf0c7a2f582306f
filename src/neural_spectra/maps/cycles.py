"""Cycles of discrete maps x ↦ f(x), attracting or not: fixed points of the iterates of f."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex, Float, Int

from neural_spectra.maps.fixed_points import DiscreteMap, States, distinct, newton, size
from neural_spectra.maps.pointwise_affine import eigenvalues

# Points closer than this, relative to 1 + their size, are one.
SAME = 1e-6


@dataclass(frozen=True)
class Iterate:
    """The map f^p: f applied p times.

    Parameters
    ----------
    f
        The map, or a batch of maps.
    period
        p.
    """

    f: DiscreteMap
    period: int

    def __call__(self, x: States) -> States:
        """Return f^p(x)."""
        for _ in range(self.period):
            x = self.f(x)
        return x

    def jacobian(self, x: States) -> Float[np.ndarray, "models points d d"]:
        """Return D(f^p)(x), the product of Df along the orbit."""
        product = self.f.jacobian(x)
        for _ in range(1, self.period):
            x = self.f(x)
            product = self.f.jacobian(x) @ product
        return product

    def __getitem__(self, index: Int[np.ndarray, " some"]) -> Iterate:
        """Return the iterates of the maps of these numbers."""
        return Iterate(self.f[index], self.period)


@dataclass(frozen=True)
class Cycle:
    """A cycle of p points; a fixed point is one with p = 1.

    Parameters
    ----------
    points
        x_0, …, x_{p−1}, each the image of the one before.
    multipliers
        The eigenvalues of D(f^p), of largest modulus first.
    ln_det
        ln |det D(f^p)|, from the determinants of Df at the points: it checks the multipliers.
    """

    points: Float[np.ndarray, "period d"]
    multipliers: Complex[np.ndarray, " d"]
    ln_det: float

    @property
    def period(self) -> int:
        """The number p of its points."""
        return len(self.points)

    @property
    def radius(self) -> float:
        """The largest modulus of a multiplier: below 1 the cycle attracts, above it repels."""
        return float(np.abs(self.multipliers[0]))


def find_cycles(
    f: DiscreteMap,
    guesses: Float[np.ndarray, "count d"],
    periods: Iterable[int],
    steps: int,
    most: int,
) -> list[Cycle]:
    """Find fixed points and cycles of one map by Newton's method for f^p(x) = x.

    Parameters
    ----------
    f
        A single map.
    guesses
        Where Newton's method starts, for each period.
    periods
        The periods p that are looked for, rising.
    steps
        Most steps of Newton's method.
    most
        So many cycles of a period are kept: where they fill a line there is no end of them.

    Returns
    -------
    list of Cycle
        In the order of the periods and of the guesses.
    """
    found: list[Cycle] = []
    for period in periods:
        roots, ends = newton(Iterate(f, period), guesses[None], steps)
        roots = roots[0, ends[0]]
        _, first = np.unique(distinct(roots, SAME), return_index=True)
        candidates = roots[np.sort(first)]
        for divisor in (q for q in range(1, period) if period % q == 0):
            moved = size(Iterate(f, divisor)(candidates[None])[0] - candidates)
            candidates = candidates[moved > SAME * (1 + size(candidates))]
        known: list[np.ndarray] = []
        for root in candidates:
            if len(known) < most and not any(_among(root, points) for points in known):
                found.append(_cycle(f, root, period))
                known.append(found[-1].points)
    return found


def _among(point: Float[np.ndarray, " d"], points: Float[np.ndarray, "count d"]) -> bool:
    return bool((size(points - point) <= SAME * (1 + size(points))).any())


def _cycle(f: DiscreteMap, root: Float[np.ndarray, " d"], period: int) -> Cycle:
    x = root[None, None]
    points, jacobians = [], []
    for _ in range(period):
        points.append(x[0, 0])
        jacobians.append(f.jacobian(x)[0, 0])
        x = f(x)
    multipliers = _multipliers(jacobians)
    with np.errstate(divide="ignore"):
        ln_det = np.linalg.slogdet(np.array(jacobians)).logabsdet.sum()
    return Cycle(np.array(points), multipliers, float(ln_det))


def _multipliers(jacobians: Sequence[np.ndarray]) -> Complex[np.ndarray, " d"]:
    product = np.eye(len(jacobians[0]))
    for jacobian in jacobians:
        product = jacobian @ product
    found = eigenvalues(product)
    order = np.argsort(-np.abs(found), kind="stable")
    return np.asarray(found[order])
