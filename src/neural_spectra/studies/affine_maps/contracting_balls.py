"""Around which fixed points of the curated models a ball is proved to tend to them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from neural_spectra.bounds.contracting_deep_maps import contracting_ball_of_deep_map
from neural_spectra.errors import InputError
from neural_spectra.maps.fixed_points import distinct, newton
from neural_spectra.maps.lipschitz_bounds_of_maps import norm_product
from neural_spectra.maps.pointwise_affine import spectral_radius
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.curated_models import CuratedNetwork
from neural_spectra.studies.affine_maps.planar_states import axis, grid_points

NEWTON_STEPS, SAME_POINT = 40, 1e-6
COLUMNS = ["figure", "panel", "label", "norm_certificate", "x", "y", "fixed_point_radius"]
COLUMNS += ["verdict", "reason", "radius", "contraction"]


def contracting_balls(
    models: Sequence[tuple[str, CuratedNetwork]], *, extent: float, grid_step: float, budget: int
) -> pd.DataFrame:
    """Look for a contracting ball around every attracting fixed point of some models.

    Parameters
    ----------
    models
        Each with the figure that shows it.
    extent, grid_step
        Fixed points are looked for from a grid on [−extent, extent]², by Newton's method.
    budget
        How many cells to look at for one radius, at most.

    Returns
    -------
    DataFrame
        ``contracting_balls``, a row for each attracting fixed point; docs/data_dictionary.md has
        its columns.
    """
    guesses = grid_points(axis(extent, grid_step))
    rows = []
    for figure, model in models:
        f = model.network
        known: dict[str, Any] = {"figure": figure, "panel": model.panel, "label": model.label}
        known["norm_certificate"] = float(norm_product(f))
        for point, radius in _attracting(f, guesses):
            place = {"x": point[0], "y": point[1], "fixed_point_radius": radius}
            rows.append(known | place | _ball(f, point, budget))
    return pd.DataFrame(rows, columns=COLUMNS)


def _attracting(
    f: DeepMap, guesses: Float[np.ndarray, "points 2"]
) -> list[tuple[Float[np.ndarray, 2], float]]:
    """Return the fixed points where ρ(Df) < 1 that Newton's method finds, with that radius."""
    x, found = newton(f[None], guesses[None], NEWTON_STEPS)
    roots = x[found]
    if not len(roots):
        return []
    roots = roots[np.unique(distinct(roots, SAME_POINT), return_index=True)[1]]
    radii = spectral_radius(f.jacobian(roots))
    return [(root, float(radius)) for root, radius in zip(roots, radii, strict=True) if radius < 1]


def _ball(f: DeepMap, point: Float[np.ndarray, 2], budget: int) -> dict[str, Any]:
    """Return the columns of a ball around a fixed point, or of why there is none."""
    nothing = {"radius": math.nan, "contraction": math.nan}
    try:
        ball = contracting_ball_of_deep_map(f, point, budget)
    except InputError as error:
        return {"verdict": "undecided", "reason": str(error)} | nothing
    if not ball.radius:
        reason = f"with {budget} cells no ball could be shown to contract"
        return {"verdict": "undecided", "reason": reason} | nothing
    found = {"radius": ball.inner_radius, "contraction": ball.contraction}
    return {"verdict": "proved", "reason": "every orbit in the ball tends to its centre"} | found
