"""The paper's statements about its structured maps (Appendix B), on matrices drawn at random."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float

from neural_spectra.maps.pointwise_affine import eigenvalues, singular_values, spectral_radius
from neural_spectra.networks.singular_value_constrained_maps import SpectralRegularised
from neural_spectra.networks.structured_networks import RANGES, structured_map
from neural_spectra.studies.tables import tabulated

Range = tuple[float, float]
Matrices = Float[np.ndarray, "seeds n n"]

DIMENSION = 4
# Parameters are drawn from N(0, 2²), far from where training starts: the constraints hold for all.
SPREAD = 2.0
DAMPINGS = 0.0, 0.1
# Singular values and the eigenvalues of positive matrices cannot lie in the others.
POSITIVE_RANGES = [ends for ends in RANGES if ends[0] >= 0]


def map_statements(seeds: int) -> pd.DataFrame:
    """Tabulate the numbers behind the statements: statement, case, seed, value, bound."""
    return pd.concat([_in_range(seeds), _regulariser(seeds), _skew(seeds), _hamiltonian(seeds)])


def _in_range(seeds: int) -> pd.DataFrame:
    """Return the largest distance of eigenvalues or singular values from a range's centre.

    In units of its radius: all are in the range, or in the disc around it, up to 1.
    """
    perron = "perron_frobenius", "equation"
    spectral = "spectral", "householder"
    cases: list[tuple[str, tuple[str, str], list[Range], Callable[[Matrices], np.ndarray]]] = [
        ("dominant eigenvalue of (21)", perron, POSITIVE_RANGES, _dominant),
        ("eigenvalues of (21)", perron, POSITIVE_RANGES, eigenvalues),
        ("singular values of (23)", spectral, list(RANGES), singular_values),
        ("moduli of the eigenvalues of (23)", spectral, POSITIVE_RANGES, _moduli),
        ("eigenvalues of (23)", spectral, POSITIVE_RANGES, eigenvalues),
        ("eigenvalues of (26)", ("gershgorin", "equation"), list(RANGES), eigenvalues),
    ]
    tables = []
    for statement, kind, ranges, values in cases:
        found = []
        for low, high in ranges:
            distance = np.abs(values(_matrices(kind, (low, high), seeds)) - (low + high) / 2)
            found.append(distance.max(-1) / ((high - low) / 2))
        names = [f"{low:g} to {high:g}" for low, high in ranges]
        axes = {"case": names, "seed": range(seeds)}
        tables.append(
            tabulated(axes, {"value": np.array(found), "bound": 1.0}, statement=statement)
        )
    return pd.concat(tables)


def _dominant(matrices: Matrices) -> Float[np.ndarray, "seeds 1"]:
    """Return the eigenvalue of largest modulus, which is positive for positive matrices."""
    return spectral_radius(matrices)[:, None]


def _moduli(matrices: Matrices) -> Float[np.ndarray, "seeds n"]:
    moduli: np.ndarray = np.abs(eigenvalues(matrices))
    return moduli


def _regulariser(seeds: int) -> pd.DataFrame:
    """Return L_reg, eq. (22), for U and V with known singular values s, and Σ 2 max |1 − s²|."""
    values, bounds = [], []
    for seed in range(seeds):
        generator = np.random.default_rng(seed)
        map_ = SpectralRegularised(DIMENSION, _generator(seed), 0.0, 1.0)
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
    kind = "skew_symmetric", "damped"
    matrices = np.stack([_matrices(kind, (-gamma, -gamma), seeds) for gamma in DAMPINGS])
    defect = np.abs(matrices + matrices.mT).max((-2, -1))
    axes = {"case": [f"γ = {gamma:g}" for gamma in DAMPINGS], "seed": range(seeds)}
    return tabulated(axes, {"value": defect, "bound": 0.0}, statement="A + Aᵀ of (24)")


def _hamiltonian(seeds: int) -> pd.DataFrame:
    """Return the largest entry of AᵀJA − J, and ρ(A), for eq. (25)."""
    matrices = _matrices(("symplectic", "printed"), (None, None), seeds)
    half = DIMENSION // 2
    form = np.kron(np.array([[0.0, 1.0], [-1.0, 0.0]]), np.eye(half))
    defect = np.abs(matrices.mT @ form @ matrices - form).max((-2, -1))
    values = np.stack([defect, spectral_radius(matrices)])
    names = ["symplectic defect of (25)", "spectral radius of (25)"]
    axes = {"statement": names, "seed": range(seeds)}
    columns = {"value": values, "bound": np.array([[0.0], [1.0]])}
    return tabulated(axes, columns, case="[[0, B], [-Bᵀ, 0]]")


def _matrices(kind: tuple[str, str], ends: Range | tuple[None, None], seeds: int) -> Matrices:
    """Draw maps of a kind, a matrix for each seed."""
    low, high = ends
    matrices = []
    for seed in range(seeds):
        generator = _generator(seed)
        map_ = structured_map(*kind, DIMENSION, low, high, generator)
        with torch.no_grad():
            for parameter in map_.parameters():
                parameter.normal_(0.0, SPREAD, generator=generator)
            matrices.append(map_.matrix().numpy())
    return np.stack(matrices)


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
