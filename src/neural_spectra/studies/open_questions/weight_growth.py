"""Whether weights grow in training to make up for saturation, and whether losses show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.bounds.jacobian_bounds import weight_factor
from neural_spectra.bounds.regions import Ball
from neural_spectra.bounds.saturation import log_saturation
from neural_spectra.networks.gradient_descent import Checkpoint, followed
from neural_spectra.networks.initialisation import (
    initialise,
    sample_ball,
    shift_bias,
    with_first_bias,
)
from neural_spectra.networks.multilayer_perceptron import Network, one_batch
from neural_spectra.networks.training import lbfgs, levenberg_marquardt
from neural_spectra.studies.open_questions.cycles_around_the_origin import (
    cycles_around_the_origin,
)
from neural_spectra.studies.open_questions.fields_to_learn import FIELDS
from neural_spectra.studies.residuals import merged
from neural_spectra.studies.tables import Computed, tabulated

DATA_SEED = 0
CELLS = 8  # 2^8 of them cover the disc for δ
# What needs no learning rate, and starts afresh at each mark.
WITHOUT_RATE = {"L-BFGS": lbfgs, "Levenberg-Marquardt": levenberg_marquardt}


def weight_growth(
    *,
    systems: Sequence[str],
    hidden: int,
    seeds: Sequence[int],
    shifts: Sequence[float],
    radius: float,
    points: int,
    target: float,
    optimisers: Sequence[Mapping[str, Any]],
    cycles: Mapping[str, Any],
) -> Computed:
    """Follow C_W, δ, the loss and the period of tanh networks along their training.

    Parameters
    ----------
    systems
        Names of `fields_to_learn.FIELDS`.
    hidden
        Number of units of the hidden layer.
    seeds
        The replicates.
    shifts
        Margins m: every unit starts with |a| ≥ m on the disc; with 0 nothing is shifted.
    radius, points
        The disc that points are drawn from, which is also U.
    target
        The loss that a network has to reach.
    optimisers
        Name, learning rate where it takes one, and steps at which to look.
    cycles
        See `cycles_around_the_origin`.

    Returns
    -------
    Computed
        ``weight_growth``, a row for each system, optimiser, shift, seed and step.
    """
    x = sample_ball(points, 2, radius, torch.Generator().manual_seed(DATA_SEED))
    start = _shifted(hidden, seeds, shifts, radius)
    disc = Ball(torch.zeros(2, dtype=torch.float64), radius)
    tables, residuals = [], []
    for system, settings in product(systems, optimisers):
        targets = FIELDS[system]()(x.unsqueeze(0)).squeeze(0)
        checkpoints = list(_training(start, x, targets, settings))
        axes = {"step": settings["steps"], "shift": shifts, "seed": seeds}
        shape = [len(values) for values in axes.values()]
        # The networks of all checkpoints together take hardly longer than those of one.
        networks = one_batch([checkpoint.network for checkpoint in checkpoints])
        found = cycles_around_the_origin(networks, 1.0, **cycles)
        residuals.append(found.residuals)
        losses = torch.stack([checkpoint.losses for checkpoint in checkpoints]).reshape(shape)
        norms = torch.stack([checkpoint.gradient_norms for checkpoint in checkpoints])
        log_delta = log_saturation(networks, disc, CELLS).amax(-1).reshape(shape)
        log_factor = weight_factor(networks, saturated=1).log().reshape(shape)
        columns = {
            "loss": losses,
            "gradient_norm": norms.reshape(shape),
            "ln_weight_factor": log_factor,
            "minus_ln_delta": -log_delta,
            "ln_bound": log_factor + log_delta,
            # Of what did not start saturated there is none left.
            "saturation_left": _share(log_delta, log_delta[0]),
            "weights_made_up": _share(log_factor[0] - log_factor, log_delta[0]),
            "period": found.columns["period"].reshape(shape),
            "target_met": losses <= target,
        }
        table = tabulated(axes, columns, system=system, optimiser=settings["name"])
        table["last"] = table["step"] == max(settings["steps"])
        tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    unmet = 1 - float(table.loc[table["last"], "target_met"].mean())
    return Computed(table, merged(residuals) | {"share_above_target": unmet})


def _share(part: Tensor, whole: Tensor) -> Tensor:
    return (part / whole).where(whole < 0, torch.nan)


def _shifted(hidden: int, seeds: Sequence[int], shifts: Sequence[float], radius: float) -> Network:
    """Return a network for each shift and seed, in this order, along one batch axis."""
    network = initialise(2, [hidden], seeds, activation_named("tanh"))
    layers = []
    for shift in shifts:
        bias = shift_bias(network.weights[0], shift, radius) if shift > 0 else network.biases[0]
        layers.append(with_first_bias(network, bias))
    return one_batch(layers)


def _training(
    start: Network, points: Tensor, targets: Tensor, settings: Mapping[str, Any]
) -> Iterator[Checkpoint]:
    if settings["name"] not in WITHOUT_RATE:
        yield from followed(
            start,
            points,
            targets,
            optimiser=settings["name"],
            learning_rate=settings["learning_rate"],
            steps=settings["steps"],
        )
        return
    yield from followed(start, points, targets, optimiser="SGD", learning_rate=1.0, steps=[0])
    network = start
    for before, step in pairwise(settings["steps"]):
        train = WITHOUT_RATE[settings["name"]]
        training = train(network, points, targets, steps=step - before)
        network = training.final
        steepness = torch.ones(len(training.steps), 1, dtype=torch.float64)
        yield Checkpoint(step, network, steepness, training.losses[-1], training.gradient_norms)
