"""Networks of tanh(βa) whose steepness β is trained, out of saturation or deeper into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.gradient_descent import OptimiserName, followed
from neural_spectra.networks.initialisation import initialise, sample_ball
from neural_spectra.networks.multilayer_perceptron import one_batch
from neural_spectra.studies.open_questions.cycles_around_the_origin import (
    cycles_around_the_origin,
)
from neural_spectra.studies.open_questions.saturated_units import saturated_share
from neural_spectra.studies.tables import Computed, tabulated

DATA_SEED = 0


def trainable_steepness(
    *,
    hidden: int,
    seeds: Sequence[int],
    steepness: Sequence[float],
    radius: float,
    points: int,
    target: float,
    optimiser: OptimiserName,
    learning_rate: float,
    steps: Sequence[int],
    cycles: Mapping[str, Any],
) -> Computed:
    """Follow β and saturated units along training on Stuart–Landau, and find the cycles at its end.

    Parameters
    ----------
    hidden
        Number of units of the hidden layer.
    seeds
        The replicates, each of which starts from the same weights for every β.
    steepness
        Where β starts.
    radius, points
        The disc that points are drawn from.
    target
        The loss that a network has to reach.
    optimiser, learning_rate, steps
        See `followed`.
    cycles
        See `cycles_around_the_origin`.

    Returns
    -------
    Computed
        ``trainable_steepness``, a row for each first β, seed and step.
    """
    system = StuartLandau()
    x = sample_ball(points, 2, radius, torch.Generator().manual_seed(DATA_SEED))
    start = initialise(2, [hidden], seeds, activation_named("tanh"))
    checkpoints = [
        checkpoint
        for first in steepness
        for checkpoint in followed(
            start,
            x,
            system(x),
            optimiser=optimiser,
            learning_rate=learning_rate,
            steps=steps,
            steepness=first,
        )
    ]
    networks = one_batch([checkpoint.network for checkpoint in checkpoints])
    found = cycles_around_the_origin(networks, system.radius, **cycles)
    columns = {
        "steepness": torch.stack([each.steepness[:, 0] for each in checkpoints]),
        "saturated_share": saturated_share(networks, x)[:, 0],
        "loss": torch.stack([each.losses for each in checkpoints]),
        **found.columns,
    }
    axes = {"first_steepness": steepness, "step": steps, "seed": seeds}
    shape = [len(values) for values in axes.values()]
    table = tabulated(axes, {name: values.reshape(shape) for name, values in columns.items()})
    table["target_met"] = table["loss"] <= target
    table["last"] = table["step"] == max(steps)
    # A network without a cycle contracts onto none.
    table["contraction_over_target"] = table["ln_det"].fillna(0.0) / system.log_determinant
    before = table.groupby(["first_steepness", "seed"])["saturated_share"].transform("first")
    table["more_saturated"] = table["saturated_share"] - before
    unmet = 1 - float(table.loc[table["last"], "target_met"].mean())
    return Computed(table, found.residuals | {"share_above_target": unmet})
