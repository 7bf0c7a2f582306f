"""What every seed's model is like, whether or not it does what the caption says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from neural_spectra.maps.fixed_points import size
from neural_spectra.maps.pointwise_affine import spectral_radius
from neural_spectra.studies.affine_maps.search_criteria import Candidate


def trials(
    model: Mapping[str, Any],
    seeds: Sequence[int],
    holds: Sequence[bool],
    candidates: Sequence[Candidate],
) -> list[dict[str, Any]]:
    """Describe a model for every seed that was tried.

    Parameters
    ----------
    model
        Its search and recipe.
    seeds, holds, candidates
        What was tried, whether the caption's condition was met, and what was drawn.

    Returns
    -------
    list of dict
        For each seed: figure, row, panel, label, depth, seed, satisfied; kind and lyapunov as in
        `Attractors`; rho_min, rho_median, rho_max of ρ(A*) over the grid, in the paper's literal
        mode; largest_imaginary, the largest imaginary part of an eigenvalue of A* there;
        largest_layer_radius = max ρ(A_i); equilibrium_distance, the size of the single point that
        all orbits converge to (NaN if there is none).
    """
    identity = {key: model[key] for key in ("figure", "row", "panel", "label", "depth")}
    return [
        identity | {"seed": seed, "satisfied": held} | _described(candidate)
        for seed, held, candidate in zip(seeds, holds, candidates, strict=True)
    ]


def _described(candidate: Candidate) -> dict[str, Any]:
    attractors, radius = candidate.attractors, candidate.radius
    single = attractors.kind == "single point"
    return {
        "kind": attractors.kind,
        "lyapunov": attractors.lyapunov,
        "rho_min": float(np.nanmin(radius)),
        "rho_median": float(np.nanmedian(radius)),
        "rho_max": candidate.largest_radius,
        "largest_imaginary": float(np.nanmax(np.abs(candidate.grid.eigenvalues.imag))),
        "largest_layer_radius": float(spectral_radius(np.stack(candidate.network.weights)).max()),
        "equilibrium_distance": float(size(attractors.fixed_points)[0]) if single else np.nan,
    }
