"""Saturation and bound of a network in the course of its training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds import saturation
from neural_spectra.bounds.regions import all_cells
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.regions_from_settings import regions_of
from neural_spectra.studies.tables import Computed, tabulated


def training_stage(
    name: str,
    stage: str,
    network: Network,
    seeds: Sequence[int],
    *,
    system: Mapping[str, float],
    regions: Mapping[str, Mapping[str, Any]],
    coarsest_level: int,
    points_level: int,
) -> Computed:
    """Take δ and C(U) of a network at one stage of its training.

    The bound holds at every stage: it does not depend on how the weights came about.

    Parameters
    ----------
    stage
        The stage's name.
    network
        The networks at that stage, batch shape ``(seeds,)``.
    system, regions
        The oscillator, and the sets U, as the config has them.
    coarsest_level, points_level
        See `sweep_scale`.

    Returns
    -------
    Computed
        ``training_stages``: network, stage, region, seed, delta, bound; and at sampled points the
        largest jacobian_norm, the smallest_norm of a diagonal matrix D_k of slopes, and the
        smallest_slope of a unit.
    """
    tables = []
    for label, area in regions_of(regions, system, network.dimension).items():
        points = area.cells(points_level, all_cells(points_level)).points
        log_delta = saturation.log_saturation(network, area, coarsest_level)
        columns = {
            "delta": log_delta.exp().amax(-1),
            "bound": bounds.log_norm_product_bound(network, log_delta).exp(),
            "jacobian_norm": bounds.jacobian_norm(network, points).amax(-1),
            "smallest_norm": saturation.slope_norms(network, points).amin((-2, -1)),
            "smallest_slope": saturation.smallest_slopes(network, points).amin((-2, -1)),
        }
        constants = {"network": name, "stage": stage, "region": label}
        tables.append(tabulated({"seed": seeds}, columns, **constants))
    table = pd.concat(tables, ignore_index=True)
    excess = (table["jacobian_norm"] / table["bound"] - 1).max().item()
    return Computed(table, {"norm_over_bound": excess})
