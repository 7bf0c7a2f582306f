"""What the models of the grid settle on: how often over seeds, and beside the models of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
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
) -> tuple[Computed, Computed]:
    """Find the classes of attractors of the models for each seed, and count them.

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
    Computed, Computed
        ``class_counts``: seed, activation, bias, attractor, count, with zeros; and
        ``model_classes``: seed, the model's recipe, activation, bias, attractor. The residual of
        both is the largest standard error of an exponent.
    """
    every = grid_models(sets, activations)
    found = classified(every, starts, extent, following)
    classes = pd.DataFrame(
        {"seed": seed, **asdict(model.weight_set.recipe)}
        | {"activation": model.activation, "bias": model.bias, "attractor": attractors.kind}
        for model in every
        for seed, attractors in zip(seeds, found[model.number], strict=True)
    )
    cells = pd.MultiIndex.from_product(
        [seeds, activations, [True, False], KINDS],
        names=["seed", "activation", "bias", "attractor"],
    )
    counts = classes.value_counts(cells.names, sort=False).reindex(cells, fill_value=0)
    errors = [attractors.lyapunov_error for model in every for attractors in found[model.number]]
    residuals = {"lyapunov_error": float(np.nanmax([0.0, *errors]))}
    return Computed(counts.rename("count").reset_index(), residuals), Computed(classes, residuals)


def modal_classes(classes: pd.DataFrame) -> pd.DataFrame:
    """Find the class that most draws of each model have.

    Parameters
    ----------
    classes
        ``model_classes`` of `class_counts`.

    Returns
    -------
    DataFrame
        ``modal_classes``: the model's recipe, activation, bias, attractor (the commonest, or the
        first by name of several), share (of the draws that have it), draws.
    """
    model = [name for name in classes if name not in ("seed", "attractor")]
    of_models = classes.groupby(model, dropna=False, sort=False)["attractor"]
    return of_models.agg(
        attractor=lambda kinds: kinds.mode()[0],
        share=lambda kinds: kinds.value_counts(normalize=True).max(),
        draws="size",
    ).reset_index()


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
