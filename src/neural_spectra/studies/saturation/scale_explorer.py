"""What the page shows together while s changes: bounds, multipliers and trajectories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from neural_spectra.flows.integration import simulate
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.rows_of_drawn_seed import (
    along_circle,
    over_region,
    with_spectrum,
)
from neural_spectra.studies.tables import Computed, joined, tabulated

# Of the method behind `simulate`; and of its steps from one frame to the next.
ORDER = 4
STEPS = 4


def explorer(
    sweep: pd.DataFrame,
    monodromy: pd.DataFrame,
    multipliers: pd.DataFrame,
    *,
    networks: Sequence[str],
    region: str,
    period: float,
) -> pd.DataFrame:
    """Bring together what Figs 1, 2, 4 and 5 show of each network's drawn seed, a row for each s.

    Parameters
    ----------
    sweep, monodromy, multipliers
        ``scale_sweep``, ``monodromy`` and ``multipliers``.
    networks, region
        The networks shown, and U.
    period
        T.

    Returns
    -------
    DataFrame
        ``explorer``: network, s, delta, jacobian_norm, refined_bound, bound, ln_det, ln_modulus_1,
        …, window (C(U)·T, between whose two signs all ln|μ_i| lie), window_lower, window_upper
        (the certified ones, from the logarithmic norm along the circle).
    """
    parts = []
    columns = ["network", "s", "delta", "jacobian_norm", "refined_bound", "bound"]
    for network in networks:
        rows = over_region(sweep, network, region)[columns]
        part = with_spectrum(rows, monodromy, multipliers, network=network).drop(columns="det")
        certified = along_circle(multipliers, network).drop_duplicates("s")
        part = part.assign(window=part["bound"] * period)
        parts.append(part.merge(certified[["s", "window_lower", "window_upper"]], on="s"))
    return pd.concat(parts, ignore_index=True)


def explorer_portraits(
    networks: Mapping[str, Network], figure: pd.DataFrame, curves: pd.DataFrame, **settings: Any
) -> Computed:
    """Follow the trajectories of Fig. 2 at many scales at once, to be looked at.

    Parameters
    ----------
    networks
        By their names, one of batch shape ``(1,)`` each.
    figure
        ``phase_portraits.csv``: the trajectories here start where its own do.
    curves
        ``explorer``, which has the scales of each network.
    **settings
        ``duration`` and ``frames``, the number of times at which a state is kept, the start
        included.

    Returns
    -------
    Computed
        ``explorer_portraits``: network, s, trajectory, t, x, y. The residual is Richardson's
        estimate of their error, from steps twice as long.
    """
    parts = []
    for name, network in networks.items():
        scales = curves.loc[curves["network"] == name, "s"].tolist()
        found = _portraits(network, figure, scales=scales, **settings)
        found.table.insert(0, "network", name)
        parts.append(found)
    return joined(parts)


def _portraits(
    network: Network, figure: pd.DataFrame, *, scales: list[float], duration: float, frames: int
) -> Computed:
    first = figure.drop_duplicates("trajectory")[["x", "y"]]
    starts = torch.tensor(first.to_numpy()).expand(len(scales), -1, -1)
    scaled = network.scaled(scales).flattened()

    def states(steps: int) -> Tensor:
        step = duration / (frames - 1) / steps
        return simulate(scaled, starts, duration, step)[::steps]

    fine, coarse = states(STEPS), states(STEPS // 2)
    paths = fine.movedim(0, 2)
    times = torch.linspace(0.0, duration, frames, dtype=torch.float64).tolist()
    axes = {"s": scales, "trajectory": range(len(first)), "t": times}
    table = tabulated(axes, {"x": paths[..., 0], "y": paths[..., 1]})
    error = (fine - coarse).norm(dim=-1).max().item() / (2**ORDER - 1)
    return Computed(table, {"trajectory_error": error})
