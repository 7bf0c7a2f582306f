"""The paper's statement that σ(0) ≠ 0 destabilises (section 3.3), on networks of equal weights."""

from __future__ import annotations

import numpy as np
import pandas as pd

from neural_spectra.maps.attractor_classes import classify
from neural_spectra.maps.orbits import Following
from neural_spectra.networks.weight_recipes import RANGES
from neural_spectra.studies.affine_maps.planar_states import grid_points
from neural_spectra.studies.affine_maps.search_seeds import draw

# Softplus, and softplus less ln 2, which has the same slopes and is 0 at 0.
WITH, WITHOUT = "softplus", "shifted_softplus"
WEIGHTS = {"gershgorin": "real", "spectral": "householder"}
DEPTH, EXTENT, STARTS = 4, 6.0, 5
FOLLOWING = Following(rounds=16, exponent_steps=100, exponent_orbits=1)


def null_space_statements(seeds: int) -> pd.DataFrame:
    """Tabulate whether σ(0) leaves the networks stable that are so without it.

    Both networks of a pair have the same weights, from the ranges of Appendix D, and no biases.
    They are stable if all orbits converge to one point.

    Returns
    -------
    DataFrame
        statement, case (the weights), seed, value (1 for stable), bound; a row for each pair whose
        network without σ(0) is stable.
    """
    tables = []
    for factorisation, variant in WEIGHTS.items():
        for low, high in RANGES:
            recipe = {"factorisation": factorisation, "variant": variant, "depth": DEPTH}
            recipe |= {"lambda_min": low, "lambda_max": high}
            alone = _is_stable(recipe, WITHOUT, seeds)
            value = _is_stable(recipe, WITH, seeds)[alone].astype(float)
            columns = {"seed": np.flatnonzero(alone), "value": value}
            tables.append(
                pd.DataFrame(columns).assign(case=f"{factorisation}, {low:g} to {high:g}")
            )
    return pd.concat(tables).assign(statement="stable with σ(0), where stable without", bound=1.0)


def _is_stable(recipe: dict[str, object], activation: str, seeds: int) -> np.ndarray:
    network = draw({**recipe, "activation": activation, "bias": False}, range(seeds))
    starts = np.tile(grid_points(np.linspace(-EXTENT, EXTENT, STARTS)), (seeds, 1, 1))
    found = classify(network, starts, FOLLOWING)
    return np.array([each.kind == "single point" for each in found])
