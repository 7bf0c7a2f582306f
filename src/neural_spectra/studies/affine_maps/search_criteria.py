"""What the captions of Drgoňa et al. (2020) say of their models, as conditions on a computed model.

A condition takes the models that share a seed; where a caption leaves a size open, it says which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from neural_spectra.maps.attractor_classes import Attractors
from neural_spectra.maps.pointwise_affine import PlanarGrid, planar_grid
from neural_spectra.networks.deep_maps import DeepMap

# A spectral radius of 1 that rounding has raised still counts as 1.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Candidate:
    """A model drawn from some seed.

    Parameters
    ----------
    network
        Its map.
    attractors
        What its orbits settle on.
    axis
        Coordinates of the grid over which the captions speak.
    """

    network: DeepMap
    attractors: Attractors
    axis: Float[np.ndarray, " points"]

    @cached_property
    def grid(self) -> PlanarGrid:
        """A* in the paper's literal mode; NaN where that does not represent f."""
        return planar_grid(self.network, self.axis, self.axis, "literal")

    @property
    def radius(self) -> Float[np.ndarray, "rows columns"]:
        """ρ(A*) on the grid."""
        return self.grid.spectral_radius

    @property
    def stable(self) -> Bool[np.ndarray, "rows columns"]:
        """Where ρ(A*) ≤ 1."""
        return np.asarray(self.radius <= 1 + ROUNDING)

    @property
    def largest_radius(self) -> float:
        """The largest ρ(A*) on the grid."""
        return float(np.nanmax(self.radius))


class Condition(NamedTuple):
    """A condition, in words and as a function."""

    words: str
    holds: Callable[[Sequence[Candidate]], bool]


def _kind(*kinds: str) -> Callable[[Sequence[Candidate]], bool]:
    return lambda models: all(model.attractors.kind in kinds for model in models)


def _asymptotically_stable(models: Sequence[Candidate]) -> bool:
    return all(m.attractors.kind == "single point" and m.stable.all() for m in models)


def _bounded(models: Sequence[Candidate]) -> bool:
    return all(not m.attractors.kind.startswith("diverging") and not m.stable.all() for m in models)


def _unstable(models: Sequence[Candidate]) -> bool:
    return all(m.attractors.kind == "diverging" and not m.stable.all() for m in models)


def _stable_regions(models: Sequence[Candidate]) -> bool:
    return all(m.stable.all() for m in models)


def _unstable_region_inside(models: Sequence[Candidate]) -> bool:
    """Unstable points, and none on the border: whatever is unstable is surrounded."""
    border = np.ones_like(models[0].stable)
    border[1:-1, 1:-1] = False
    return all(not m.stable.all() and m.stable[border].all() for m in models)


def _moved_equilibrium(models: Sequence[Candidate]) -> bool:
    """With bias (first model) away from the origin, without (second) at the origin."""
    if not _kind("single point")(models):
        return False
    moved, unmoved = (np.abs(m.attractors.fixed_points[0]).max() for m in models)
    return bool(moved >= 0.1 and unmoved <= 1e-9)


def _shrinking(models: Sequence[Candidate]) -> bool:
    radii = [m.largest_radius for m in models]
    return radii[0] <= 1 and all(deeper < radius for radius, deeper in pairwise(radii))


def _edge_of_stability(models: Sequence[Candidate]) -> bool:
    return _shrinking(models) and models[-1].largest_radius >= 0.9


def _growing(models: Sequence[Candidate]) -> bool:
    radii = [m.largest_radius for m in models]
    return radii[0] > 1 and all(deeper > radius for radius, deeper in pairwise(radii))


CONDITIONS = {
    "asymptotically stable": Condition(
        "ρ(A*) ≤ 1 everywhere, and all orbits converge to one point", _asymptotically_stable
    ),
    "bounded": Condition("ρ(A*) > 1 somewhere, but no orbit diverges", _bounded),
    "unstable": Condition("ρ(A*) > 1 somewhere, and all orbits diverge", _unstable),
    "stable regions": Condition("ρ(A*) ≤ 1 everywhere", _stable_regions),
    "unstable region inside": Condition(
        "ρ(A*) > 1 somewhere, but nowhere on the border of the square", _unstable_region_inside
    ),
    "moved equilibrium": Condition(
        "one equilibrium each, at the origin without bias, at least 0.1 away with it",
        _moved_equilibrium,
    ),
    "shrinking spectra": Condition(
        "the largest ρ(A*) is at most 1 and falls with the depth", _shrinking
    ),
    "edge of stability": Condition(
        "the largest ρ(A*) is at most 1 and falls with the depth, but to no less than 0.9",
        _edge_of_stability,
    ),
    "growing spectra": Condition("the largest ρ(A*) is above 1 and grows with the depth", _growing),
    "single point": Condition("all orbits converge to one point", _kind("single point")),
    "multiple points": Condition(
        "all orbits converge, to more than one point", _kind("multiple points")
    ),
    "line attractor": Condition("all orbits converge to points of a continuum", _kind("line")),
    "limit cycle": Condition("orbits settle on a closed curve", _kind("quasi-periodic")),
    "chaotic attractor": Condition("the largest Lyapunov exponent is positive", _kind("chaotic")),
    "unstable attractor": Condition("all orbits diverge", _kind("diverging")),
}
