"""Whether deep networks learn only from weights with which ρ(A*) is near 1."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.maps.affine_of_constant_width import linearise_constant_width
from neural_spectra.maps.pointwise_affine import spectral_radius
from neural_spectra.networks.constant_width import ConstantWidth, draw_constant_width, learn
from neural_spectra.networks.random_numbers_on_any_device import normal
from neural_spectra.studies.residuals import merged
from neural_spectra.studies.tables import Computed, tabulated

DATA_SEED = 0
# How near is near.
NEAR_ONE = 0.2
CONNECTIONS = {"plain": False, "skip": True}


def learning_and_radius(
    *,
    depths: Sequence[int],
    widths: Sequence[int],
    activations: Sequence[str],
    gains: Sequence[float],
    seeds: Sequence[int],
    frequency: float,
    points: int,
    states: int,
    target: float,
    learning_rates: Sequence[float],
    steps: int,
) -> Computed:
    """Measure ρ(A*) of untrained networks, and train them all alike.

    Parameters
    ----------
    depths
        Numbers L of activated layers; a network has L + 1 matrices.
    widths
        Dimensions d of the maps and of every layer, so that A* is square.
    activations
        Names of σ.
    gains
        Of the weights over those of the usual initialisation; see `draw_constant_width`.
    seeds
        The replicates.
    frequency, points
        The task is y_i = sin(ω x_{i+1}) at normal points, over the root mean square of its values.
    states
        At how many of them A* is taken.
    target
        The loss that a network has to reach; that of y = 0 is 1.
    learning_rates, steps
        See `learn`.

    Returns
    -------
    Computed
        ``learning_and_radius``, a row for each depth, width, activation, way to connect layers,
        gain and seed.
    """
    tables, residuals = [], []
    for depth, width, activation, connections in product(depths, widths, activations, CONNECTIONS):
        x, y = task(width, points, frequency)
        networks = draw_constant_width(
            depth,
            width,
            gains,
            seeds,
            activation=activation,
            skip=CONNECTIONS[connections],
        )
        radius, error = _radius(networks, x[:states])
        learning = learn(networks, x, y, learning_rates=learning_rates, steps=steps, target=target)
        columns: dict[str, Any] = {
            "radius": np.median(radius, -1),
            "radius_lowest": radius.min(-1),
            "radius_highest": radius.max(-1),
            "loss": learning.losses,
            "steps": learning.steps,
            "learning_rate": learning.learning_rates,
            "target_met": learning.losses <= target,
        }
        columns["from_one"] = np.abs(columns["radius"] - 1)
        columns["near_one"] = columns["from_one"] < NEAR_ONE
        columns = {name: values.reshape(len(gains), len(seeds)) for name, values in columns.items()}
        names = {"depth": depth, "width": width, "activation": activation}
        names |= {"connections": connections, "affine_loss": affine_loss(x, y)}
        names |= {"target": target}
        axes = {"gain": gains, "seed": seeds}
        tables.append(tabulated(axes, columns, **names))
        residuals.append({"representation_error": error})
    table = pd.concat(tables, ignore_index=True)
    return Computed(table, merged(residuals))


def task(
    width: int, points: int, frequency: float
) -> tuple[Float[Tensor, "points width"], Float[Tensor, "points width"]]:
    """Return points x and values y_i = sin(ω x_{i+1}), with x_{d+1} = x_1, of mean square 1."""
    x = normal(torch.Generator().manual_seed(DATA_SEED), points, width)
    y = torch.sin(frequency * x.roll(-1, -1))
    return x, y / y.square().mean().sqrt()


def affine_loss(x: Float[Tensor, "points width"], y: Float[Tensor, "points width"]) -> float:
    """Return the smallest loss of an affine map, 0 where there are too few points for one."""
    with_bias = torch.nn.functional.pad(x, (0, 1), value=1.0)
    solution = torch.linalg.lstsq(with_bias, y, driver="gelsd").solution
    return float((with_bias @ solution - y).square().mean())


def _radius(
    networks: ConstantWidth, states: Float[Tensor, "points width"]
) -> tuple[Float[np.ndarray, "networks points"], float]:
    """Return ρ(A*) of each network at each state, and how far A* is from representing them."""
    affine = linearise_constant_width(networks, states.numpy())
    return spectral_radius(affine.matrix), float(affine.error.max())
