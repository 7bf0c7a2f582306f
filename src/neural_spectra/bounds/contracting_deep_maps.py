"""Certified balls around the fixed points of deep maps, in which every orbit tends to them."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.bounds.contraction import BUDGET, ContractingBall, contracting_ball_of_map
from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.networks.multilayer_perceptron import Network


def contracting_ball_of_deep_map(
    f: DeepMap, fixed_point: Float[np.ndarray, " dimension"], budget: int = BUDGET
) -> ContractingBall:
    """Find a ball around a fixed point of a deep map in which every orbit tends to it.

    Unlike the `lipschitz_bounds_of_maps`, which tell of all states or of none, it asks for
    contraction near the fixed point only, in a norm made for it.

    Parameters
    ----------
    f
        A single map, not a batch.
    fixed_point
        An attracting one, to a few digits.
    budget
        How many cells to look at for one radius, at most.

    Raises
    ------
    InputError
        If the fixed point does not attract, the map is a batch or affine, or the activation is one
        whose ranges over intervals are not known.
    """
    return contracting_ball_of_map(as_network(f), torch.tensor(fixed_point), budget)


def as_network(f: DeepMap) -> Network:
    """Return the network that is the same map: an activated output goes through the identity.

    Raises
    ------
    InputError
        If the map is affine, or the activation is one whose ranges over intervals are not known.
    """
    weights, biases = list(f.weights), list(f.biases)
    if f.output_activation:
        outputs = weights[-1].shape[-2]
        weights.append(np.broadcast_to(np.eye(outputs), (*biases[-1].shape[:-1], outputs, outputs)))
        biases.append(np.zeros_like(biases[-1]))
    if len(weights) < 2:
        raise InputError("the map is affine: it contracts where the norm of its matrix is below 1")
    return Network(
        tuple(torch.tensor(weight, dtype=torch.float64) for weight in weights),
        tuple(torch.tensor(bias, dtype=torch.float64) for bias in biases),
        tuple(activation_named(activation.name) for activation in f.activations),
    )
