"""Lipschitz constants of deep maps: what proves that one fixed point attracts everything.

Bounds on f(x) − f(y) do, unlike the conditions on eigenvalues of Drgoňa et al. (2020), Theorem 6.
From the quickest to the sharpest:

* `norm_product` below 1: f is a contraction.
* `largest_pattern_norm` below 1, or for planar ReLU networks the largest norm of a Jacobian of
  `linear_regions`: f is a contraction (on the square that the regions cover).
* The upper bound of `joint_spectral_radius` below 1 for those Jacobians: f is a contraction in some
  other norm, because f(x) − f(y) = M (x − y) with M an average of Jacobians.
"""

from __future__ import annotations

import math
from itertools import product

import numpy as np
from jaxtyping import Float

from neural_spectra.errors import InputError
from neural_spectra.maps.pointwise_affine import singular_values
from neural_spectra.networks.deep_maps import DeepMap

_MOST_PRODUCTS = 2**22


def norm_product(f: DeepMap) -> Float[np.ndarray, "*batch"]:
    """Return Π‖A_i‖₂ · Π Lip(σ_i), over the activated layers: a Lipschitz constant of f."""
    norms = [_norm(layer.weight) for layer in f.layers]
    slopes = math.prod(activation.lipschitz for activation in f.activations)
    return np.asarray(np.prod(norms, axis=0) * slopes)


def largest_pattern_norm(f: DeepMap, lowest: float, highest: float) -> Float[np.ndarray, "*batch"]:
    """Return the largest ‖D_L A_L … D_0 A_0‖₂ over diagonal D_i with entries in [lowest, highest].

    Every Jacobian of a network whose slopes σ' lie in that interval (0 and 1 for ReLU) is such a
    product. The norm is convex in each entry, so its maximum is where all entries are at the ends:
    for ReLU these are all activation patterns, whether they occur or not.

    Raises
    ------
    InputError
        If there are more than 2²² patterns.
    """
    units = sum(layer.weight.shape[-2] for layer in f.layers if layer.activation)
    if 2**units > _MOST_PRODUCTS:
        raise InputError(
            f"a network of {units} activated units has 2^{units} activation patterns, more than "
            f"can be tried: use norm_product"
        )
    # The patterns are a last batch axis.
    products = np.eye(f.dimension)[None]
    for layer in f.layers:
        products = layer.weight[..., None, :, :] @ products
        if layer.activation:
            width = layer.weight.shape[-2]
            slopes = np.array(list(product((lowest, highest), repeat=width)))
            scaled = slopes[:, None, :, None] * products[..., None, :, :, :]
            products = scaled.reshape(*scaled.shape[:-4], -1, *scaled.shape[-2:])
    return np.asarray(_norm(products).max(-1))


def _norm(matrix: Float[np.ndarray, "*batch rows columns"]) -> Float[np.ndarray, "*batch"]:
    return np.asarray(singular_values(matrix)[..., 0])
