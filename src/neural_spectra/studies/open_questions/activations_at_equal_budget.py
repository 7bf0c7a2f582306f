"""Whether the slopes of the activation or a Lipschitz constant decide what a network can express.

Networks of activations with sup|σ'| = 1 are trained on the Stuart–Landau field while the product of
their weights' spectral norms, a Lipschitz constant, is kept within a budget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.unit_slope_activations import unit_slope_activation
from neural_spectra.bounds.spectral_norms import spectral_norm
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.gradient_descent import OptimiserName, followed
from neural_spectra.networks.initialisation import initialise, sample_ball
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.open_questions.cycles_around_the_origin import (
    cycles_around_the_origin,
)
from neural_spectra.studies.open_questions.saturated_units import mean_slopes
from neural_spectra.studies.residuals import merged
from neural_spectra.studies.tables import Computed, tabulated

DATA_SEED = 0
# A training has come to its end if the loss has reached the target, or has fallen in the last stage
# by no more than this share of it.
FALLING = 0.2


def activations_at_equal_budget(
    *,
    activations: Sequence[str],
    budgets: Sequence[float],
    hidden: int,
    seeds: Sequence[int],
    radius: float,
    points: int,
    target: float,
    optimiser: OptimiserName,
    stages: Sequence[Mapping[str, float]],
    cycles: Mapping[str, Any],
) -> Computed:
    """Train networks of each activation within each budget, and find their own cycles.

    Parameters
    ----------
    activations
        Names of `unit_slope_activations`.
    budgets
        What the product of the weights' spectral norms may be at most.
    hidden
        Number of units of the hidden layer.
    seeds
        The replicates, each of which starts from the same weights for every activation.
    radius, points
        The disc that points are drawn from.
    target
        The loss at which a training need not go on.
    optimiser
        See `followed`.
    stages
        ``learning_rate`` and ``steps`` of one stage of the training after the other.
    cycles
        See `cycles_around_the_origin`.

    Returns
    -------
    Computed
        ``activations_at_equal_budget``, a row for each activation, budget and seed.
    """
    system = StuartLandau()
    x = sample_ball(points, 2, radius, torch.Generator().manual_seed(DATA_SEED))
    limits = torch.tensor(budgets, dtype=torch.float64).repeat_interleave(len(seeds))
    tables, residuals = [], []
    for name in activations:
        start = _repeated(initialise(2, [hidden], seeds, unit_slope_activation(name)), len(budgets))
        network, losses = start, []
        for stage in stages:
            (*_, last) = followed(
                network,
                x,
                system(x),
                optimiser=optimiser,
                learning_rate=stage["learning_rate"],
                steps=[0, int(stage["steps"])],
                projection=partial(within_budget, limits),
            )
            network = last.network
            losses.append(last.losses)
        found = cycles_around_the_origin(network, system.radius, **cycles)
        error = (found.columns["ln_det"] / system.log_determinant - 1).abs().log()
        columns = {
            "lipschitz_bound": _lipschitz_bound(network),
            "mean_slope": mean_slopes(network, x)[:, 0],
            "loss": losses[-1],
            "target_met": losses[-1] <= target,
            "finished": (losses[-1] <= target) | (losses[-1] >= (1 - FALLING) * losses[-2]),
            **found.columns,
            "ln_error": error.where(found.columns["attracting_cycle"], torch.nan),
        }
        columns = {key: values.reshape(len(budgets), len(seeds)) for key, values in columns.items()}
        axes = {"budget": budgets, "seed": seeds}
        tables.append(tabulated(axes, columns, activation=name))
        residuals.append(found.residuals)
    table = pd.concat(tables, ignore_index=True)
    unfinished = {"share_unfinished": 1 - float(table["finished"].mean())}
    return Computed(table, merged(residuals) | unfinished)


def within_budget(budgets: Float[Tensor, " batch"], network: Network) -> Network:
    """Shrink all weights of a network by one factor, if the product of their norms is too large."""
    factor = (budgets / _lipschitz_bound(network)).clamp(max=1) ** (1 / len(network.weights))
    weights = tuple(weight * factor[:, None, None] for weight in network.weights)
    return replace(network, weights=weights)


def _repeated(network: Network, times: int) -> Network:
    """Return all networks of a batch, as often as asked for."""
    weights = tuple(weight.repeat(times, 1, 1) for weight in network.weights)
    return replace(
        network, weights=weights, biases=tuple(b.repeat(times, 1) for b in network.biases)
    )


def _lipschitz_bound(network: Network) -> Float[Tensor, " batch"]:
    return torch.stack([spectral_norm(weight) for weight in network.weights]).prod(0)
