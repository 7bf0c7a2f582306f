"""Spectral maps in training: singular values stay in their range, by construction or by a penalty.

Every map is fitted to a matrix whose singular values lie partly outside of the range. Eqs. (22) and
(23) of Drgoňa et al. (2020), and products of Householder reflections instead (Zhang et al. 2018).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.networks.singular_value_constrained_maps import (
    HouseholderProduct,
    Spectral,
    SpectralRegularised,
)
from neural_spectra.studies.tables import Computed, as_array, tabulated


def trainable_spectra(
    *,
    dimension: int,
    lambda_min: float,
    lambda_max: float,
    target_singular_values: Sequence[float],
    steps: int,
    learning_rate: float,
    penalties: Sequence[float],
    seed: int,
) -> Computed:
    """Singular values of each map after each step of Adam.

    Parameters
    ----------
    target_singular_values
        Those of the matrix T that the maps A are fitted to: the loss is Σ(A − T)².
    penalties
        Weights of `SpectralRegularised.penalty` in that map's loss, one fit for each.

    Returns
    -------
    Computed
        ``trainable_spectra``; docs/data_dictionary.md has its columns. The residual is by how much
        the Householder map leaves its range.
    """
    generator = torch.Generator().manual_seed(seed)
    left, right = (HouseholderProduct(dimension, generator)().detach() for _ in range(2))
    target = left * torch.tensor(target_singular_values, dtype=torch.float64) @ right
    tables = []
    for weight in (None, *penalties):
        # Of one seed, both kinds of map draw the same U, V and singular values.
        drawing = torch.Generator().manual_seed(seed + 1)
        kind = Spectral if weight is None else SpectralRegularised
        map_ = kind(dimension, drawing, lambda_min, lambda_max)
        found, loss = _fit(map_, target, weight, steps, learning_rate)
        axes = {"step": range(steps + 1), "index": range(1, dimension + 1)}
        tables.append(
            tabulated(
                axes,
                {"singular_value": found, "loss": loss[:, None]},
                factorisation="householder" if weight is None else "regularised",
                penalty_weight=np.nan if weight is None else weight,
                lambda_min=lambda_min,
                lambda_max=lambda_max,
            )
        )
    values = tables[0]["singular_value"]
    excess = max(values.max() - lambda_max, lambda_min - values.min(), 0.0)
    return Computed(pd.concat(tables, ignore_index=True), {"householder_excess": float(excess)})


def _fit(
    map_: Spectral | SpectralRegularised,
    target: Float[Tensor, "n n"],
    penalty_weight: float | None,
    steps: int,
    learning_rate: float,
) -> tuple[Float[np.ndarray, "states n"], Float[np.ndarray, " states"]]:
    """Return the singular values and Σ(A − T)² before training and after each step."""
    optimiser = torch.optim.Adam(map_.parameters(), learning_rate)
    matrices = []
    for _ in range(steps + 1):
        matrix = map_.matrix()
        matrices.append(matrix.detach())
        loss = (matrix - target).square().sum()
        if isinstance(map_, SpectralRegularised) and penalty_weight:
            loss = loss + penalty_weight * map_.penalty()
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    path = torch.stack(matrices)
    misfit = (path - target).square().sum((-2, -1))
    return as_array(torch.linalg.svdvals(path)), as_array(misfit)
