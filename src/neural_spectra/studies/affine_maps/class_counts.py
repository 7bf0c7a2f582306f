"""How often the models of the grid settle on what: over seeds, and beside the models of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np
import pandas as pd

from neural_spectra.maps.attractor_classes import Kind
from neural_spectra.studies.affine_maps.appendix_d import classified, grid_models
from neural_spectra.studies.affine_maps.weight_sets import WeightSet
from neural_spectra.studies.tables import Computed

KINDS = get_args(Kind)


def class_counts(
    sets: Sequence[WeightSet],
    *,
    seeds: Sequence[int],
    activations: Sequence[str],
    extent: float,
    starts: int,
    following: Mapping[str, Any],
) -> Computed:
    """Count the classes of attractors of the models, for each seed.

    Parameters
    ----------
    sets
        The weight sets, of these seeds.
    starts
        Number of orbits of each model; they start in [−extent, extent]².
    following
        The fields of `maps.orbits.Following`.

    Returns
    -------
    Computed
        ``class_counts``: seed, activation, bias, attractor, count, with zeros. The residual is the
        largest standard error of an exponent.
    """
    every = grid_models(sets, activations)
    found = classified(every, starts, extent, following)
    kinds = pd.DataFrame(
        [
            (seed, model.activation, model.bias, attractors.kind)
            for model in every
            for seed, attractors in zip(seeds, found[model.number], strict=True)
        ],
        columns=["seed", "activation", "bias", "attractor"],
    )
    cells = pd.MultiIndex.from_product(
        [seeds, activations, [True, False], KINDS], names=list(kinds.columns)
    )
    counts = kinds.value_counts(sort=False).reindex(cells, fill_value=0)
    errors = [attractors.lyapunov_error for model in every for attractors in found[model.number]]
    residuals = {"lyapunov_error": float(np.nanmax([0.0, *errors]))}
    return Computed(counts.rename("count").reset_index(), residuals)


def class_changes(counts: pd.DataFrame, models: pd.DataFrame) -> float:
    """Return the share of models that ``class_counts`` gives another class than ``models`` does.

    That table holds the models of one seed, followed from more starts and for longer. Counts can
    only tell how many models have changed at least: those that change places are not seen.
    """
    cells = ["activation", "bias", "attractor"]
    shared = counts["seed"].isin(models["seed"]) & counts["activation"].isin(models["activation"])
    own = counts[shared].groupby(cells)["count"].sum()
    longer = models.groupby(cells).size().reindex(own.index, fill_value=0)
    return float((own - longer).abs().sum() / (own.sum() + longer.sum()))
