"""The companion paper's own networks: what they do, beside what bounds say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch

from neural_spectra.networks.multilayer_perceptron import Network, one_batch
from neural_spectra.studies.open_questions.measured_trajectories import (
    Trajectories,
    followed_from_origin,
)
from neural_spectra.studies.open_questions.morris_lecar_networks import (
    compared,
    own_cycles,
    with_targets,
)
from neural_spectra.studies.residuals import merged
from neural_spectra.studies.tables import Computed


def companion_networks(
    named: Sequence[tuple[str, int, float, Network]],
    scaling: Mapping[str, Mapping[str, Any]],
    targets: pd.DataFrame,
    *,
    currents: Mapping[str, float],
    search: Mapping[str, Any],
) -> Computed:
    """Judge networks that were trained on neurons by the companion paper.

    Its states and times are scaled to [0, 1].

    Parameters
    ----------
    named
        The neuron's set, the epochs of training, the published mean squared error of V (mV²) and
        the network.
    scaling
        By set: the ranges of t (ms), V (mV) and N that stand for [0, 1], and the number of samples.
    targets
        The table ``companion_orbits``: the neurons' own cycles.
    currents
        The companion paper's current, by the set's name.
    search
        See `close_returns.Search`.

    Returns
    -------
    Computed
        ``companion_networks``, a row for each network; see `compared` and `own_cycles`.
    """
    tables, residuals = [], []
    for name, ranges in scaling.items():
        chosen = [row for row in named if row[0] == name]
        if not chosen:
            continue
        network = one_batch([row[3].flattened() for row in chosen])
        trajectories = scaled_as_published(name, currents[name], ranges)[
            torch.zeros(len(chosen)).long()
        ]
        found = compared(network, trajectories)
        everywhere = torch.ones(len(chosen), dtype=torch.bool)
        cycles = own_cycles(network, trajectories, found.ends, everywhere, search)
        known = pd.DataFrame(
            {
                "set": name,
                "epochs": [row[1] for row in chosen],
                "published_mse_potential": [row[2] for row in chosen],
            }
        )
        table = pd.concat((known, found.table, cycles.table), axis=1)
        tables.append(with_targets(table, targets))
        residuals.append(cycles.residuals)
    return Computed(pd.concat(tables, ignore_index=True), merged(residuals))


def scaled_as_published(name: str, current: float, ranges: Mapping[str, Any]) -> Trajectories:
    """Follow a neuron as the companion paper did, in its coordinates.

    Parameters
    ----------
    name, current
        Its set of constants, and I.
    ranges
        Of t (ms), V (mV) and N, which stand for [0, 1], and the number of samples.
    """
    lowest, highest = (
        torch.tensor([ranges["V"][k], ranges["N"][k]], dtype=torch.float64) for k in (0, 1)
    )
    first, last = ranges["t"]
    x = followed_from_origin(name, current, last - first, ranges["samples"] - 1)
    scale = highest - lowest
    return Trajectories(((x - lowest) / scale)[None], lowest[None], scale[None], last - first, 1.0)
