"""The paper's Table 1, made from the curated models that the figures show."""

from __future__ import annotations

import numpy as np
import pandas as pd

from neural_spectra.activations.stability_classes import PAPER_LABELS
from neural_spectra.studies.tables import Latex, in_latex

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


HEADS = {
    "figure": "Figure",
    "panel": "Panel",
    "factorisation": "Factorization",
    "activation": "Activation",
    "layers": "Layers",
    "eigenvalue_range": "Eigenvalues",
    "bias": "Bias",
    "seed": "Seed",
    "caption_holds": "Caption holds",
}
CAPTION = (
    "The models of the figures: how their weights are drawn, the activation, the number of layers, "
    "the range of the eigenvalues, and whether the seed does what the caption of the paper says."
)


def to_latex(table: pd.DataFrame) -> str:
    """Write `table_1` for a LaTeX document that loads booktabs and array."""
    ranges = table["eigenvalue_range"].where(
        table["eigenvalue_range"] == "none", "$" + table["eigenvalue_range"] + "$"
    )
    look = Latex("affine-maps-table-1", CAPTION, HEADS, wide=True)
    return in_latex(table.assign(eigenvalue_range=ranges), look)
