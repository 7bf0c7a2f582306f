"""Training the study's networks on the Stuart-Landau field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.initialisation import (
    initialise,
    margin_for_saturation,
    sample_ball,
    shift_bias,
    with_first_bias,
)
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.training import (
    Training,
    adam,
    fit_readout,
    levenberg_marquardt,
    mean_squared_error,
)
from neural_spectra.studies.tables import Computed, tabulated

STAGES = ("initial", "halfway", "final")
DATA_SEED = 0


def training_data(system: StuartLandau, *, radius: float, points: int) -> tuple[Tensor, Tensor]:
    """Draw the points of the disc that every network is fitted on, and the field there."""
    x = sample_ball(points, system.dimension, radius, torch.Generator().manual_seed(DATA_SEED))
    return x, system(x)


def train_stuart_landau(
    name: str,
    seeds: Sequence[int],
    *,
    system: Mapping[str, float],
    training: Mapping[str, Any],
    network: Mapping[str, Any],
) -> tuple[dict[str, Network], Computed]:
    """Train one network per seed, the way its settings say.

    Parameters
    ----------
    network
        The network's block of the config, as a mapping (see ``network_settings``).

    Returns
    -------
    dict, Computed
        The networks at each of ``STAGES`` (a fitted readout has no half-way: it is the final one),
        and the losses: network, seed, stage, loss.
    """
    oscillator = StuartLandau(**system)
    x, y = training_data(oscillator, **training)
    activation = activation_named(network["activation"])
    start = initialise(oscillator.dimension, network["hidden"], seeds, activation)
    if network["method"] == "readout":
        start = _shifted(start, network)
        final = fit_readout(start, x, y, network["ridge"])
        stages = {"initial": start, "halfway": final, "final": final}
        residuals = {}
    else:
        result = _optimised(start, x, y, network)
        stages = {stage: getattr(result, stage) for stage in STAGES}
        residuals = {"gradient_norm": result.gradient_norms.max().item()}
    losses = [
        tabulated(
            {"seed": seeds}, {"loss": mean_squared_error(f, x, y)}, network=name, stage=stage
        )[["network", "seed", "stage", "loss"]]
        for stage, f in stages.items()
    ]
    return stages, Computed(pd.concat(losses), residuals)


def _shifted(network: Network, spec: Mapping[str, Any]) -> Network:
    """Replace the first bias so that all pre-activations keep the margin on the given ball."""
    margin = spec["margin"]
    if margin is None:
        margin = margin_for_saturation(network.activations[0], spec["saturation"])
    return with_first_bias(network, shift_bias(network.weights[0], margin, spec["radius"]))


def _optimised(start: Network, x: Tensor, y: Tensor, spec: Mapping[str, Any]) -> Training:
    """Train every parameter by the optimiser that the settings name."""
    if spec["method"] == "adam":
        return adam(start, x, y, steps=spec["steps"], learning_rate=spec["learning_rate"])
    return levenberg_marquardt(start, x, y, steps=spec["steps"], target=spec["target"])
