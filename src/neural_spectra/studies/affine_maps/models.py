"""Appendix D: the 828 models, one row each, and their pointwise affine maps over the plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.maps.attractor_classes import Attractors
from neural_spectra.maps.certificates_of_maps import norm_product
from neural_spectra.maps.orbits import Fate
from neural_spectra.maps.pointwise_affine import PlanarGrid, planar_grid, spectral_radius
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.affine_maps_over_plane import (
    grid_error,
    hyperplane_error,
    largest_ratio,
    product_bound,
    square,
)
from neural_spectra.studies.affine_maps.grid_weights import WeightSet
from neural_spectra.studies.affine_maps.model_grid import (
    GridModel,
    batches,
    classified,
    grid_models,
    stacked,
)
from neural_spectra.studies.tables import Computed

# Spectral radii of 1 come out with this error.
ROUNDING = 1e-12


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
        The fields of `maps.orbits.Settings`.

    Returns
    -------
    Computed
        ``models``: model, factorisation, variant, lambda_min, lambda_max, depth, activation, bias,
        seed; rho_min, rho_max, rho_mean of ρ(A*) over the grid; attractor, lyapunov,
        lyapunov_error, period (the longest; 0 if there is none), fixed_points (their number),
        fixed_point_radius (the largest ρ(Df) at one that orbits reach), equilibrium_x,
        equilibrium_y (of a single point); largest_layer_radius = max ρ(A_i), sufficient (Theorem 6:
        it and sup |σ(z)/z| are at most 1), necessary_violated (ρ(A*) > 1 somewhere on the grid),
        radius_over_product (above 1 where eq. (10) fails), norm_certificate (a Lipschitz constant),
        certified (it is below 1); literal_rho_max (with σ(z)/z as printed, where that represents
        f); linearisation_error, also at the origin and where z_i = 0.
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
    x = square(extent, points)
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
            | {"linearisation_error": max(grid_error(grid, x, value), at_hyperplanes[model.number])}
        )
    table = pd.DataFrame(rows)
    names = ("linearisation_error", "lyapunov_error")
    return Computed(table, {name: float(table[name].max()) for name in names})


def identity(model: GridModel) -> dict[str, Any]:
    """Return the columns that tell a model from the others."""
    recipe = {k: np.nan if v is None else v for k, v in model.weight_set.recipe.items()}
    return {"model": model.number, **recipe, "activation": model.activation, "bias": model.bias}


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
        "sufficient": largest <= 1 + ROUNDING and f.activation.largest_quotient <= 1,
        "necessary_violated": bool(radius.max() > 1 + ROUNDING),
        "radius_over_product": largest_ratio(radius, bound),
        "norm_certificate": lipschitz,
        "certified": lipschitz < 1,
    }


def _literal_rho_max(f: DeepMap, axis: np.ndarray, grid: PlanarGrid) -> float:
    """Return the largest ρ(A*) in the literal mode, which differs only if σ(0) ≠ 0."""
    literal = planar_grid(f, axis, axis, "literal") if f.activation.offset else grid
    return float(np.nanmax(literal.spectral_radius))
