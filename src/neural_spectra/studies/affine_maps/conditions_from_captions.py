"""What the captions of Drgoňa et al. (2020) say of their models, as conditions on computed models.

A condition takes the models that share a seed; where a caption leaves a size open, it says which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from neural_spectra.maps.attractor_classes import Attractors
from neural_spectra.maps.fixed_points import size
from neural_spectra.maps.pointwise_affine import linearise, planar_grid, spectral_radius
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.planar_states import path

# A spectral radius of 1 that rounding has raised still counts as 1.
ROUNDING = 1e-9
# Orbits are on their attractors after so many steps, and are followed along them for so many; a
# coordinate as large as this means that an orbit does not stay.
SETTLED, RECURRING, ESCAPED = 500, 20, 1e6


Trial = dict[str, Any]


def tried(
    f: DeepMap,
    found: Attractors,
    along: Float[np.ndarray, " points"],
    rho_attractor: float,
) -> Trial:
    """Describe a model drawn from some seed.

    Parameters
    ----------
    f, found
        Its map, and what its orbits settle on.
    along
        Coordinates of the square grid of states over which the captions speak.
    rho_attractor
        See `radii_on_attractors`.

    Returns
    -------
    dict
        kind, lyapunov, lyapunov_error as in `Attractors`; rho_min, rho_median, rho_max of ρ(A*), in
        the paper's literal mode, apart from points where no A* represents f; rho_attractor;
        stable and stable_border, whether ρ(A*) ≤ 1 everywhere, and on the border of the square;
        largest_imaginary, the largest imaginary part of an eigenvalue of A*; largest_layer_radius =
        max ρ(A_i); equilibrium_distance, the size of the single point that all orbits converge to
        (NaN if there is none).
    """
    grid = planar_grid(f, along, along, "literal")
    radius = grid.spectral_radius
    stable = radius <= 1 + ROUNDING
    single = found.kind == "single point"
    return {
        "kind": found.kind,
        "lyapunov": found.lyapunov,
        "lyapunov_error": found.lyapunov_error,
        "rho_min": float(np.nanmin(radius)),
        "rho_median": float(np.nanmedian(radius)),
        "rho_max": float(np.nanmax(radius)),
        "rho_attractor": float(rho_attractor),
        "stable": bool(stable.all()),
        "stable_border": bool(stable[[0, -1]].all() and stable[:, [0, -1]].all()),
        "largest_imaginary": float(np.nanmax(np.abs(grid.eigenvalues.imag))),
        "largest_layer_radius": float(spectral_radius(np.stack(f.weights)).max()),
        "equilibrium_distance": float(size(found.fixed_points)[0]) if single else np.nan,
    }


def radii_on_attractors(
    f: DeepMap, starts: Float[np.ndarray, "starts 2"]
) -> Float[np.ndarray, " models"]:
    """Return the median of ρ(A*) over states that orbits come to, long after their starts.

    NaN for a map of the batch none of whose orbits stays.
    """
    state = np.tile(starts, (len(f.weights[0]), 1, 1))
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(SETTLED):
            state = f(state)
        states = np.concatenate(path(f, state, RECURRING), axis=-2)
        matrix = linearise(f, states, "literal").matrix
    known = np.isfinite(matrix).all((-2, -1)) & (np.abs(states).max(-1) < ESCAPED)
    radii = spectral_radius(np.where(known[..., None, None], matrix, 0.0))
    medians = [
        np.median(radius[k]) if k.any() else np.nan for radius, k in zip(radii, known, strict=True)
    ]
    return np.array(medians)


Criterion = Callable[[Sequence[Trial]], bool]


class Condition(NamedTuple):
    """A condition, in words and as a function of the models that share a seed."""

    words: str
    holds: Criterion


def _each(holds: Callable[[Trial], Any]) -> Criterion:
    return lambda models: all(map(holds, models))


def _kind(kind: str) -> Criterion:
    return _each(lambda model: model["kind"] == kind)


def _moved_equilibrium(models: Sequence[Trial]) -> bool:
    """With bias (first model) away from the origin, without (second) at the origin."""
    moved, unmoved = (model["equilibrium_distance"] for model in models)
    return bool(moved >= 0.1 and unmoved <= 1e-9)


def _shrinking(models: Sequence[Trial]) -> bool:
    radii = [model["rho_max"] for model in models]
    return radii[0] <= 1 and all(deeper < radius for radius, deeper in pairwise(radii))


def _growing(models: Sequence[Trial]) -> bool:
    radii = [model["rho_max"] for model in models]
    return radii[0] > 1 and all(deeper > radius for radius, deeper in pairwise(radii))


CONDITIONS = {
    "asymptotically stable": Condition(
        "ρ(A*) ≤ 1 everywhere, and all orbits converge to one point",
        _each(lambda model: model["stable"] and model["kind"] == "single point"),
    ),
    "bounded": Condition(
        "ρ(A*) > 1 somewhere, but no orbit diverges",
        _each(lambda model: not model["stable"] and not model["kind"].startswith("diverging")),
    ),
    "unstable": Condition(
        "ρ(A*) > 1 somewhere, and all orbits diverge",
        _each(lambda model: not model["stable"] and model["kind"] == "diverging"),
    ),
    "stable regions": Condition("ρ(A*) ≤ 1 everywhere", _each(lambda model: model["stable"])),
    "unstable region inside": Condition(
        "ρ(A*) > 1 somewhere, but nowhere on the border of the square",
        _each(lambda model: not model["stable"] and model["stable_border"]),
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
        lambda models: _shrinking(models) and models[-1]["rho_max"] >= 0.9,
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
