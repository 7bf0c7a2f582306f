"""The regions of the plane on each of which a piecewise linear map is affine."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap


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
