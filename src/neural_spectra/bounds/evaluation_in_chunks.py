"""Evaluating functions of networks at points and over cells, as many at a time as a cache holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from neural_spectra.bounds.interval_jacobians import rounding_of_cells
from neural_spectra.bounds.regions import Cells, Region
from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network

# Numbers in the largest temporary array, 0.5 MB of float64.
CHUNK = 2**16
AtPoints = Callable[[Tensor], Tensor]
OVERFLOWS = "overflows float64; make the region or the weights smaller"


def require_numbers(bound: Tensor) -> Tensor:
    """Return a bound, which must be a number: a comparison with NaN would end a search unseen."""
    if bound.isnan().any():
        raise InputError(f"a pre-activation {OVERFLOWS}")
    return bound


def at_points(function_of: Callable[[Network], AtPoints], network: Network, x: Tensor) -> Tensor:
    """Evaluate a function of each member, a cacheful of points at a time."""
    clouds = x.expand(*network.batch_shape, *x.shape[-2:]).reshape(-1, *x.shape[-2:])
    size = _points_at_once(network)
    values = [
        torch.cat([*map(function_of(member), torch.split(cloud, size))])
        for member, cloud in zip(network.members(), clouds, strict=True)
    ]
    return torch.stack(values).reshape(*network.batch_shape, *values[0].shape)


def cells_in_chunks(network: Network, region: Region, level: int, index: Tensor) -> Iterator[Cells]:
    """Yield the cells of a region, a cacheful at a time, with room for their rounding.

    Parameters
    ----------
    network
        What is to be evaluated: the wider it is, the fewer cells at a time.
    region
        U.
    level, index
        Of the 2^level cells that cover it, which ones.
    """
    size = max(1, _points_at_once(network) // network.batch_shape.numel())
    rounding = rounding_of_cells(region)
    for part in torch.split(index, size):
        cells = region.cells(level, part)
        yield replace(cells, half_widths=cells.half_widths + rounding)


def _points_at_once(network: Network) -> int:
    factors = [weight.shape[-2] * weight.shape[-1] for weight in network.weights[1:-1]]
    return max(1, CHUNK // max([network.weights[0].shape[-2], *factors]))
