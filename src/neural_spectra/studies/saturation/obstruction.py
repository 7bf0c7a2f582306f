"""Fig. 3: the bound d·C(U; s)·T on |ln det M| of a periodic orbit, under bias offsets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
import torch

from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds import saturation
from neural_spectra.bounds.regions import Ball, all_cells
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.initialisation import with_first_bias
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.tables import Computed, tabulated

SAMPLE_LEVEL = 5


def obstruction(
    name: str,
    network: Network,
    seeds: Sequence[int],
    *,
    system: Mapping[str, float],
    offsets: list[float],
    scales: list[float],
    radius: float,
) -> Computed:
    """Take d·C(U; s)·T when every bias of the first layer is c; readout and deeper layers are kept.

    T is the period of the reference orbit, which is not an orbit of f_s.

    Parameters
    ----------
    network
        The frozen networks, batch shape ``(seeds,)``.
    offsets
        c as multiples of c_min = max_j ‖W_{1,j}‖₂.
    radius
        Of the ball U.

    Returns
    -------
    Computed
        ``obstruction``. The residual is by how much, relatively, a Jacobian's norm found in U
        exceeds C (none should).
    """
    oscillator = StuartLandau(**system)
    ball = Ball(torch.zeros(network.dimension, dtype=torch.float64), radius)
    c_min = torch.linalg.vector_norm(network.weights[0], dim=-1).amax(-1, keepdim=True)
    points = ball.cells(SAMPLE_LEVEL, all_cells(SAMPLE_LEVEL)).points
    tables, excess = [], []
    for offset in offsets:
        bias = (offset * c_min).expand_as(network.biases[0])
        scaled = with_first_bias(network, bias).scaled(scales)
        log_delta = saturation.log_saturation(scaled, ball)
        log_bound = bounds.log_norm_product_bound(scaled, log_delta)
        log_obstruction = log_bound + math.log(network.dimension * oscillator.period)
        columns = {
            "delta": log_delta.exp().amax(-1),
            "bound": log_obstruction.exp(),
            "ln_bound": log_obstruction,
            "exact_ln_det": oscillator.log_determinant,
        }
        axes = {"seed": seeds, "s": scales}
        tables.append(tabulated(axes, columns, network=name, offset=offset))
        norm = bounds.jacobian_norm(scaled, points).amax(-1)
        excess.append((norm / log_bound.exp() - 1).max().item())
    return Computed(pd.concat(tables, ignore_index=True), {"norm_over_bound": max(excess)})
