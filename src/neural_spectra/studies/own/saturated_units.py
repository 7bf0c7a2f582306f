"""Which units of a network are saturated: along a path, and over a region."""

from __future__ import annotations

import pandas as pd
import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.bounds.regions import all_cells
from neural_spectra.bounds.saturation import pre_activation_ranges
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.own.layers import in_units, relative_slopes
from neural_spectra.studies.own.regions_of_flows import OwnRegion

SATURATED, NEARLY = 0.01, 0.1
_SAMPLES, _CELLS_LEVEL = 2048, 9
_DRAWN_UNITS, _DRAWN_TIMES = 64, 64


def saturation_by_layer(
    network: Network,
    places: dict[str, Float[Tensor, "points dimension"]],
    region: OwnRegion,
    log_saturation: Float[Tensor, " layers"],
    seed: int,
) -> pd.DataFrame:
    """Tell the share of units with small slopes, in each layer, along paths and over the region.

    Parameters
    ----------
    network
        f.
    places
        Points along each path, by its name.
    region, log_saturation
        U, and the certified ln δ_k there.
    seed
        Of the points of the region.

    Returns
    -------
    DataFrame
        place, layer, units, activation, delta (the largest |σ'|: certified over the region, found
        along a path), ``share_below_0.01``, ``share_below_0.1`` (of units and points, by |σ'| over
        its supremum).
    """
    everywhere = {**places, "region": region.spread(_SAMPLES, seed)}
    rows = []
    for name, x in everywhere.items():
        layers = zip(network.activations, relative_slopes(network, x), strict=True)
        for k, (sigma, slopes) in enumerate(layers):
            largest = slopes.amax().item() * sigma.lipschitz
            rows.append(
                {
                    "place": name,
                    "layer": k + 1,
                    "units": slopes.shape[-1],
                    "activation": sigma.name,
                    "delta": log_saturation[k].exp().item() if name == "region" else largest,
                    f"share_below_{SATURATED}": (slopes < SATURATED).double().mean().item(),
                    f"share_below_{NEARLY}": (slopes < NEARLY).double().mean().item(),
                }
            )
    return pd.DataFrame(rows)


def units_over_region(network: Network, region: OwnRegion) -> pd.DataFrame:
    """Bound the largest slope of each unit over the region.

    Returns
    -------
    DataFrame
        layer, unit, ``largest_slope`` (|σ'| over its supremum, an upper bound) and
        ``never_leaves``: whether the unit is proved to stay below a tenth everywhere in the region.
    """
    cells = region.box.cells(_CELLS_LEVEL, all_cells(_CELLS_LEVEL))
    ranges = pre_activation_ranges(in_units(network, region.units), cells)
    tables = []
    for k, (sigma, ends) in enumerate(zip(network.activations, ranges, strict=True)):
        largest = sigma.largest_abs_slope(*ends).amax(-2) / sigma.lipschitz
        columns = {"layer": k + 1, "unit": range(1, len(largest) + 1), "largest_slope": largest}
        tables.append(pd.DataFrame(columns))
    table = pd.concat(tables, ignore_index=True)
    return table.assign(never_leaves=table["largest_slope"] < NEARLY)


def slopes_along(network: Network, path: Float[Tensor, "times dimension"]) -> pd.DataFrame:
    """Tabulate the slopes of units along a path, to be drawn.

    Returns
    -------
    DataFrame
        layer, rank (units by falling mean slope; of many, some at equal distances), share (of the
        time along the path) and slope (|σ'| over its supremum).
    """
    times = torch.linspace(0, len(path) - 1, min(len(path), _DRAWN_TIMES)).round().long()
    tables = []
    for k, slopes in enumerate(relative_slopes(network, path[times])):
        order = slopes.mean(0).argsort(descending=True, stable=True)
        ranks = torch.linspace(0, len(order) - 1, min(len(order), _DRAWN_UNITS)).round().long()
        chosen = slopes[:, order[ranks]]
        tables.append(
            pd.DataFrame(
                {
                    "layer": k + 1,
                    "rank": (ranks + 1).repeat(len(times)),
                    "share": (times / (len(path) - 1)).double().repeat_interleave(len(ranks)),
                    "slope": chosen.flatten(),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
