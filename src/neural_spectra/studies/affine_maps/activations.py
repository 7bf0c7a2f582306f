"""Fig. 1: the activations of the paper's footnotes, their curves and their classes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from neural_spectra.activations.stability_classes import PUBLISHED, stability_table
from neural_spectra.studies.tables import Computed


def activation_tables(*, extent: float, points: int) -> tuple[Computed, Computed]:
    """Tabulate σ on [−extent, extent], and the constants that decide on the class of each function.

    Returns
    -------
    Computed, Computed
        ``activations`` and ``activation_properties``; docs/data_dictionary.md has their columns.
        The residuals of both are by how much |σ(z) − σ(0)| exceeds Lip(σ)|z|, and |σ(z)| the
        largest quotient times |z|.
    """
    z = np.linspace(-extent, extent, points)
    curves = [
        pd.DataFrame({"name": name, "z": z, "sigma": activation.function(z)})
        for name, activation in PUBLISHED.items()
    ]
    properties = pd.DataFrame(stability_table())
    shown = properties.drop(columns=["parameters", "stable_beyond"])
    table = shown.merge(pd.concat(curves), on="name")
    apart = table[table["z"] != 0]
    excesses = {
        "lipschitz_excess": (apart["sigma"] - apart["offset"]).abs()
        - apart["lipschitz"] * apart["z"].abs(),
        "quotient_excess": apart["sigma"].abs() - apart["largest_quotient"] * apart["z"].abs(),
    }
    residuals = {name: max(float(excess.max()), 0.0) for name, excess in excesses.items()}
    return Computed(table, residuals), Computed(properties, residuals)
