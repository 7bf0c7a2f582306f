"""How far the paper's numbers depend on choices that its text leaves open."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch

from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds.regions import Region
from neural_spectra.flows.monodromy import liouville_quadrature
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.regions_from_settings import regions_of
from neural_spectra.studies.saturation.train_stuart_landau import train_stuart_landau
from neural_spectra.studies.tables import Computed, as_array


def sensitivity(
    name: str,
    seeds: Sequence[int],
    *,
    system: Mapping[str, float],
    training: Mapping[str, Any],
    variants: Mapping[str, Mapping[str, Any]],
    regions: Mapping[str, Mapping[str, Any]],
    region: str,
    determinant_scales: list[float],
    improvement_scale: float,
    levels: list[int],
) -> Computed:
    """Train variants of one network and take the paper's numbers from each.

    Parameters
    ----------
    variants
        Full settings of each variant, by label; the first is the network as the study uses it.
    regions
        Regions over which the improvement C/C̃ is taken for the first variant.
    region
        The one among them over which it is taken for the other variants as well.
    determinant_scales
        The s at which det M along the reference circle is taken.
    improvement_scale
        The s at which the improvement is taken.
    levels
        Covers of that region by 2^level cells without any refinement, for the first variant.

    Returns
    -------
    Computed
        ``variants``: network, variant, seed, quantity, value, loss.
    """
    oscillator = StuartLandau(**system)
    others = regions_of(regions, system, oscillator.dimension)
    area = others.pop(region)
    rows: list[pd.DataFrame] = []
    quadrature_error, finest = 0.0, max(levels)

    def add(variant: str, quantity: str, values: torch.Tensor) -> None:
        columns = {"network": name, "variant": variant, "seed": seeds, "quantity": quantity}
        numbers = {"value": as_array(values), "loss": loss}
        rows.append(pd.DataFrame(columns | numbers))

    for position, (variant, spec) in enumerate(variants.items()):
        stages, losses = train_stuart_landau(
            name, seeds, system=system, training=training, network=spec
        )
        loss = losses.table.query("stage == 'final'")["loss"].to_numpy()
        network = stages["final"]
        scaled = network.scaled(determinant_scales)
        ln_det, error = liouville_quadrature(scaled, oscillator.orbit, oscillator.period)
        quadrature_error = max(quadrature_error, error.max().item())
        for k, s in enumerate(determinant_scales):
            add(variant, f"det at s = {s:g}", ln_det[:, k].exp())
        quantity = f"improvement at s = {improvement_scale:g}"
        sharp = network.scaled([improvement_scale])[:, 0]
        add(variant, quantity, improvement(sharp, area, finest, finest + 4))
        if position > 0:
            continue
        for label, other in others.items():
            add(f"{variant}, {label}", quantity, improvement(sharp, other, finest, finest + 4))
        for level in levels:
            cover = f"{2**level} cell{'s' * (level > 0)}"
            add(f"{variant}, {cover}", quantity, improvement(sharp, area, level, level))
    return Computed(pd.concat(rows, ignore_index=True), {"quadrature_error": quadrature_error})


def improvement(network: Network, area: Region, coarsest: int, finest: int) -> torch.Tensor:
    """Return C(U)/C̃(U), certified, on a cover refined from one level down to another.

    Parameters
    ----------
    area
        U.
    coarsest, finest
        The cover has 2^coarsest cells, halved down to 2^finest where they are too coarse.
    """
    tolerance = math.inf if coarsest == finest else 0.02
    found = bounds.certified_bounds(network, area, tolerance, coarsest, finest)
    return found.log_bound.exp() / found.refined_bound
