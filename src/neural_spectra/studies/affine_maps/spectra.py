"""The eigenvalues of A* over the plane for the curated models: Figs 2, 5, 8, shared weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.maps.pointwise_affine import eigenvalues, linearise
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.curated_models import CuratedNetwork, by_panel
from neural_spectra.studies.affine_maps.planar_states import axis, grid_points
from neural_spectra.studies.affine_maps.portraits import MODEL_COLUMNS, portraits
from neural_spectra.studies.tables import Computed, joined


def spectra(models: Sequence[CuratedNetwork], *, extent: float, grid_step: float) -> Computed:
    """Both eigenvalues of A*(x), in the paper's literal mode, at each point of a grid.

    Returns
    -------
    Computed
        panel, row, label, real, imag, seed; points where A* does not represent f are left out. The
        residual is the largest |A*x + b* − f|/(1 + |f|) at the others.
    """
    points = grid_points(axis(extent, grid_step))

    def spectrum(model: CuratedNetwork) -> Computed:
        affine = linearise(model.network, points, "literal")
        found = eigenvalues(affine.matrix[affine.valid]).ravel()
        table = pd.DataFrame({"real": found.real, "imag": found.imag})
        return Computed(table, {"representation_error": float(np.nanmax(affine.error))})

    return by_panel(models, spectrum, ["panel", "row", "label", "real", "imag", "seed"])


def portraits_and_spectra(
    models: Sequence[CuratedNetwork], *, grid: Mapping[str, float], **settings: Any
) -> Computed:
    """Fig. 2: `portraits`, and the eigenvalues of `spectra` as rows of the kind "eigenvalue".

    Parameters
    ----------
    grid
        The extent and grid_step of `spectra`.
    settings
        Those of `portraits`.
    """
    portrait, spectrum = portraits(models, **settings), spectra(models, **grid)
    rows = spectrum.table.rename(columns={"real": "x", "imag": "y"}).assign(kind="eigenvalue")
    known = portrait.table[MODEL_COLUMNS].drop_duplicates()
    rows = rows.drop(columns="row").merge(known, on=["panel", "label", "seed"])
    return joined([portrait, Computed(rows, spectrum.residuals)])


def depth_shared(
    models: Sequence[CuratedNetwork], *, depths: Sequence[int], extent: float, grid_step: float
) -> Computed:
    """Fig. 5 beside A_i = A_j, a recurrent network unrolled: the first layer of a row, repeated.

    Parameters
    ----------
    models
        The networks of Fig. 5, whose layers are their own.
    depths
        A depth of L repeats the layer L + 1 times.
    extent, grid_step
        The grid covers [−extent, extent]² in these steps.

    Returns
    -------
    Computed
        row, layers ("own" or "repeated"), depth, real, imag, seed; otherwise as `spectra`.
    """
    repeated: list[CuratedNetwork] = []
    first_of_row = {model.row: model for model in reversed(models)}
    for row in sorted(first_of_row):
        model = first_of_row[row]
        for depth in depths:
            weight, bias = model.network.weights[0], model.network.biases[0]
            layers = (weight,) * (depth + 1), (bias,) * (depth + 1)
            network = DeepMap(*layers, model.network.activation)
            panel = chr(ord("a") + len(repeated))
            label = f"{depth} layer{'s' * (depth > 1)}"
            repeated.append(model._replace(panel=panel, label=label, network=network))
    parts = []
    for kind, networks in (("own", models), ("repeated", repeated)):
        computed = spectra(networks, extent=extent, grid_step=grid_step)
        depths_of = {model.panel: len(model.network.weights) - 1 for model in networks}
        of_rows = computed.table["panel"].map(depths_of)
        table = computed.table.assign(layers=kind, depth=of_rows)
        columns = ["row", "layers", "depth", "real", "imag", "seed"]
        parts.append(Computed(table[columns], computed.residuals))
    return joined(parts)
