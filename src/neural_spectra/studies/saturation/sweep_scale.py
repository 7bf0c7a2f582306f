"""Saturation by layer, and the Jacobian's norms, against the pre-activation scale (Figs 1, 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from neural_spectra.bounds import saturation
from neural_spectra.bounds.jacobian_bounds import jacobian_norm
from neural_spectra.bounds.regions import all_cells
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.regions_from_settings import regions_of
from neural_spectra.studies.tables import Computed, tabulated


def sweep_scale(
    name: str,
    network: Network,
    seeds: Sequence[int],
    *,
    system: Mapping[str, float],
    regions: Mapping[str, Mapping[str, Any]],
    scales: list[float],
    points_level: int,
    coarsest_level: int,
) -> tuple[Computed, Computed]:
    """Saturate a network ever more: δ_k by layer, and the largest ‖Df_s‖ found in each region.

    Parameters
    ----------
    network
        The frozen networks, batch shape ``(seeds,)``.
    points_level
        Sampled values are taken at 2^points_level points.
    coarsest_level
        2^coarsest_level cells enclose the pre-activations of layers behind the first.

    Returns
    -------
    Computed, Computed
        ``saturation_by_layer`` (network, activation, seed, s, region, layer, delta, ln_delta,
        delta_sampled) and ``jacobian_norm`` (network, seed, s, region, jacobian_norm,
        delta_sampled).
    """
    scaled, by_layer, norms, excess = network.scaled(scales), [], [], 0.0
    axes = {"seed": seeds, "s": scales}
    layers = {"layer": range(1, network.hidden_layers + 1)}
    for label, area in regions_of(regions, system, network.dimension).items():
        points = area.cells(points_level, all_cells(points_level)).points
        log_delta = saturation.log_saturation(scaled, area, coarsest_level)
        sampled = saturation.sampled_saturation(scaled, points)
        excess = max(excess, (sampled - log_delta.exp()).max().item())
        columns = {"delta": log_delta.exp(), "ln_delta": log_delta, "delta_sampled": sampled}
        constants = {"network": name, "activation": network.activation_label, "region": label}
        by_layer.append(tabulated(axes | layers, columns, **constants))
        norm = jacobian_norm(scaled, points).amax(-1)
        columns = {"jacobian_norm": norm, "delta_sampled": sampled.amax(-1)}
        norms.append(tabulated(axes, columns, network=name, region=label))
    residuals = {"sampled_minus_certified_delta": excess}
    return Computed(pd.concat(by_layer), residuals), Computed(pd.concat(norms))
