"""The curated models as the figures read them, and the paper's Table 1 made from them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float
from safetensors import safe_open

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.stability_classes import PAPER_LABELS
from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap

PAPER_FIGURES = {
    "attractors_by_weights": "Fig. 2",
    "regions_by_activation": "Fig. 3",
    "bias": "Fig. 4",
    "depth": "Fig. 5",
    "attractor_types": "Figs. 6, 7, 8",
}
LABELS = {
    "gershgorin real": "Gershgorin, Real",
    "gershgorin complex": "Gershgorin, Complex",
    "spectral householder": "Spectral",
    "perron_frobenius public": "Perron-Frobenius",
}


class CuratedNetwork(NamedTuple):
    """A panel of a figure: a row of ``curated_seeds``, whose kind is the attractor, and its map."""

    panel: str
    row: int
    label: str
    seed: int
    attractor: str
    lyapunov: float
    satisfied: bool
    network: DeepMap


def curated_networks(seeds: pd.DataFrame, weights: str | Path, figure: str) -> list[CuratedNetwork]:
    """Return the models of a figure, in the order of their panels.

    Parameters
    ----------
    seeds
        ``curated_seeds``.
    weights
        The safetensors file written beside it.

    Raises
    ------
    InputError
        If the table has no such figure.
    """
    rows = seeds.query("figure == @figure")
    if rows.empty:
        raise InputError(f"no curated model belongs to the figure '{figure}': add it to the config")
    found = []
    with safe_open(weights, framework="np") as file:
        for row in rows.to_dict("records"):
            name = f"{figure}_{row['panel']}"
            network = DeepMap(
                tuple(file.get_tensor(f"{name}.weights")),
                tuple(file.get_tensor(f"{name}.biases")),
                scalar_activation(row["activation"]),
            )
            shared = {key: row[key] for key in CuratedNetwork._fields if key in row}
            found.append(CuratedNetwork(**shared, attractor=row["kind"], network=network))
    return found


def axis(extent: float, step: float) -> Float[np.ndarray, " points"]:
    """Return the coordinates from −extent to extent in about those steps."""
    return np.linspace(-extent, extent, round(2 * extent / step) + 1)


def grid_points(along: Float[np.ndarray, " points"]) -> Float[np.ndarray, "points2 2"]:
    """Return the points of the square grid with these coordinates, x running fastest."""
    x, y = np.meshgrid(along, along)
    return np.stack((x.ravel(), y.ravel()), axis=-1)


def table_1(seeds: pd.DataFrame) -> pd.DataFrame:
    """Table 1, with the seed of each model and whether a seed does what its caption says."""
    rows = seeds[seeds["in_table_1"].astype(bool)]
    kinds = rows["factorisation"] + " " + rows["variant"]
    ranges = [
        "none" if np.isnan(low) else f"({low:.2f}, {high:.2f})"
        for low, high in zip(rows["lambda_min"], rows["lambda_max"], strict=True)
    ]
    return pd.DataFrame(
        {
            "figure": rows["figure"].map(PAPER_FIGURES),
            "panel": rows["panel"],
            "factorisation": kinds.map(lambda name: LABELS.get(name, name)),
            "activation": rows["activation"].map(PAPER_LABELS),
            "layers": rows["depth"],
            "eigenvalue_range": ranges,
            "bias": rows["bias"].map({True: "Y", False: "N"}),
            "seed": rows["seed"],
            "caption_holds": rows["satisfied"].map({True: "Y", False: "N"}),
        }
    )


HEADERS = {
    "figure": "Figure",
    "panel": "Panel",
    "factorisation": "Factorization",
    "activation": "Activation",
    "layers": "N.\\ Layers",
    "eigenvalue_range": "Eigenvalue Range",
    "bias": "Bias",
    "seed": "Seed",
    "caption_holds": "Caption holds",
}


def to_latex(table: pd.DataFrame) -> str:
    """Write `table_1` for a LaTeX document that loads booktabs."""
    ranges = table["eigenvalue_range"].where(
        table["eigenvalue_range"] == "none", "$" + table["eigenvalue_range"] + "$"
    )
    text = table.assign(eigenvalue_range=ranges).rename(columns=HEADERS)
    return str(text.to_latex(index=False, escape=False))
