"""The table behind the figure of the networks that were fitted to Morris–Lecar neurons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import torch

from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.open_questions.measured_trajectories import morris_lecar_trajectories
from neural_spectra.studies.open_questions.morris_lecar_networks import free_runs
from neural_spectra.studies.tables import tabulated

DRAWN_SEED = 0
SHOWN = [
    "protocol",
    "network",
    "set",
    "seed",
    "step",
    "mse_potential",
    "ln_det",
    "target_ln_det",
    "bound_over_target",
    "mean_slope",
]


def morris_lecar(
    trained: Mapping[str, Mapping[str, Network]],
    networks: pd.DataFrame,
    *,
    currents: Mapping[str, float],
    data: Mapping[str, Any],
    samples: Mapping[str, int],
) -> pd.DataFrame:
    """Put the runs of the first seed beside what was measured of all networks.

    Parameters
    ----------
    trained
        By protocol and kind: the networks of a job of `train_morris_lecar`, in its order.
    networks
        The table ``morris_lecar_networks``.
    currents, data
        See `train_morris_lecar`.
    samples
        Number of samples by protocol.

    Returns
    -------
    DataFrame
        ``morris_lecar``: rows whose ``shows`` is ``data`` (the neuron's V over time), ``run`` (the
        same of the first seed's network after all steps) or ``network`` (a network's numbers).
    """
    tables = []
    for protocol, kinds in trained.items():
        trajectories = morris_lecar_trajectories(currents, samples=samples[protocol], **data)
        times = (trajectories.times * trajectories.unit).tolist()
        axes = {"set": list(currents), "time": times}
        scale, center = (part[:, None, 0] for part in (trajectories.scale, trajectories.center))
        shown = {"shows": "data", "protocol": protocol}
        v = trajectories.states[..., 0] * scale + center
        tables.append(tabulated(axes, {"potential": v}, **shown))
        for kind, network in kinds.items():
            # The last checkpoint stands at the end, and there the sets, each with all its seeds.
            seeds = len(network.weights[0]) // (_steps(networks, protocol) * len(currents))
            last = torch.arange(-seeds * len(currents), 0, seeds)
            v = free_runs(network[last], trajectories)[..., 0] * scale + center
            shown = {"shows": "run", "protocol": protocol, "network": kind}
            tables.append(tabulated(axes, {"potential": v}, seed=DRAWN_SEED, **shown))
    tables.append(networks[SHOWN].assign(shows="network"))
    return pd.concat(tables, ignore_index=True)


def _steps(networks: pd.DataFrame, protocol: str) -> int:
    """Return at how many steps the networks of a protocol were looked at."""
    return networks.loc[networks["protocol"] == protocol, "step"].nunique()
