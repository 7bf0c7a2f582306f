"""What the study's computations share: regions from their settings, and bounds on balls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds.regions import Ball, Box, Circle, Region, balls
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.multilayer_perceptron import Network


def region_of(spec: Mapping[str, Any], system: StuartLandau, dimension: int) -> Region:
    """Build the set U that a region's settings describe (see ``config.saturation.Region``)."""
    if spec["shape"] == "orbit":
        return Circle(system.radius)
    size = float(spec["size"])
    if spec["shape"] == "ball":
        return Ball(torch.zeros(dimension, dtype=torch.float64), size)
    corner = torch.full((dimension,), size, dtype=torch.float64)
    return Box(-corner, corner)


def regions_of(
    specs: Mapping[str, Mapping[str, Any]], system: StuartLandau, dimension: int
) -> dict[str, Region]:
    """Build the regions that a network of this dimension has: the oscillator's circle is planar."""
    return {
        label: region_of(spec, system, dimension)
        for label, spec in specs.items()
        if spec["shape"] != "orbit" or dimension == system.dimension
    }


def tensor(values: list[float]) -> torch.Tensor:
    """Return float64 values."""
    return torch.tensor(values, dtype=torch.float64)


def log_bound_on_balls(network: Network, radii: Float[Tensor, " batch"]) -> Float[Tensor, " batch"]:
    """Return ln C(U) of each network on the ball of its own radius around the origin."""
    centres = torch.zeros(len(radii), 1, network.dimension, dtype=torch.float64)
    cells = balls(centres, radii.unsqueeze(-1))
    log_delta = bounds.log_saturation_on_cells(network, cells)
    return bounds.log_norm_product_bound(network, log_delta)
