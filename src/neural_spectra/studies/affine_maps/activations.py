"""Fig. 1: the activations of the paper's footnotes, their curves and their classes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from neural_spectra.activations.stability_classes import PUBLISHED, stability_table
from neural_spectra.studies.tables import Computed

PROPERTIES = [
    "name",
    "label",
    "formula",
    "offset",
    "slope_at_0",
    "lipschitz",
    "largest_quotient",
    "paper_class",
    "computed_class",
    "agree",
]


def activation_properties() -> pd.DataFrame:
    """List the activations, one row each: their constants, the paper's class and the computed one.

    Returns
    -------
    DataFrame
        The columns of `stability_classes.stability_table`.
    """
    return pd.DataFrame(stability_table())


def activation_curves(*, extent: float, points: int) -> Computed:
    """Tabulate σ on [−extent, extent], beside the properties of each activation.

    Returns
    -------
    Computed
        ``activations``: name, label, formula, offset, slope_at_0, lipschitz, largest_quotient,
        paper_class, computed_class, agree, z, sigma. The residuals are by how much |σ(z) − σ(0)|
        exceeds Lip(σ)|z|, and |σ(z)| the largest quotient times |z|.
    """
    z = np.linspace(-extent, extent, points)
    curves = [
        pd.DataFrame({"name": name, "z": z, "sigma": activation.function(z)})
        for name, activation in PUBLISHED.items()
    ]
    table = activation_properties()[PROPERTIES].merge(pd.concat(curves), on="name")
    apart = table[table["z"] != 0]
    excesses = {
        "lipschitz_excess": (apart["sigma"] - apart["offset"]).abs()
        - apart["lipschitz"] * apart["z"].abs(),
        "quotient_excess": apart["sigma"].abs() - apart["largest_quotient"] * apart["z"].abs(),
    }
    return Computed(table, {name: max(float(e.max()), 0.0) for name, e in excesses.items()})
