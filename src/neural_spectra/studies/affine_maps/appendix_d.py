"""The 828 models of Appendix D: every weight set with every activation, with bias and without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.maps.attractor_classes import Attractors, classify
from neural_spectra.maps.orbits import Following
from neural_spectra.networks.deep_maps import DeepMap, deep_map
from neural_spectra.studies.affine_maps.planar_states import spread_points
from neural_spectra.studies.affine_maps.weight_sets import WeightSet


@dataclass(frozen=True)
class GridModel:
    """A model of the grid, for all seeds.

    Parameters
    ----------
    number
        Its place in the grid, from 0; a model with bias is followed by the same without.
    activation
        A name of `numpy_activations.ACTIVATIONS`.
    bias
        Whether the biases are used, or zeroed.
    """

    number: int
    weight_set: WeightSet
    activation: str
    bias: bool

    @property
    def networks(self) -> DeepMap:
        """A batch of one network for each seed."""
        return stacked([self])


def grid_models(sets: Sequence[WeightSet], activations: Sequence[str]) -> list[GridModel]:
    """List the models: for every weight set all activations, each with bias, then without.

    Raises
    ------
    InputError
        If an activation is unknown.
    """
    for name in activations:
        scalar_activation(name)
    choices = product(sets, activations, (True, False))
    return [GridModel(number, *choice) for number, choice in enumerate(choices)]


def stacked(models: Sequence[GridModel]) -> DeepMap:
    """Join models of one depth and activation into a batch, all seeds of the first model first."""
    weights = np.concatenate([model.weight_set.weights for model in models])
    biases = np.concatenate([model.bias * model.weight_set.biases for model in models])
    layers = np.ascontiguousarray(np.moveaxis(weights, 1, 0))
    return deep_map(models[0].activation, list(layers), list(np.moveaxis(biases, 1, 0)))


def batches(models: Sequence[GridModel]) -> Iterator[list[GridModel]]:
    """Group models by depth and activation, so that each group can be computed at once."""
    groups: dict[tuple[int, str], list[GridModel]] = {}
    for model in models:
        groups.setdefault((model.weight_set.recipe.depth, model.activation), []).append(model)
    yield from groups.values()


def classified(
    models: Sequence[GridModel], starts: int, extent: float, following: Mapping[str, Any]
) -> dict[int, list[Attractors]]:
    """Return what each model settles on for every seed, by the model's number.

    Parameters
    ----------
    starts
        Number of orbits of each model.
    extent
        They start in [−extent, extent]².
    following
        The fields of `maps.orbits.Following`.
    """
    found = {}
    points = spread_points(starts, extent)
    for batch in batches(models):
        networks = stacked(batch)
        shape = (len(networks.weights[0]), *points.shape)
        attractors = classify(networks, np.broadcast_to(points, shape), Following(**following))
        seeds = len(attractors) // len(batch)
        for k, model in enumerate(batch):
            found[model.number] = attractors[k * seeds : (k + 1) * seeds]
    return found
