"""What proves that a deep map has one fixed point that attracts everything.

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
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from jaxtyping import Float

from neural_spectra.errors import InputError
from neural_spectra.maps.pointwise_affine import singular_values, spectral_radius
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


@dataclass(frozen=True)
class LinearRegion:
    """A convex polygon on which a ReLU network is affine.

    Parameters
    ----------
    vertices
        Its corners, anticlockwise.
    jacobian
        Df inside.
    offset
        f(x) − Df x inside.
    """

    vertices: Float[np.ndarray, "vertices 2"]
    jacobian: Float[np.ndarray, "out 2"]
    offset: Float[np.ndarray, " out"]


def linear_regions(f: DeepMap, radius: float) -> list[LinearRegion]:
    """Cut the square |x_1|, |x_2| ≤ radius into the regions on which a ReLU network is affine.

    These are the activation patterns that occur there (neighbours with equal Jacobians are kept
    apart). Without biases the regions are cones, and the square stands for the whole plane.

    Parameters
    ----------
    f
        A single network, not a batch.

    Raises
    ------
    InputError
        If f is not a single planar ReLU network.
    """
    names = {activation.name for activation in f.activations}
    if names != {"relu"} or f.dimension != 2 or f.weights[0].ndim != 2:
        raise InputError(
            f"linear regions are found for one planar ReLU network at a time: got "
            f"{', '.join(sorted(names))} and a first weight of shape {f.weights[0].shape}"
        )
    corners = radius * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    regions = [LinearRegion(corners, np.eye(2), np.zeros(2))]
    for layer in f.layers:
        regions = [
            LinearRegion(
                region.vertices,
                layer.weight @ region.jacobian,
                layer.weight @ region.offset + layer.bias,
            )
            for region in regions
        ]
        if layer.activation:
            for unit in range(len(layer.bias)):
                regions = [part for region in regions for part in _cut(region, unit, radius)]
    return regions


def _cut(region: LinearRegion, unit: int, radius: float) -> list[LinearRegion]:
    """Return the parts of a region where a pre-activation is positive, and negative."""
    height = region.vertices @ region.jacobian[unit] + region.offset[unit]
    if (height >= 0).all() and height.any():
        return [region]
    others = np.arange(len(region.offset)) != unit
    silent = LinearRegion(
        region.vertices, region.jacobian * others[:, None], region.offset * others
    )
    if (height <= 0).all():
        return [silent]
    parts = [
        replace(region, vertices=_above(region.vertices, height)),
        replace(silent, vertices=_above(region.vertices, -height)),
    ]
    # What rounding leaves along an edge is no region.
    return [part for part in parts if _area(part.vertices) > 1e-12 * radius**2]


def _above(
    vertices: Float[np.ndarray, "vertices 2"], height: Float[np.ndarray, " vertices"]
) -> Float[np.ndarray, "kept 2"]:
    """Clip a convex polygon to where a linear function, given at its corners, is positive."""
    kept = []
    for k in range(len(vertices)):
        here, before = height[k], height[k - 1]
        if here * before < 0:
            kept.append(vertices[k] + here / (here - before) * (vertices[k - 1] - vertices[k]))
        if here >= 0:
            kept.append(vertices[k])
    return np.array(kept).reshape(-1, 2)


def _area(vertices: Float[np.ndarray, "vertices 2"]) -> float:
    x, y = vertices.T
    return float(np.abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def joint_spectral_radius(
    matrices: Float[np.ndarray, "count n n"], length: int
) -> tuple[float, float]:
    """Return bounds from below and above on the joint spectral radius.

    That is the largest growth per factor of long products, lim_k max ‖M_1 … M_k‖^{1/k}. For every
    k ≤ length it lies between max ρ(M_1 … M_k)^{1/k} and max ‖M_1 … M_k‖₂^{1/k} (Blondel and
    Nesterov 2005, eq. (1.2)).

    Raises
    ------
    InputError
        If there are more than 2²² products of that length, or none.
    """
    if length < 1 or not len(matrices) or len(matrices) ** length > _MOST_PRODUCTS:
        raise InputError(
            f"{len(matrices)} matrices have {len(matrices)}^{length} products of length {length}: "
            f"give at least one matrix, a length of at least 1, and not above 2^22 products"
        )
    products = matrices
    lower, upper = 0.0, np.inf
    for k in range(1, length + 1):
        lower = max(lower, float(spectral_radius(products).max()) ** (1 / k))
        upper = min(upper, float(_norm(products).max()) ** (1 / k))
        if k < length:
            products = (matrices[:, None] @ products).reshape(-1, *matrices.shape[1:])
    return lower, upper


def _norm(matrix: Float[np.ndarray, "*batch rows columns"]) -> Float[np.ndarray, "*batch"]:
    return np.asarray(singular_values(matrix)[..., 0])
