"""ρ(A*) over the plane for the curated models: Figs 3 and 7, and other metrics of the regions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from neural_spectra.activations.stability_classes import PAPER_LABELS
from neural_spectra.errors import InputError
from neural_spectra.maps.linear_regions import linear_regions
from neural_spectra.maps.pointwise_affine import (
    Mode,
    eigenvalues,
    linearise,
    planar_grid,
    singular_values,
)
from neural_spectra.networks.deep_maps import DeepMap, deep_map
from neural_spectra.studies.affine_maps.curated_models import CuratedNetwork, by_panel
from neural_spectra.studies.affine_maps.planar_states import axis, grid_points
from neural_spectra.studies.tables import Computed, joined


def radius_maps(models: Sequence[CuratedNetwork], *, extent: float, grid_step: float) -> Computed:
    """ρ(A*(x)), in the paper's literal mode, at each point of a grid.

    Returns
    -------
    Computed
        panel, label, x, y, spectral_radius (NaN where A* does not represent f), seed, satisfied
        (whether some seed does what the caption says).
    """
    along = axis(extent, grid_step)
    columns = ["panel", "label", "x", "y", "spectral_radius", "seed", "satisfied"]
    return by_panel(models, lambda model: radius_map(model.network, along, "literal"), columns)


def radius_map(f: DeepMap, along: Float[np.ndarray, " points"], mode: Mode) -> Computed:
    """Return x, y and ρ(A*) over the square grid with these coordinates.

    The residual is the largest |A*x + b* − f|/(1 + |f|).
    """
    points, grid = grid_points(along), planar_grid(f, along, along, mode)
    error = grid.largest_error(points.T, f(points).T)
    columns = {
        "x": points[:, 0],
        "y": points[:, 1],
        "spectral_radius": grid.spectral_radius.ravel(),
    }
    return Computed(pd.DataFrame(columns), {"representation_error": error})


def regions_same_weights(
    models: Sequence[CuratedNetwork],
    *,
    panel: str,
    activations: Sequence[str],
    extent: float,
    grid_step: float,
) -> Computed:
    """ρ(A*) under each activation, with the weights of one panel of Fig. 3.

    The paper says that its parameters are fixed, but its panels use three factorisations. Where
    σ(0) ≠ 0, both modes of the linearisation are given; otherwise they are the same.

    Parameters
    ----------
    models, panel
        The networks of Fig. 3, and whose weights to take.
    extent, grid_step
        The grid covers [−extent, extent]² in these steps.

    Returns
    -------
    Computed
        panel, label, activation, mode, x, y, spectral_radius, seed.

    Raises
    ------
    InputError
        If Fig. 3 has no such panel.
    """
    given = next((model for model in models if model.panel == panel), None)
    if given is None:
        raise InputError(
            f"regions_same_weights takes its weights from panel '{panel}', which "
            f"regions_by_activation has not: give one of {', '.join(m.panel for m in models)}"
        )
    along = axis(extent, grid_step)
    columns = ["panel", "label", "activation", "mode", "x", "y", "spectral_radius", "seed"]
    parts: list[Computed] = []
    for name in activations:
        network = deep_map(name, given.network.weights, given.network.biases)
        label, offset = PAPER_LABELS[name], network.activations[0].offset
        modes: list[Mode] = ["literal", "offset"] if offset else ["literal"]
        for mode in modes:
            part = radius_map(network, along, mode)
            said: dict[str, Any] = {"activation": name, "mode": mode, "seed": given.seed}
            said |= {"panel": chr(ord("a") + len(parts))}
            said |= {"label": f"{label}, {mode}" if offset else label}
            parts.append(Computed(part.table.assign(**said)[columns], part.residuals))
    return joined(parts)


def region_metrics(
    models: Sequence[CuratedNetwork], *, extent: float, grid_step: float, bins: int
) -> Computed:
    """Other metrics of the regions than ρ: norm, spectral density, number of linear regions.

    Parameters
    ----------
    extent, grid_step
        The grid covers [−extent, extent]² in these steps.
    bins
        Of the density, from 0 to the quantile 0.99 of the moduli.

    Returns
    -------
    Computed
        panel, label, metric, x, y, value, seed. By metric: "norm": ‖A*‖₂ at (x, y); "density": the
        density of the moduli of the eigenvalues at modulus x, over the grid; "mean modulus": their
        mean; "linear regions": how many there are in the square, for ReLU only. The residual is the
        largest |A*x + b* − f|/(1 + |f|).
    """
    points = grid_points(axis(extent, grid_step))

    def metrics(model: CuratedNetwork) -> Computed:
        affine = linearise(model.network, points, "literal")
        norm = singular_values(affine.matrix)[:, 0]
        moduli = np.abs(eigenvalues(affine.matrix[affine.valid])).ravel()
        # The poles of the literal mode reach any modulus: what lies beyond 1 % of it is left out.
        edges = np.linspace(0.0, np.quantile(moduli, 0.99), bins + 1)
        density = np.histogram(moduli, edges)[0] / (len(moduli) * np.diff(edges))
        found = {
            "norm": {"x": points[:, 0], "y": points[:, 1], "value": norm},
            "density": {"x": (edges[1:] + edges[:-1]) / 2, "value": density},
            "mean modulus": {"value": [moduli.mean()]},
        }
        if {activation.name for activation in model.network.activations} == {"relu"}:
            found["linear regions"] = {"value": [len(linear_regions(model.network, extent))]}
        parts = [pd.DataFrame({"metric": metric, **columns}) for metric, columns in found.items()]
        return Computed(pd.concat(parts), {"representation_error": float(np.nanmax(affine.error))})

    return by_panel(models, metrics, ["panel", "label", "metric", "x", "y", "value", "seed"])
