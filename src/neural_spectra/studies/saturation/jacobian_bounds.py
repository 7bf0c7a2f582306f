"""Bounds on the Jacobian against the pre-activation scale (Figs 1 and 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch

from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds.branch_and_bound import within
from neural_spectra.bounds.certified_quantities import JACOBIAN_NORM, largest
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.regions_from_settings import regions_of
from neural_spectra.studies.tables import Computed, tabulated


def jacobian_bounds(
    name: str,
    network: Network,
    seeds: Sequence[int],
    norms: pd.DataFrame,
    *,
    system: Mapping[str, float],
    regions: Mapping[str, Mapping[str, Any]],
    scales: list[float],
    tightness: float,
    jacobian_tightness: float,
    coarsest_level: int,
    finest_level: int,
) -> Computed:
    """Bound the Jacobian over each region: C_W(s), C(U), the certified C̃(U), and sup ‖Df‖ itself.

    Parameters
    ----------
    norms
        ``jacobian_norm`` of `sweep_scale`, for the same network, seeds and scales.
    tightness, coarsest_level, finest_level
        See `jacobian_bounds.certified_bounds`.
    jacobian_tightness
        How far, relatively, the bound on sup ‖Df‖ may lie above the largest ‖Df‖ found, if
        2^finest_level cells suffice for that.

    Returns
    -------
    Computed
        ``scale_sweep``. Residuals: by how much, relatively, a norm exceeds C or C̃, or C̃ exceeds C
        (none should), and how far the certified C̃ and sup ‖Df‖ stay above those found in each
        region.
    """
    scaled, layers = network.scaled(scales), network.hidden_layers
    tables, residuals = [], {}
    for label, area in regions_of(regions, system, network.dimension).items():
        found = bounds.certified_bounds(scaled, area, tightness, coarsest_level, finest_level)
        jacobian = largest(
            JACOBIAN_NORM, scaled, area, within(jacobian_tightness), budget=2**finest_level
        )
        excess = jacobian.bound / jacobian.found - 1
        residuals[f"jacobian_gap_{label}"] = excess.max().item()
        delta = found.log_saturation.exp()
        gap = found.refined_bound / found.refined_bound_sampled - 1
        residuals[f"refined_gap_{label}"] = gap.max().item()
        columns = {
            "delta": delta.amax(-1),
            "weight_factor": bounds.weight_factor(scaled, layers),
            "uniform_bound": bounds.uniform_bound(scaled, delta, layers),
            "bound": found.log_bound.exp(),
            "ln_bound": found.log_bound,
            "jacobian_bound": torch.minimum(jacobian.bound.squeeze(-1), found.refined_bound),
            "refined_bound": found.refined_bound,
            "refined_bound_sampled": found.refined_bound_sampled,
            "cells": found.cells,
        }
        constants = {"network": name, "activation": network.activation_label, "region": label}
        tables.append(tabulated({"seed": seeds, "s": scales}, columns, **constants))
    keys = ["network", "seed", "s", "region"]
    table = pd.concat(tables).merge(norms, on=keys, how="left", validate="1:1")
    residuals["norm_over_certified"] = (
        (table["jacobian_norm"] / table["jacobian_bound"] - 1).max().item()
    )
    norm, refined, bound = table["jacobian_norm"], table["refined_bound"], table["bound"]
    residuals["norm_over_bound"] = (norm / bound - 1).max().item()
    residuals["norm_over_refined"] = (norm / refined - 1).max().item()
    residuals["refined_over_bound"] = (refined / bound - 1).max().item()
    return Computed(table, residuals)
