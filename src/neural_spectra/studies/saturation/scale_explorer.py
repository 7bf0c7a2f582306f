"""What the page shows together while s changes: bounds, multipliers and trajectories."""

from __future__ import annotations

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
from neural_spectra.studies.tables import Computed, tabulated

# Of the method behind `simulate`; and of its steps from one frame to the next.
ORDER = 4
STEPS = 4


def explorer(
    sweep: pd.DataFrame,
    monodromy: pd.DataFrame,
    multipliers: pd.DataFrame,
    *,
    network: str,
    region: str,
    period: float,
) -> pd.DataFrame:
    """Bring together what Figs 1, 2, 4 and 5 show of a network's drawn seed, a row for each s.

    Parameters
    ----------
    sweep, monodromy, multipliers
        ``scale_sweep``, ``monodromy`` and ``multipliers``.
    network, region
        The network shown, and U.
    period
        T.

    Returns
    -------
    DataFrame
        ``explorer``: network, s, delta, jacobian_norm, refined_bound, bound, ln_det, ln_modulus_1,
        …, window (C(U)·T, between whose two signs all ln|μ_i| lie), window_lower, window_upper
        (the certified ones, from the logarithmic norm along the circle).
    """
    columns = ["s", "delta", "jacobian_norm", "refined_bound", "bound"]
    rows = over_region(sweep, network, region)[columns]
    table = with_spectrum(rows, monodromy, multipliers, network=network).drop(columns="det")
    table = table.assign(window=table["bound"] * period)
    certified = along_circle(multipliers, network).drop_duplicates("s")
    table = table.merge(certified[["s", "window_lower", "window_upper"]], on="s")
    table.insert(0, "network", network)
    return table


def explorer_portraits(
    network: Network, figure: pd.DataFrame, *, scales: list[float], duration: float, frames: int
) -> Computed:
    """Follow the trajectories of Fig. 2 at many scales at once, to be looked at.

    Parameters
    ----------
    network
        One network, batch shape ``(1,)``.
    figure
        ``phase_portraits.csv``: the trajectories here start where its own do.
    frames
        Number of times at which a state is kept, the start included.

    Returns
    -------
    Computed
        ``explorer_portraits``: s, trajectory, t, x, y. The residual is Richardson's estimate of
        their error, from steps twice as long.
    """
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
