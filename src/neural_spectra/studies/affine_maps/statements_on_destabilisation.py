"""The two properties of activations that are said to destabilise (section 3.3), on random networks.

Each network has a partner of the same weights whose activation lacks the property.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.maps.attractor_classes import classify
from neural_spectra.maps.orbits import Following
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.networks.weight_recipes import RANGES
from neural_spectra.studies.affine_maps.planar_states import grid_points
from neural_spectra.studies.affine_maps.search_seeds import draw

WEIGHTS = {"gershgorin": "real", "spectral": "householder"}
DEPTH, EXTENT, STARTS = 4, 6.0, 5
FOLLOWING = Following(rounds=16, exponent_steps=100, exponent_orbits=1)


def destabilisation_statements(seeds: int) -> pd.DataFrame:
    """Tabulate whether networks that are stable without a property are so with it as well.

    The weights are from the ranges of Appendix D, and there are no biases. A network is stable if
    all orbits converge to one point.

    Returns
    -------
    DataFrame
        statement, case (the weights), seed, value (1 for stable), bound; a row for each pair whose
        network without the property is stable.
    """
    tables = []
    for (factorisation, variant), (low, high) in product(WEIGHTS.items(), RANGES):
        recipe = {"factorisation": factorisation, "variant": variant, "depth": DEPTH}
        recipe |= {"lambda_min": low, "lambda_max": high, "bias": False}
        for statement, (activation, without) in PROPERTIES.items():
            network = draw({**recipe, "activation": activation}, range(seeds))
            alone = _is_stable(without(network))
            columns = {"seed": np.flatnonzero(alone), "value": _is_stable(network)[alone]}
            case = f"{factorisation}, {low:g} to {high:g}"
            tables.append(pd.DataFrame(columns).assign(statement=statement, case=case))
    return pd.concat(tables).astype({"value": float}).assign(bound=1.0)


def without_offset(network: DeepMap) -> DeepMap:
    """Return a softplus network with softplus less ln 2, which has the same slopes and σ(0) = 0."""
    return replace(network, activation=scalar_activation("shifted_softplus"))


def with_constant_one(network: DeepMap) -> DeepMap:
    """Return a network with σ/K for σ, in states that are K times as large.

    Then it is the weights that are divided by the Lipschitz constant K.
    """
    layers = zip(network.weights, network.activations, strict=True)
    return replace(network, weights=tuple(weight / sigma.lipschitz for weight, sigma in layers))


# An activation that has the property, and how its networks lose it. GELU has K = 1.129, σ(0) = 0
# and |σ(z)| ≤ |z|.
PROPERTIES: dict[str, tuple[str, Callable[[DeepMap], DeepMap]]] = {
    "stable with σ(0), where stable without": ("softplus", without_offset),
    "stable with K > 1, where stable with K = 1": ("gelu", with_constant_one),
}


def _is_stable(networks: DeepMap) -> np.ndarray:
    points = grid_points(np.linspace(-EXTENT, EXTENT, STARTS))
    starts = np.broadcast_to(points, (networks.batch_shape[0], *points.shape))
    return np.array([each.kind == "single point" for each in classify(networks, starts, FOLLOWING)])
