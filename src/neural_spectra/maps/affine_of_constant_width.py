"""Deep networks with skip connections as pointwise affine maps, f(x) = A*(x) x + b*(x).

A layer h ↦ σ(A h + b) is the affine map Λ A h + … of `pointwise_affine`, and with a skip connection
(I + Λ A) h + …; A* is the product over the layers, as in Lemma 3 of Drgoňa et al.
(arXiv:2011.13492), which has no skip connections.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.maps.pointwise_affine import Linearisation, linearise
from neural_spectra.networks.constant_width import ConstantWidth
from neural_spectra.networks.deep_maps import DeepMap


def linearise_constant_width(
    networks: ConstantWidth, x: Float[np.ndarray, "points width"]
) -> Linearisation:
    """Return A*(x) and b*(x) of each network at each point, in the offset mode.

    The error is that of the whole network, against its values in training.
    """
    sigma = scalar_activation(networks.activation)
    identity = np.eye(x.shape[-1])
    matrix, offset, state = identity, np.zeros(x.shape[-1]), x
    last = len(networks.weights) - 1
    for k, (weight, bias) in enumerate(zip(networks.weights, networks.biases, strict=True)):
        layer = DeepMap((weight.numpy(),), (bias.numpy(),), sigma, output_activation=k < last)
        affine = linearise(layer, state)
        step = affine.matrix + identity if networks.skip and k < last else affine.matrix
        matrix = step @ matrix
        offset = (step @ offset[..., None])[..., 0] + affine.offset
        state = layer(state) + state if networks.skip and k < last else layer(state)
    values = networks(torch.from_numpy(x)).numpy()
    affine = Linearisation(matrix, offset, np.zeros(values.shape[:-1]))
    error = np.abs(affine(x) - values) / (1 + np.abs(values))
    return replace(affine, error=error.max(-1))
