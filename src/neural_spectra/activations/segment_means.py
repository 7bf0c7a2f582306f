"""The mean of an activation function over a segment: what discrete-gradient methods are made of.

(Φ(b) − Φ(a))/(b − a) is the mean of σ = Φ' from a to b. The quotient loses its digits where b is
close to a; there Gauss's quadrature of σ between its kinks takes over.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Float

from neural_spectra.activations.scalar_activation import ScalarActivation

# Up to this length five nodes integrate to rounding; beyond it the quotient loses few digits.
_SHORT = 0.2
_POINTS, _POINT_WEIGHTS = np.polynomial.legendre.leggauss(5)
_NODES, _WEIGHTS = (1 + _POINTS) / 2, _POINT_WEIGHTS / 2


def averaged_from(
    a: Float[np.ndarray, "*starts n"], activation: ScalarActivation
) -> ScalarActivation:
    """Return the function b ↦ mean of σ over the segment from a to b, and its slope by b."""

    def mean(b: np.ndarray) -> np.ndarray:
        shares, weights = _nodes_between_kinks(activation.kinks, a, b)
        values = activation.function(a[..., None] + shares * (b - a)[..., None])
        means: np.ndarray = np.vecdot(weights, values)
        long = np.abs(b - a) > _SHORT
        if long.any():
            difference = activation.potential(b) - activation.potential(a)
            means = np.divide(difference, b - a, out=means, where=long)
        return means

    def slope(b: np.ndarray) -> np.ndarray:
        shares, weights = _nodes_between_kinks(activation.kinks, a, b)
        slopes = activation.slope(a[..., None] + shares * (b - a)[..., None])
        mean_slopes: np.ndarray = np.vecdot(weights * shares, slopes)
        long = np.abs(b - a) > _SHORT
        if long.any():
            difference = activation.function(b) - mean(b)
            mean_slopes = np.divide(difference, b - a, out=mean_slopes, where=long)
        return mean_slopes

    return replace(activation, function=mean, slope=slope)


def _nodes_between_kinks(
    kinks: tuple[float, ...], a: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes, as shares of the way from a to b, and weights adding up to 1, on a new axis."""
    if not kinks:
        return _NODES, _WEIGHTS
    length = np.where(b == a, 1.0, b - a)[..., None]
    cuts = np.empty((*length.shape[:-1], len(kinks) + 2))
    cuts[..., 0], cuts[..., -1] = 0, 1
    cuts[..., 1:-1] = ((kinks - a[..., None]) / length).clip(0, 1)
    cuts.sort()
    starts = cuts[..., :-1, None]
    parts = cuts[..., 1:, None] - starts
    flat = (*length.shape[:-1], -1)
    return (starts + parts * _NODES).reshape(flat), (parts * _WEIGHTS).reshape(flat)
