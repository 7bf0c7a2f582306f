"""What the paper's case studies conclude on depth, bias and smoothness, on cases made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
from jaxtyping import Float

from neural_spectra.maps.fixed_points import newton
from neural_spectra.maps.pointwise_affine import Mode, linearise, spectral_radius
from neural_spectra.networks.deep_maps import deep_map
from neural_spectra.studies.tables import tabulated

# As many matrices as a network of 8 layers has in the paper's figures.
MATRICES = 9
STABLE, UNSTABLE = 0.9, 1.1
# ρ([[1.5, 1], [−2.5, −1.5]]) = 0.5, but on the positive x axis ReLU leaves of it only 1.5.
GROWING = np.array([[1.5, 1.0], [-2.5, -1.5]])
# ReLU lets no x pass two of these.
VANISHING = np.array([[-1.5, 0.0], [0.0, -1.5]])
# So far from a unit's zero its two sides are compared.
NEAR = 1e-6


def figure_statements(seeds: int) -> pd.DataFrame:
    """Tabulate the numbers behind the statements: statement, case, seed, value, bound."""
    return pd.concat([_shared_depth(seeds), _centroid(), _jumps(seeds)])


def _shared_depth(seeds: int) -> pd.DataFrame:
    """Return ρ(A*(x))^{1/9} of nine equal ReLU layers: the factor that each contributes.

    Of random layers it is the one farthest from what the paper says, over random x.
    """
    on_axis = np.array([[1.0, 0.0]])
    tables = []
    for words, radius, by_hand, worst in (
        ("stable", STABLE, GROWING, np.max),
        ("unstable", UNSTABLE, VANISHING, np.min),
    ):
        drawn = []
        for seed in range(seeds):
            generator = np.random.default_rng([seed, 4])
            matrix = generator.standard_normal((2, 2))
            matrix *= radius / spectral_radius(matrix[None])
            drawn.append(worst(_factor(matrix, generator.standard_normal((200, 2)))))
        values = [*drawn, _factor(by_hand, on_axis).item()]
        cases = [f"random, ρ(A) = {radius:g}"] * seeds + [str(by_hand.tolist())]
        columns = {"case": cases, "seed": [*range(seeds), 0], "value": values, "bound": 1.0}
        tables.append(
            pd.DataFrame({"statement": f"factor of {words} layers that share a weight"} | columns)
        )
    return pd.concat(tables)


def _factor(
    matrix: Float[np.ndarray, "2 2"], x: Float[np.ndarray, "points 2"]
) -> Float[np.ndarray, " points"]:
    network = deep_map("relu", [matrix] * MATRICES)
    factor: np.ndarray = spectral_radius(linearise(network, x).matrix) ** (1 / MATRICES)
    return factor


def _centroid() -> pd.DataFrame:
    """Return the fixed points of relu(a x + 1), which is 1/(1 − a) for 0 ≤ a < 1."""
    shares = np.array([0.0, 0.5, 0.8])
    networks = deep_map("relu", [shares.reshape(-1, 1, 1)], [np.ones((len(shares), 1))])
    roots, _ = newton(networks, np.ones((len(shares), 1, 1)), steps=5)
    axes = {"case": [f"relu({share:g} x + 1)" for share in shares]}
    columns = {"value": roots.ravel(), "bound": 1.0}
    return tabulated(axes, columns, statement="equilibrium of bias 1", seed=0)


def _jumps(seeds: int) -> pd.DataFrame:
    """Return by how much ρ(A*) changes within 2e-6 of where a unit's z is 0."""
    modes: dict[str, tuple[str, Mode]] = {
        "ReLU": ("relu", "literal"),
        "Tanh": ("tanh", "literal"),
        "Sigmoid": ("sigmoid", "literal"),
        "Sigmoid, σ(0) in b*": ("sigmoid", "offset"),
    }
    values = np.empty((len(modes), seeds))
    for seed in range(seeds):
        generator = np.random.default_rng([seed, 5])
        weights = list(generator.standard_normal((2, 2, 2)))
        across = weights[0][0] / np.linalg.norm(weights[0][0])
        along = np.array([-across[1], across[0]])
        x = along + NEAR * np.array([-2.0, -1.0, 1.0, 2.0])[:, None] * across
        for row, (name, mode) in enumerate(modes.values()):
            radii = spectral_radius(linearise(deep_map(name, weights), x, mode).matrix)
            values[row, seed] = np.ptp(radii)
    axes = {"case": list(modes), "seed": range(seeds)}
    return tabulated(axes, {"value": values, "bound": 0.0}, statement="jump of ρ(A*) where z = 0")
