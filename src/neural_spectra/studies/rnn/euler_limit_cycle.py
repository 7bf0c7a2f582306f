"""The attracting cycle that Euler's growth and damping make together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.recurrent_integrators import simulate
from neural_spectra.flows.skew_symmetry_theory import euler_cycle_threshold
from neural_spectra.networks.recurrent_networks import RecurrentNetwork, planar
from neural_spectra.studies.tables import Computed


def euler_limit_cycle(
    *,
    activation: str,
    settings: Sequence[Mapping[str, float]],
    fractions: Sequence[float],
    inside: float,
    outside: float,
    turns: int,
) -> Computed:
    r"""Follow x ← x + h σ((A − γ1) x) from a small and from a large start.

    Near 0 the map multiplies by \\|1 + h(−γ ± iω)\\|, which is above 1 for γ below its threshold:
    small orbits grow, the damping holds large ones back, and what is left is an isolated limit
    cycle, of the map and not of the flow.

    Parameters
    ----------
    activation
        See `neural_spectra.studies.rnn`.
    settings
        Pairs of ``omega`` and ``step``.
    fractions
        Values of γ over its threshold.
    inside, outside
        Norms of the small and of the large start.
    turns
        So many turns of the linear network are waited for the orbit to settle.

    Returns
    -------
    Computed
        ``euler_limit_cycle``: activation, omega, h, gamma, threshold, start, amplitude (the
        largest norm in the last turn), seen (amplitude above the small start).
    """
    tables, distances = [], []
    for setting in settings:
        omega, h = setting["omega"], setting["step"]
        threshold = float(euler_cycle_threshold(omega, h))
        gammas = threshold * np.asarray(fractions)
        matrices = planar(np.full(len(gammas), omega)) - gammas[:, None, None] * np.eye(2)
        network = RecurrentNetwork(matrices, scalar_activation(activation))
        turn = math.ceil(2 * math.pi / (omega * h))
        ends = []
        for label, radius in {"inside": inside, "outside": outside}.items():
            starts = np.tile([radius, 0.0], (len(gammas), 1))
            settled = simulate(network, starts, h, turns * turn, every=turns * turn).states[-1]
            # A cycle of finite amplitude turns more slowly than ω.
            last = simulate(network, settled, h, 4 * turn).states
            ends.append(np.linalg.norm(last, axis=-1).max(0))
            columns = {
                "activation": activation,
                "omega": omega,
                "h": h,
                "gamma": gammas,
                "threshold": threshold,
                "start": label,
                "amplitude": ends[-1],
                "seen": ends[-1] > inside,
            }
            tables.append(pd.DataFrame(columns))
        both = (ends[0] > inside) & (gammas < 0.9 * threshold)
        distances.append(np.abs(ends[0][both] / ends[1][both] - 1).max(initial=0.0))
    table = pd.concat(tables, ignore_index=True)
    return Computed(table, {"inside_against_outside": float(max(distances))})
