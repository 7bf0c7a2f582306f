"""How far stable weights alone keep ρ(A*) ≤ 1 over the plane (Drgoňa et al. 2020, Fig. 3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float

from neural_spectra.maps.pointwise_affine import linearise, spectral_radius
from neural_spectra.networks.deep_maps import deep_map
from neural_spectra.studies.affine_maps.planar_states import axis, grid_points
from neural_spectra.studies.tables import Computed, joined

# So many networks at once; more cost memory.
BATCH = 200


def stable_weights(
    *,
    seeds: int,
    activations: Sequence[str],
    depth: int,
    radius: float,
    extent: float,
    grid_step: float,
) -> Computed:
    """Look for states with ρ(A*) > 1 in networks all of whose weights have the same ρ(A_i) < 1.

    Each entry of a weight is drawn from a normal distribution, and the weight is then scaled to the
    spectral radius. All activations get the same weights, and no biases.

    Parameters
    ----------
    seeds
        The seeds 0, 1, … are drawn.
    depth
        Of the networks, which have one weight more, as those of Table 1.
    radius
        ρ(A_i).
    extent, grid_step
        The states are those of a grid on [−extent, extent]².

    Returns
    -------
    Computed
        ``stable_weights``: activation, seed, largest_layer_radius, rho_max (the largest ρ(A*)), x
        and y (the state where it is). Residual: the largest error of A*(x) x as f(x).
    """
    x = grid_points(axis(extent, grid_step))
    return joined(
        _looked_at(activation, batch, _weights(batch, depth, radius), x)
        for activation in activations
        for batch in _batches(seeds)
    )


def _batches(seeds: int) -> Iterator[range]:
    for first in range(0, seeds, BATCH):
        yield range(first, min(first + BATCH, seeds))


def _weights(
    seeds: Sequence[int], depth: int, radius: float
) -> Float[np.ndarray, "layers seeds 2 2"]:
    drawn = [np.random.default_rng([seed, 7]).standard_normal((depth + 1, 2, 2)) for seed in seeds]
    weights = np.stack(drawn, axis=1)
    return weights * (radius / spectral_radius(weights))[..., None, None]


def _looked_at(
    activation: str,
    seeds: Sequence[int],
    weights: Float[np.ndarray, "layers seeds 2 2"],
    x: Float[np.ndarray, "points 2"],
) -> Computed:
    found = linearise(deep_map(activation, list(weights)), x)
    radii = spectral_radius(found.matrix)
    where = radii.argmax(-1)
    columns = {
        "activation": activation,
        "seed": seeds,
        "largest_layer_radius": spectral_radius(weights).max(0),
        "rho_max": radii.max(-1),
        "x": x[where, 0],
        "y": x[where, 1],
    }
    return Computed(pd.DataFrame(columns), {"linearisation": float(found.error.max())})
