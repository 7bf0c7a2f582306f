"""Saturation with and without batch normalisation, whose statistics are frozen after training."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.bounds.regions import Ball, Circle
from neural_spectra.bounds.saturation import log_saturation, log_saturation_of_cells
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.batch_normalisation import followed_with_normalisation
from neural_spectra.networks.gradient_descent import OptimiserName, followed, stopped_at
from neural_spectra.networks.initialisation import initialise, sample_ball
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.open_questions.saturated_units import saturated_share
from neural_spectra.studies.tables import Computed, tabulated

DATA_SEED = 0
CELLS = 8  # 2^8 of them cover a disc
ARCS = 10  # 2^10 of them make up a circle
WAYS = {False: followed, True: followed_with_normalisation}


def batch_normalisation(
    *,
    hidden: Sequence[int],
    seeds: Sequence[int],
    radius: float,
    points: int,
    target: float,
    optimiser: OptimiserName,
    learning_rate: float,
    steps: int,
    radii: Sequence[float],
) -> Computed:
    """Train tanh networks on Stuart–Landau to one loss, and look at the saturation far outside.

    Parameters
    ----------
    hidden
        Number of units of each hidden layer.
    seeds
        The replicates, each of which starts from the same weights both ways.
    radius, points
        The disc that points are drawn from.
    target
        The loss at which a network stops training.
    optimiser, learning_rate
        See `followed`.
    steps
        The most steps that a network may take.
    radii
        Of the circles and discs around the origin on which the saturation is looked at, in radii
        of the periodic orbit.

    Returns
    -------
    Computed
        ``batch_normalisation``, a row for each way, seed, layer and radius. The residual is the
        share of networks that did not reach the target.
    """
    system = StuartLandau()
    x = sample_ball(points, 2, radius, torch.Generator().manual_seed(DATA_SEED))
    start = initialise(2, hidden, seeds, activation_named("tanh"))
    layers = range(1, len(hidden) + 1)
    tables = []
    for normalised, way in WAYS.items():
        training = way(
            start,
            x,
            system(x),
            optimiser=optimiser,
            learning_rate=learning_rate,
            steps=range(steps + 1),
        )
        stopped = stopped_at(training, target)
        seen = [_on_circle(stopped.network, size * system.radius) for size in radii]
        columns = {name: torch.stack([columns[name] for columns in seen], -1) for name in seen[0]}
        columns |= {
            "saturated_on_data": saturated_share(stopped.network, x).unsqueeze(-1),
            "loss": stopped.losses[:, None, None],
            "steps": stopped.steps[:, None, None],
            "target_met": (stopped.losses <= target)[:, None, None],
        }
        axes = {"seed": seeds, "layer": layers, "radius": radii}
        tables.append(tabulated(axes, columns, normalised=normalised))
    table = pd.concat(tables, ignore_index=True)
    return Computed(table, {"share_above_target": 1 - float(table["target_met"].mean())})


def _on_circle(network: Network, radius: float) -> dict[str, Float[Tensor, "seeds layers"]]:
    """Return what is certified on arcs of a circle and on its disc, and what is seen at points."""
    on_arcs = log_saturation_of_cells(network, Circle(radius), ARCS)
    disc = Ball(torch.zeros(2, dtype=torch.float64), radius)
    points = Circle(radius).cells(ARCS, torch.arange(2**ARCS)).points
    return {
        "minus_ln_delta_arc": -on_arcs.quantile(0.5, -2),
        "minus_ln_delta_disc": -log_saturation(network, disc, CELLS),
        "saturated_share": saturated_share(network, points),
    }
