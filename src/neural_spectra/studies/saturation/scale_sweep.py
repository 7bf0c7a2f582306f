"""Saturation, Jacobian norms and their bounds against the pre-activation scale (Figs 1, 3, 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch

from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds.regions import Ball, all_cells
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.initialisation import with_first_bias
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.regions_from_settings import regions_of, tensor
from neural_spectra.studies.tables import Computed, tabulated

SAMPLE_LEVEL = 5


def sweep_scale(
    name: str,
    network: Network,
    seeds: Sequence[int],
    *,
    system: Mapping[str, float],
    regions: Mapping[str, Mapping[str, Any]],
    scales: list[float],
    points_level: int,
    coarsest_level: int,
) -> tuple[Computed, Computed]:
    """Saturate a network ever more: δ_k by layer, and the largest ‖Df_s‖ found in each region.

    Parameters
    ----------
    network
        The frozen networks, batch shape ``(seeds,)``.
    points_level
        Sampled values are taken at 2^points_level points.
    coarsest_level
        2^coarsest_level cells enclose the pre-activations of layers behind the first.

    Returns
    -------
    Computed, Computed
        ``saturation_by_layer`` (network, activation, seed, s, region, layer, delta, ln_delta,
        delta_sampled) and ``jacobian_norm`` (network, seed, s, region, jacobian_norm,
        delta_sampled).
    """
    oscillator, scaled = StuartLandau(**system), network.scaled(tensor(scales))
    layers = range(1, network.hidden_layers + 1)
    by_layer, norms, excess = [], [], 0.0
    for label, area in regions_of(regions, oscillator, network.dimension).items():
        points = area.cells(points_level, all_cells(points_level)).points
        log_delta = bounds.log_saturation(scaled, area, coarsest_level)
        sampled = bounds.sampled_saturation(scaled, points)
        excess = max(excess, (sampled - log_delta.exp()).max().item())
        by_layer.append(
            tabulated(
                {"seed": seeds, "s": scales, "layer": layers},
                {"delta": log_delta.exp(), "ln_delta": log_delta, "delta_sampled": sampled},
                network=name,
                activation=network.activation.name,
                region=label,
            )
        )
        norm = bounds.jacobian_norm(scaled, points).amax(-1)
        axes = {"seed": seeds, "s": scales}
        columns = {"jacobian_norm": norm, "delta_sampled": sampled.amax(-1)}
        norms.append(tabulated(axes, columns, network=name, region=label))
    return (
        Computed(pd.concat(by_layer), {"sampled_minus_certified_delta": excess}),
        Computed(pd.concat(norms)),
    )


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
    coarsest_level: int,
    finest_level: int,
) -> Computed:
    """Bound the Jacobian over each region: C_W(s), C(U) and the certified C̃(U).

    Parameters
    ----------
    norms
        ``jacobian_norm`` of `sweep_scale`, for the same network, seeds and scales.
    tightness, coarsest_level, finest_level
        See `jacobian_bounds.certified_bounds`.

    Returns
    -------
    Computed
        ``scale_sweep``. Residuals: by how much, relatively, a norm exceeds C or C̃, or C̃ exceeds C
        (none should), and how far the certified C̃ stays above the sampled one in each region.
    """
    oscillator, scaled = StuartLandau(**system), network.scaled(tensor(scales))
    layers = network.hidden_layers
    tables, residuals = [], {}
    for label, area in regions_of(regions, oscillator, network.dimension).items():
        found = bounds.certified_bounds(scaled, area, tightness, coarsest_level, finest_level)
        delta = found.log_saturation.exp()
        gap = found.refined_bound / found.refined_bound_sampled - 1
        residuals[f"refined_gap_{label}"] = gap.max().item()
        columns = {
            "delta": delta.amax(-1),
            "weight_factor": bounds.weight_factor(scaled, layers),
            "uniform_bound": bounds.uniform_bound(scaled, delta, layers),
            "bound": found.log_bound.exp(),
            "ln_bound": found.log_bound,
            "refined_bound": found.refined_bound,
            "refined_bound_sampled": found.refined_bound_sampled,
            "cells": found.cells,
        }
        constants = {"network": name, "activation": network.activation.name, "region": label}
        tables.append(tabulated({"seed": seeds, "s": scales}, columns, **constants))
    keys = ["network", "seed", "s", "region"]
    table = pd.concat(tables).merge(norms, on=keys, how="left", validate="1:1")
    norm, refined, bound = table["jacobian_norm"], table["refined_bound"], table["bound"]
    residuals["norm_over_bound"] = (norm / bound - 1).max().item()
    residuals["norm_over_refined"] = (norm / refined - 1).max().item()
    residuals["refined_over_bound"] = (refined / bound - 1).max().item()
    return Computed(table, residuals)


def obstruction(
    name: str,
    network: Network,
    seeds: Sequence[int],
    *,
    system: Mapping[str, float],
    offsets: list[float],
    scales: list[float],
    radius: float,
) -> Computed:
    """Fig. 3: d·C(U; s)·T when every bias of the first layer is c, a multiple of c_min.

    c_min = max_j ‖W_{1,j}‖₂. U is the ball of the given radius; readout and deeper layers are
    kept. T is the period of the reference orbit, which is not an orbit of f_s. The residual is by
    how much, relatively, a Jacobian's norm found in the ball exceeds C (none should).
    """
    oscillator = StuartLandau(**system)
    ball = Ball(torch.zeros(network.dimension, dtype=torch.float64), radius)
    c_min = torch.linalg.vector_norm(network.weights[0], dim=-1).amax(-1, keepdim=True)
    points = ball.cells(SAMPLE_LEVEL, all_cells(SAMPLE_LEVEL)).points
    tables, excess = [], []
    for offset in offsets:
        bias = (offset * c_min).expand_as(network.biases[0])
        scaled = with_first_bias(network, bias).scaled(tensor(scales))
        log_delta = bounds.log_saturation(scaled, ball)
        log_bound = bounds.log_norm_product_bound(scaled, log_delta)
        log_obstruction = log_bound + torch.tensor(network.dimension * oscillator.period).log()
        columns = {
            "delta": log_delta.exp().amax(-1),
            "bound": log_obstruction.exp(),
            "ln_bound": log_obstruction,
            "exact_ln_det": torch.full_like(log_obstruction, oscillator.log_determinant),
        }
        axes = {"seed": seeds, "s": scales}
        tables.append(tabulated(axes, columns, network=name, offset=offset))
        norm = bounds.jacobian_norm(scaled, points).amax(-1)
        excess.append((norm / log_bound.exp() - 1).max().item())
    return Computed(pd.concat(tables, ignore_index=True), {"norm_over_bound": max(excess)})
