"""Networks of tanh(βa) whose steepness β is trained, out of saturation or deeper into it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.gradient_descent import OptimiserName, followed
from neural_spectra.networks.initialisation import initialise, sample_ball
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
) -> Computed:
    """Follow β and the share of saturated units along training on Stuart–Landau.

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

    Returns
    -------
    Computed
        ``trainable_steepness``, a row for each first β, seed and step.
    """
    system = StuartLandau()
    x = sample_ball(points, 2, radius, torch.Generator().manual_seed(DATA_SEED))
    start = initialise(2, [hidden], seeds, activation_named("tanh"))
    tables = []
    for first in steepness:
        for checkpoint in followed(
            start,
            x,
            system(x),
            optimiser=optimiser,
            learning_rate=learning_rate,
            steps=steps,
            steepness=first,
        ):
            columns = {
                "steepness": checkpoint.steepness[:, 0],
                "saturated_share": saturated_share(checkpoint.network, x)[:, 0],
                "loss": checkpoint.losses,
                "target_met": checkpoint.losses <= target,
            }
            numbers = {"step": checkpoint.step, "last": checkpoint.step == max(steps)}
            table = tabulated({"seed": seeds}, columns, first_steepness=first, **numbers)
            tables.append(table)
    table = pd.concat(tables, ignore_index=True)
    before = table.groupby(["first_steepness", "seed"])["saturated_share"].transform("first")
    table["more_saturated"] = table["saturated_share"] - before
    unmet = 1 - float(table.loc[table["last"], "target_met"].mean())
    return Computed(table, {"share_above_target": unmet})
