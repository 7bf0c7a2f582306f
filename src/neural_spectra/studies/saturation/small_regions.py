"""Whether a freely trained network saturates depends on U: discs of several sizes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import torch

from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds import saturation
from neural_spectra.bounds.regions import Ball
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.tables import Computed, tabulated

# Of discs around the state (1, 0, …); the last one reaches the origin.
RADII = (0.01, 0.1, 1.0)
# Far beyond those of the figures: in a small disc a unit may be near zero without crossing it.
SCALES = (1.0, 10.0, 100.0, 1000.0, 10_000.0)


def small_regions(name: str, network: Network, seeds: Sequence[int]) -> Computed:
    """Take δ and C_W δ^q of a trained network on discs around a state.

    Parameters
    ----------
    network
        The networks, batch shape ``(seeds,)``.

    Returns
    -------
    Computed
        ``small_regions``: network, radius, seed, s, ln_delta, uniform_bound. The residual is by how
        much δ on a disc exceeds that on a larger one around it (it should not).
    """
    scaled, layers = network.scaled(list(SCALES)), network.hidden_layers
    centre = torch.zeros(network.dimension, dtype=torch.float64)
    centre[0] = 1.0
    tables = []
    for radius in RADII:
        log_delta = saturation.log_saturation(scaled, Ball(centre, radius))
        columns = {
            "ln_delta": log_delta.amax(-1),
            "uniform_bound": bounds.uniform_bound(scaled, log_delta.exp(), layers),
        }
        axes = {"seed": seeds, "s": list(SCALES)}
        tables.append(tabulated(axes, columns, network=name, radius=radius))
    table = pd.concat(tables, ignore_index=True)
    by_radius = table.pivot(index=["seed", "s"], columns="radius", values="ln_delta").to_numpy()
    excess = (by_radius[:, :-1] - by_radius[:, 1:]).max()
    return Computed(table, {"excess": max(0.0, float(excess))})
