"""How rare chaos is among the draws of one row of Table 1 (Drgoňa et al. 2020, Fig. 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from neural_spectra.maps.attractor_classes import ZERO_EXPONENT
from neural_spectra.maps.lyapunov_of_maps import exponent_of_distances, largest_exponent
from neural_spectra.networks.deep_maps import DeepMap, deep_map
from neural_spectra.studies.affine_maps.planar_states import spread_points
from neural_spectra.studies.affine_maps.search_seeds import draw
from neural_spectra.studies.tables import Computed, joined

Orbits = Float[np.ndarray, "networks orbits 2"]


class Look(NamedTuple):
    """For how many steps orbits settle, and for how many more their exponents are averaged."""

    settling: int
    steps: int


# At all draws, and at those whose exponent may be positive. What grows by more than
# `ZERO_EXPONENT` in each step has escaped by the time that the second look begins.
FIRST, SECOND = Look(200, 100), Look(3000, 2000)
EXTENT, STARTS, ESCAPE_RADIUS = 6.0, 2, 1e6

# The matrices of a network of the paper's row with SELU, each as its entries row by row: singular
# values from 1.020 to 1.044, no bias.
GIVEN = [
    [-0.466, 0.9321, 0.9319, 0.4647],
    [-0.4775, -0.9103, 0.9104, -0.4779],
    [-0.441, 0.9269, 0.9393, 0.4367],
    [-0.5462, -0.874, 0.8735, -0.5455],
    [-0.7568, -0.6974, -0.711, 0.7636],
    [0.2478, 1.0056, -1.0039, 0.2449],
    [0.611, 0.8192, -0.8212, 0.6204],
    [-0.9502, -0.4231, 0.4226, -0.9485],
    [-0.9412, -0.4038, -0.3935, 0.9587],
]


def rare_chaos(*, model: Mapping[str, Any], seeds: int) -> Computed:
    """Look for chaos in every draw of a row of Table 1, and in the network that is given.

    Parameters
    ----------
    model
        The row, as `config.affine_maps_curated.CuratedModel` has it.
    seeds
        The seeds 0, 1, … are drawn.

    Returns
    -------
    Computed
        ``rare_chaos``: network, seed, first_exponent, lyapunov, lyapunov_error, of_distances,
        chaotic. Residuals: the largest standard error of the exponents of the second look, and the
        largest difference between the two methods where there is chaos.
    """
    networks = {
        "drawn": draw(model, range(seeds)),
        "given": deep_map("selu", [np.reshape(matrix, (1, 2, 2)) for matrix in GIVEN]),
    }
    return joined(_looked_at(name, f) for name, f in networks.items())


def _looked_at(name: str, f: DeepMap) -> Computed:
    """Look at every orbit of some networks, and again at those whose exponent may be positive."""
    every = np.arange(f.batch_shape[0])
    x, bounded = _settled(f, np.tile(spread_points(STARTS, EXTENT), (len(every), 1, 1)), FIRST)
    first = np.where(bounded, _largest(f, x, FIRST)[0], np.nan)
    best = np.where(bounded, first, -np.inf).argmax(-1)
    table = pd.DataFrame({"network": name, "seed": every, "first_exponent": first[every, best]})

    again = np.flatnonzero(table["first_exponent"] >= 0)
    x, bounded = _settled(f[again], x[again, best[again]][:, None], SECOND)
    exponent, error = _largest(f[again], x, SECOND)
    distances = exponent_of_distances(f[again], x, SECOND.steps)
    chaotic = bounded & (np.minimum(exponent, distances) > ZERO_EXPONENT)
    columns = {"lyapunov": exponent, "lyapunov_error": error, "of_distances": distances}
    table[[*columns]] = np.nan
    for column, values in columns.items():
        table.loc[again, column] = np.where(bounded, values, np.nan)[:, 0]
    table["chaotic"] = np.isin(every, again[chaotic[:, 0]])
    residuals = {
        "lyapunov_error": float(error.max(initial=0.0, where=bounded)),
        "difference_of_methods": float(
            np.abs(exponent - distances).max(initial=0.0, where=chaotic)
        ),
    }
    return Computed(table, residuals)


def _settled(
    f: DeepMap, x: Orbits, look: Look
) -> tuple[Orbits, Bool[np.ndarray, "networks orbits"]]:
    """Return the states after settling, 0 where they have escaped, and where they have not."""
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(look.settling):
            x = f(x)
    bounded = np.abs(x).max(-1) <= ESCAPE_RADIUS
    return np.where(bounded[..., None], x, 0.0), bounded


def _largest(
    f: DeepMap, x: Orbits, look: Look
) -> tuple[Float[np.ndarray, "networks orbits"], Float[np.ndarray, "networks orbits"]]:
    """Return the exponents and their standard errors."""
    return largest_exponent(f, x, look.steps, np.random.default_rng(0))
