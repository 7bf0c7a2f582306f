"""The sets U that the settings of regions describe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from neural_spectra.bounds.regions import Ball, Box, Circle, Region
from neural_spectra.flows.reference_systems import StuartLandau


def region_of(spec: Mapping[str, Any], system: Mapping[str, float], dimension: int) -> Region:
    """Build the set U that the settings of a region and of the oscillator describe."""
    if spec["shape"] == "orbit":
        return Circle(StuartLandau(**system).radius)
    size = float(spec["size"])
    if spec["shape"] == "ball":
        return Ball(torch.zeros(dimension, dtype=torch.float64), size)
    corner = torch.full((dimension,), size, dtype=torch.float64)
    return Box(-corner, corner)


def regions_of(
    specs: Mapping[str, Mapping[str, Any]], system: Mapping[str, float], dimension: int
) -> dict[str, Region]:
    """Build the regions that a network of this dimension has: the oscillator's circle is planar."""
    return {
        label: region_of(spec, system, dimension)
        for label, spec in specs.items()
        if spec["shape"] != "orbit" or dimension == StuartLandau.dimension
    }
