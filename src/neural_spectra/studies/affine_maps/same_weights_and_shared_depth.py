"""What the text of Drgoňa et al. (2020) asks for beside its figures.

Fig. 3 under one set of weights, other metrics of its regions, and depth with shared weights.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.stability_classes import PAPER_LABELS
from neural_spectra.errors import InputError
from neural_spectra.maps.certificates_of_maps import linear_regions
from neural_spectra.maps.pointwise_affine import eigenvalues, linearise, singular_values
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.curated_models import CuratedNetwork, axis, grid_points
from neural_spectra.studies.affine_maps.portraits import radius_map, representation_error, spectra
from neural_spectra.studies.tables import Computed, joined


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
    parts: list[Computed] = []
    for name in activations:
        activation = scalar_activation(name)
        network = DeepMap(given.network.weights, given.network.biases, activation)
        for mode in ("literal", "offset") if activation.offset else ("literal",):
            label = PAPER_LABELS[name]
            both = f"{label}, {mode}" if activation.offset else label
            columns = {"label": both, "activation": name, "mode": mode, "seed": given.seed}
            part = radius_map(network, along, mode)
            table = part.table.assign(panel=chr(ord("a") + len(parts)), **columns)
            parts.append(Computed(table, part.residuals))
    found = joined(parts)
    order = ["panel", "label", "activation", "mode", "x", "y", "spectral_radius", "seed"]
    return Computed(found.table[order], found.residuals)


def region_metrics(
    models: Sequence[CuratedNetwork], *, extent: float, grid_step: float, bins: int
) -> Computed:
    """Other metrics of the regions than ρ: norm, spectral density, number of linear regions.

    Returns
    -------
    Computed
        panel, label, metric, x, y, value, seed. By metric: "norm": ‖A*‖₂ at (x, y); "density": the
        density of the moduli of the eigenvalues at modulus x, over the grid; "mean modulus": their
        mean; "linear regions": how many there are in the square, for ReLU only. The residual is the
        largest |A*x + b* − f|/(1 + |f|).
    """
    points = grid_points(axis(extent, grid_step))
    tables, errors = [], []
    for model in models:
        affine = linearise(model.network, points, "literal")
        errors.append(representation_error(affine(points), model.network(points)))
        norm = singular_values(affine.matrix)[:, 0]
        moduli = np.abs(eigenvalues(affine.matrix[affine.valid])).ravel()
        # The poles of the literal mode reach any modulus: what lies beyond 1 % of it is left out.
        edges = np.linspace(0.0, np.quantile(moduli, 0.99), bins + 1)
        density = np.histogram(moduli, edges)[0] / (len(moduli) * np.diff(edges))
        parts = [
            pd.DataFrame({"metric": "norm", "x": points[:, 0], "y": points[:, 1], "value": norm}),
            pd.DataFrame(
                {"metric": "density", "x": (edges[1:] + edges[:-1]) / 2, "value": density}
            ),
            pd.DataFrame({"metric": ["mean modulus"], "value": [moduli.mean()]}),
        ]
        if model.network.activation.name == "relu":
            count = len(linear_regions(model.network, extent))
            parts.append(pd.DataFrame({"metric": ["linear regions"], "value": [count]}))
        part = pd.concat(parts)
        tables.append(part.assign(panel=model.panel, label=model.label, seed=model.seed))
    order = ["panel", "label", "metric", "x", "y", "value", "seed"]
    table = pd.concat(tables, ignore_index=True)[order]
    return Computed(table, {"representation_error": max(errors)})


def depth_shared(
    models: Sequence[CuratedNetwork], *, depths: Sequence[int], extent: float, grid_step: float
) -> Computed:
    """Fig. 5 with A_i = A_j, a recurrent network unrolled: the first layer of each row, repeated.

    Returns
    -------
    Computed
        As `portraits.spectra`.
    """
    repeated: list[CuratedNetwork] = []
    first_of_row = {model.row: model for model in reversed(models)}
    for row in sorted(first_of_row):
        model = first_of_row[row]
        for depth in depths:
            weight, bias = model.network.weights[0], model.network.biases[0]
            network = DeepMap(
                (weight,) * (depth + 1), (bias,) * (depth + 1), model.network.activation
            )
            panel = chr(ord("a") + len(repeated))
            label = f"{depth} layer{'s' * (depth > 1)}"
            repeated.append(model._replace(panel=panel, label=label, network=network))
    return spectra(repeated, extent=extent, grid_step=grid_step)
