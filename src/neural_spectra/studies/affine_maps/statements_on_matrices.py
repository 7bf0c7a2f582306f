"""The paper's statements about its structured maps (Appendix B), on matrices drawn at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float

from neural_spectra.maps.pointwise_affine import eigenvalues, singular_values, spectral_radius
from neural_spectra.networks.singular_value_constrained_maps import SpectralRegularised
from neural_spectra.networks.structured_networks import structured_map
from neural_spectra.networks.weight_recipes import RANGES, Recipe
from neural_spectra.studies.tables import tabulated

DIMENSION = 4
# Parameters are drawn from N(0, 2²), far from where training starts: the constraints hold for all.
SPREAD = 2.0
DAMPINGS = 0.0, 0.1
# Singular values and the eigenvalues of positive matrices cannot lie in the others.
POSITIVE_RANGES = [ends for ends in RANGES if ends[0] >= 0]
PERRON, SPECTRAL = ("perron_frobenius", "equation"), ("spectral", "householder")
GERSHGORIN = "gershgorin", "equation"
# Each statement, the maps that it is about, their ranges, and what is to be in the range or the
# disc around it. The eigenvalue of largest modulus is positive for positive matrices.
IN_RANGE: list[tuple[str, tuple[str, str], Sequence[tuple[float, float]], Callable[..., Any]]] = [
    ("dominant eigenvalue of (21)", PERRON, POSITIVE_RANGES, lambda a: spectral_radius(a)[:, None]),
    ("eigenvalues of (21)", PERRON, POSITIVE_RANGES, eigenvalues),
    ("singular values of (23)", SPECTRAL, RANGES, singular_values),
    ("moduli of the eigenvalues of (23)", SPECTRAL, POSITIVE_RANGES, lambda a: abs(eigenvalues(a))),
    ("eigenvalues of (23)", SPECTRAL, POSITIVE_RANGES, eigenvalues),
    ("eigenvalues of (26)", GERSHGORIN, RANGES, eigenvalues),
]


def map_statements(seeds: int) -> pd.DataFrame:
    """Tabulate the numbers behind the statements: statement, case, seed, value, bound."""
    return pd.concat([_in_range(seeds), _regulariser(seeds), _skew(seeds), _hamiltonian(seeds)])


def _in_range(seeds: int) -> pd.DataFrame:
    """Return the largest distance of eigenvalues or singular values from a range's centre.

    In units of its radius: all are in the range, or in the disc around it, up to 1.
    """
    tables = []
    for statement, kind, ranges, values in IN_RANGE:
        found = []
        for low, high in ranges:
            distance = np.abs(values(_matrices(*kind, low, high, seeds=seeds)) - (low + high) / 2)
            found.append(distance.max(-1) / ((high - low) / 2))
        axes = {"case": [f"{low:g} to {high:g}" for low, high in ranges], "seed": range(seeds)}
        columns = {"value": np.array(found), "bound": 1.0}
        tables.append(tabulated(axes, columns, statement=statement))
    return pd.concat(tables)


def _regulariser(seeds: int) -> pd.DataFrame:
    """Return L_reg, eq. (22), for U and V with known singular values s, and Σ 2 max |1 − s²|."""
    values, bounds = [], []
    for seed in range(seeds):
        generator = np.random.default_rng(seed)
        map_ = SpectralRegularised(DIMENSION, torch.Generator().manual_seed(seed), 0.0, 1.0)
        stretches = np.ones((2, DIMENSION)), generator.uniform(0.5, 1.5, (2, DIMENSION))
        for stretch in stretches:
            with torch.no_grad():
                map_.left.mul_(torch.as_tensor(stretch[0]))
                map_.right.mul_(torch.as_tensor(stretch[1]))
            values.append(map_.penalty().item())
            bounds.append(2 * np.abs(1 - stretch**2).max(-1).sum())
    axes = {"seed": range(seeds), "case": ["orthogonal", "stretched"]}
    columns = {"value": np.reshape(values, (-1, 2)), "bound": np.reshape(bounds, (-1, 2))}
    return tabulated(axes, columns, statement="L_reg of (22)")


def _skew(seeds: int) -> pd.DataFrame:
    """Return the largest entry of A + Aᵀ for eq. (24)."""
    kinds = [("skew_symmetric", "damped", -gamma, -gamma) for gamma in DAMPINGS]
    matrices = np.stack([_matrices(*kind, seeds=seeds) for kind in kinds])
    defect = np.abs(matrices + matrices.mT).max((-2, -1))
    axes = {"case": [f"γ = {gamma:g}" for gamma in DAMPINGS], "seed": range(seeds)}
    return tabulated(axes, {"value": defect, "bound": 0.0}, statement="A + Aᵀ of (24)")


def _hamiltonian(seeds: int) -> pd.DataFrame:
    """Return the largest entries of AᵀJA − J and of A + Aᵀ, and ρ(A), for eq. (25)."""
    matrices = _matrices("symplectic", "printed", None, None, seeds=seeds)
    half = DIMENSION // 2
    form = np.kron(np.array([[0.0, 1.0], [-1.0, 0.0]]), np.eye(half))
    defect = np.abs(matrices.mT @ form @ matrices - form).max((-2, -1))
    skew = np.abs(matrices + matrices.mT).max((-2, -1))
    values = np.stack([defect, skew, spectral_radius(matrices)])
    names = ["symplectic defect of (25)", "A + Aᵀ of (25)", "spectral radius of (25)"]
    axes = {"statement": names, "seed": range(seeds)}
    columns = {"value": values, "bound": np.array([[0.0], [0.0], [1.0]])}
    return tabulated(axes, columns, case="[[0, B], [-Bᵀ, 0]]")


def _matrices(
    factorisation: str, variant: str, low: float | None, high: float | None, *, seeds: int
) -> Float[np.ndarray, "seeds n n"]:
    """Draw maps of a kind, a matrix for each seed."""
    recipe = Recipe(factorisation, variant, low, high, depth=1)
    matrices = []
    for seed in range(seeds):
        generator = torch.Generator().manual_seed(seed)
        map_ = structured_map(recipe, DIMENSION, generator)
        with torch.no_grad():
            for parameter in map_.parameters():
                parameter.normal_(0.0, SPREAD, generator=generator)
            matrices.append(map_.matrix().numpy())
    return np.stack(matrices)
