"""Appendix D: the 828 models, one row each, and their pointwise affine maps over the plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from neural_spectra.maps.attractor_classes import Attractors
from neural_spectra.maps.lipschitz_bounds_of_maps import norm_product
from neural_spectra.maps.orbits import Fate
from neural_spectra.maps.pointwise_affine import PlanarGrid, linearise, planar_grid, spectral_radius
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.appendix_d import (
    GridModel,
    batches,
    classified,
    grid_models,
    stacked,
)
from neural_spectra.studies.affine_maps.planar_states import grid_points
from neural_spectra.studies.affine_maps.weight_sets import WeightSet
from neural_spectra.studies.tables import Computed

# Spectral radii of 1 come out with this error.
ROUNDING = 1e-12
# A segment of length 1 is cut down to the rounding of its points.
BISECTIONS = 55


def models(
    sets: Sequence[WeightSet],
    keep: Callable[[int, PlanarGrid], None],
    *,
    seed: int,
    activations: Sequence[str],
    extent: float,
    points: int,
    starts: int,
    segments: int,
    following: Mapping[str, Any],
) -> Computed:
    """Describe every model of the grid, for one seed.

    Parameters
    ----------
    sets
        The weight sets, of this seed only.
    keep
        Is given the number and the grid of each model, one after the other.
    extent, points
        The grid has points × points over [−extent, extent]²; orbits start there, too.
    starts
        Number of orbits of each model.
    segments
        Number of random segments on which every hyperplane z_i = 0 is looked for.
    following
        The fields of `maps.orbits.Following`.

    Returns
    -------
    Computed
        ``models``, a row each; docs/data_dictionary.md has its columns. Residuals: the largest
        linearisation_error and lyapunov_error.
    """
    axis = np.linspace(-extent, extent, points)
    every = grid_models(sets, activations)
    found = classified(every, starts, extent, following)
    ends = np.random.default_rng(seed).uniform(-extent, extent, (2, segments, 2))
    at_hyperplanes = {
        model.number: float(error)
        for batch in batches(every)
        for model, error in zip(batch, hyperplane_error(stacked(batch), ends), strict=True)
    }
    x = grid_points(axis).T
    rows = []
    for model in every:
        f = model.networks[0]
        grid = planar_grid(f, axis, axis)
        keep(model.number, grid)
        bound, value = product_bound(f, x)
        rows.append(
            identity(model)
            | {"seed": seed}
            | _settled(found[model.number][0])
            | _conditions(f, grid.spectral_radius.ravel(), bound)
            | {"literal_rho_max": _literal_rho_max(f, axis, grid)}
            | {
                "linearisation_error": max(
                    grid.largest_error(x, value), at_hyperplanes[model.number]
                )
            }
        )
    table = pd.DataFrame(rows)
    names = ("linearisation_error", "lyapunov_error")
    return Computed(table, {name: float(table[name].max()) for name in names})


def identity(model: GridModel) -> dict[str, Any]:
    """Return the columns that tell a model from the others."""
    recipe = asdict(model.weight_set.recipe).items()
    known = {name: np.nan if value is None else value for name, value in recipe}
    return {"model": model.number, **known, "activation": model.activation, "bias": model.bias}


def _settled(found: Attractors) -> dict[str, Any]:
    """Return the columns on the dynamics."""
    reached = found.spectral_radii[: found.reached.max() + 1]
    single = found.kind == "single point"
    x, y = found.fixed_points[0] if single else (np.nan, np.nan)
    return {
        "attractor": found.kind,
        "lyapunov": found.lyapunov,
        "lyapunov_error": found.lyapunov_error,
        "period": max(found.periods, default=int((found.fates == Fate.POINT).any())),
        "fixed_points": len(found.fixed_points),
        "fixed_point_radius": reached.max() if len(reached) else np.nan,
        "equilibrium_x": x,
        "equilibrium_y": y,
    }


def _conditions(f: DeepMap, radius: np.ndarray, bound: np.ndarray) -> dict[str, Any]:
    """Return the columns on ρ(A*) and on what the paper concludes from spectral radii."""
    largest = float(spectral_radius(np.stack(f.weights)).max())
    lipschitz = float(norm_product(f))
    return {
        "rho_min": radius.min(),
        "rho_max": radius.max(),
        "rho_mean": radius.mean(),
        "largest_layer_radius": largest,
        "sufficient": largest <= 1 + ROUNDING
        and all(s.largest_quotient <= 1 for s in f.activations),
        "necessary_violated": bool(radius.max() > 1 + ROUNDING),
        "radius_over_product": largest_ratio(radius, bound),
        "norm_certificate": lipschitz,
        "certified": lipschitz < 1,
    }


def _literal_rho_max(f: DeepMap, axis: np.ndarray, grid: PlanarGrid) -> float:
    """Return the largest ρ(A*) in the literal mode, which differs only if σ(0) ≠ 0."""
    literal = (
        planar_grid(f, axis, axis, "literal") if any(s.offset for s in f.activations) else grid
    )
    return float(np.nanmax(literal.spectral_radius))


def product_bound(
    f: DeepMap, x: Float[np.ndarray, "2 points"]
) -> tuple[Float[np.ndarray, " points"], Float[np.ndarray, "2 points"]]:
    """Return Π ρ(A_i) Π ρ(Λ_j(x)), the bound of eq. (10) on ρ(A*(x)), and f(x), for one network."""
    bound = np.full(x.shape[-1], np.prod(spectral_radius(np.stack(f.weights))))
    for layer in f.layers:
        x = layer.weight @ x + layer.bias[:, None]
        if layer.activation:
            bound *= np.maximum(*np.abs(layer.activation.quotient(x)))
            x = layer.activation.function(x)
    return bound, x


def largest_ratio(radius: np.ndarray, bound: np.ndarray) -> float:
    """Return the largest radius/bound, with 0/0 = 0: at most 1 where eq. (10) holds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.where(radius > 0, radius / bound, 0.0).max())


def hyperplane_error(
    f: DeepMap, ends: Float[np.ndarray, "2 segments 2"]
) -> Float[np.ndarray, " models"]:
    """Return the largest error of `linearise` at the origin and where a unit's z_i is 0.

    Parameters
    ----------
    f
        A batch of networks.
    ends
        Ends of the segments on which the zeros of every unit's z_i are looked for, by bisection. A
        segment on which a z_i keeps its sign contributes one of its ends.
    """
    origin = np.zeros((len(f.weights[0]), 1, 2))
    models, _, units = np.concatenate(f.pre_activations(origin), axis=-1).shape
    unit = np.repeat(np.arange(units), ends.shape[1])[:, None]
    own = np.broadcast_to(unit, (models, *unit.shape))
    low, high = (np.tile(end, (models, units, 1)) for end in ends)

    def sign(x: np.ndarray) -> np.ndarray:
        z = np.concatenate(f.pre_activations(x), axis=-1)
        return np.asarray(np.sign(np.take_along_axis(z, own, axis=-1)))

    below = sign(low)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        same = sign(middle) == below
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    points = np.concatenate((origin, low, high), axis=1)
    return np.asarray(linearise(f, points).error.max(-1))
