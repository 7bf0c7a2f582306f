"""What the paper concludes from spectral radii, each with a case and how often it fails.

A statement is judged by one small network that can be checked by hand, and by the 828 models of
Appendix D. Its activations all have sup |σ(z)/z| ≥ 1, so "strict inequalities" can only mean the
weights there; the small networks have strict ones throughout. Below, the models' equilibria and
classes are numerical evidence, the certificates and the small networks are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.maps.certificates_of_maps import joint_spectral_radius, linear_regions
from neural_spectra.maps.fixed_points import distinct, newton, size
from neural_spectra.maps.pointwise_affine import linearise, singular_values, spectral_radius
from neural_spectra.networks.deep_maps import DeepMap, deep_map
from neural_spectra.studies.affine_maps.appendix_d import grid_models
from neural_spectra.studies.affine_maps.models import ROUNDING
from neural_spectra.studies.affine_maps.weight_sets import WeightSet
from neural_spectra.studies.tables import Computed

Row = dict[str, Any]

# Both have no eigenvalue but 0, their product has 4.
NILPOTENT = np.array([[0.0, 2.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [2.0, 0.0]])
# Equilibria this close, relative to 1 + their size, count as equal.
SAME_POINT = 1e-6
# With a larger condition number, x̄ is not found from A* and b* to that accuracy.
LARGEST_CONDITION = 1e8


def counterexamples(
    models: pd.DataFrame, sets: Sequence[WeightSet], *, radius: float, length: int
) -> Computed:
    """Judge the paper's statements on small networks and on the models of the grid.

    Parameters
    ----------
    models
        The table of `models.models`.
    sets
        The weight sets of its seed.
    radius, length
        The regions of ReLU networks are found in |x_1|, |x_2| ≤ radius, the bounds on the joint
        spectral radius of their Jacobians from products of up to ``length``.

    Returns
    -------
    Computed
        ``counterexamples``; docs/data_dictionary.md has its columns.
    """
    every = grid_models(sets, models["activation"].unique().tolist())
    networks = [model.networks[0] for model in every]
    single = models["attractor"] == "single point"
    strict = models["sufficient"] & (models["largest_layer_radius"] < 1 - ROUNDING)
    equilibria = _equilibria(models, networks)
    rows = [
        _product_of_radii(models),
        _sufficient(models[models["sufficient"]]),
        _sufficient_strictly(~single[strict]),
        *_necessary(models[single]),
        *_equilibrium(equilibria[strict & single & models["bias"]], equilibria),
        _bias(models),
        *_certificates(models, networks, radius, length),
    ]
    residuals = {"equilibrium_formula": float(equilibria["formula_error"].max())}
    return Computed(pd.DataFrame(rows), residuals)


def _row(
    statement: str, case: str, holds: bool, value: float, bound: float, failing: Any, meaning: str
) -> Row:
    """Return a row; ``failing`` tells of each model that meets the conditions if it violates it."""
    counts = {"fails_in": int(failing.sum()), "of": len(failing), "meaning": meaning}
    said = {"statement": statement, "case": case, "holds": holds}
    return said | {"value": value, "bound": bound} | counts


def _product_of_radii(models: pd.DataFrame) -> Row:
    first, second = NILPOTENT
    radius, other, value = spectral_radius(np.stack([first, second, second @ first])).tolist()
    return _row(
        "eq. (10): ρ(AB) ≤ ρ(A) ρ(B)",
        "A = [[0, 0], [2, 0]], B = [[0, 2], [0, 0]]",
        value <= radius * other,
        value,
        radius * other,
        models["radius_over_product"] > 1 + 1e-9,
        "value ρ(AB); models with ρ(A*) above the product of their factors' somewhere",
    )


def _sufficient(meeting: pd.DataFrame) -> Row:
    growth = np.abs(deep_map("relu", NILPOTENT)(np.array([[0.0, 1.0]]))).max().item()
    return _row(
        "Theorem 6, sufficient: ρ(A_i) ≤ 1 and ρ(Λ) ≤ 1 ⇒ global stability",
        "relu(A relu(B x)) with A and B of eq. (10)",
        growth <= 1,
        growth,
        1.0,
        meeting["attractor"].str.startswith("diverging"),
        "value: growth of (0, 1) per step; models with diverging orbits",
    )


def _sufficient_strictly(failing: pd.Series) -> Row:
    guesses = np.array([[[0.0, 0.1], [0.0, 1.0], [0.0, -1.0]]])
    count = _fixed_points(deep_map("softshrink", NILPOTENT), guesses)
    return _row(
        "strict inequalities ⇒ one equilibrium, globally asymptotically stable",
        "softshrink(A softshrink(B x)) with A and B of eq. (10)",
        count == 1,
        count,
        1.0,
        failing,
        "value: number of fixed points; models that do not settle on a single point",
    )


def _fixed_points(network: DeepMap, guesses: np.ndarray) -> float:
    """Return how many fixed points Newton's method finds from these guesses."""
    roots, found = newton(network[None], guesses, steps=50)
    return float(distinct(roots[found], SAME_POINT).max() + 1)


def _necessary(stable: pd.DataFrame) -> Iterator[Row]:
    weights = [np.array([[1.0]]), np.array([[-1.5]])]
    network = deep_map("relu", weights, output_activation=False)
    x = np.linspace(-100.0, 100.0, 2001)[:, None]
    attracted = not network(network(x)).any()
    value = spectral_radius(linearise(network, x).matrix).max().item()
    for mode, column in {"σ(0) in b*": "rho_max", "σ(z)/z as printed": "literal_rho_max"}.items():
        yield _row(
            f"Theorem 6, necessary: global stability ⇒ ρ(A*(x)) ≤ 1 for all x; {mode}",
            "f(x) = −1.5 relu(x), which takes every x to 0 in two steps",
            not attracted or value <= 1,
            value,
            1.0,
            stable[column] > 1 + ROUNDING,
            "value: largest ρ(A*); models that settle on a single point with ρ(A*) > 1",
        )


def _equilibrium(strict: pd.DataFrame, equilibria: pd.DataFrame) -> Iterator[Row]:
    weights, biases = [np.array([[0.9]])] * 2, [np.array([3.0]), np.array([1.0])]
    network = deep_map("tanhshrink", weights, biases, output_activation=False)
    (root,), _ = newton(network[None], np.zeros((1, 1, 1)), steps=20)
    case = "f(x) = 0.9 tanhshrink(0.9 x + 3) + 1, ρ(A_i) = 0.9, ρ(Λ) < 1"
    away, error = np.abs(root - biases[-1]).item(), _formula_error(network, root).item()
    yield _row(
        "strict inequalities ⇒ the equilibrium is b_L",
        case,
        away <= SAME_POINT,
        away,
        0.0,
        strict["distance"] > SAME_POINT,
        "value |x̄ − b_L|; models with x̄ neither b_L nor σ(b_L), of those with bias",
    )
    yield _row(
        "the equilibrium is (I − A*(x̄))⁻¹ b*(x̄), I − A* regular",
        case,
        error <= SAME_POINT,
        error,
        0.0,
        equilibria["formula_error"].dropna() > SAME_POINT,
        "value: distance from x̄; models that settle on a single point elsewhere",
    )


def _bias(models: pd.DataFrame) -> Row:
    guesses = np.linspace(-2.0, 2.0, 9).reshape(1, -1, 1)
    without, biased = (
        _fixed_points(deep_map("tanh", [np.array([[1.5]])], [np.array([bias])]), guesses)
        for bias in (0.0, 1.0)
    )
    # A model with bias is followed by its partner without.
    kinds = models.sort_values("model")["attractor"].to_numpy().reshape(-1, 2)
    return _row(
        "bias does not change the dynamics",
        "tanh(1.5 x + 1) and tanh(1.5 x)",
        biased == without,
        biased,
        without,
        kinds[:, 0] != kinds[:, 1],
        "number of fixed points; pairs of models of different classes",
    )


def _certificates(
    models: pd.DataFrame, networks: Sequence[DeepMap], radius: float, length: int
) -> Iterator[Row]:
    """Count the models that a certificate covers, and those of them that it is wrong for."""
    relu = (models["activation"] == "relu").to_numpy()
    norms, joint = [], []
    for k in np.flatnonzero(relu).tolist():
        jacobians = np.stack([region.jacobian for region in linear_regions(networks[k], radius)])
        jacobians = np.unique(jacobians.reshape(-1, 4), axis=0).reshape(-1, 2, 2)
        norms.append(singular_values(jacobians)[:, 0].max())
        joint.append(joint_spectral_radius(jacobians, length)[1])
    wrong = (models["attractor"] != "single point").to_numpy()
    for name, case, values, failing in (
        ("Π‖A_i‖₂ Lip(σ)ⁿ", "all activations", models["norm_certificate"].to_numpy(), wrong),
        ("largest norm of a region's Jacobian", "ReLU", np.array(norms), wrong[relu]),
        ("joint spectral radius of the regions' Jacobians", "ReLU", np.array(joint), wrong[relu]),
    ):
        certified = values < 1
        yield _row(
            f"{name} < 1 ⇒ one fixed point attracts everything",
            f"the {len(values)} models: {case}",
            not failing[certified].any(),
            values[certified].max(initial=0.0).item(),
            1.0,
            failing[certified],
            "value: the largest below 1; certified models that do not settle on one point",
        )


def _equilibria(models: pd.DataFrame, networks: Sequence[DeepMap]) -> pd.DataFrame:
    """Return how far the single points are from b_L or σ(b_L), and from the right formula."""
    points = models[["equilibrium_x", "equilibrium_y"]].to_numpy()
    found = np.full((len(models), 2), np.nan)
    for k in np.flatnonzero(~np.isnan(points).any(-1)).tolist():
        network, x = networks[k], points[[k]]
        bias = network.biases[-1]
        candidates = np.stack([bias, network.activations[-1].function(bias)])
        found[k] = size(candidates - x).min(), _formula_error(network, x)[0]
    return pd.DataFrame(found, index=models.index, columns=["distance", "formula_error"])


def _formula_error(network: DeepMap, x: np.ndarray) -> np.ndarray:
    """Return |(I − A*(x))⁻¹ b*(x) − x| / (1 + |x|), NaN where I − A* is close to singular.

    It is so at every equilibrium x ≠ 0 of a map with b* = 0, an eigenvector for the eigenvalue 1.
    """
    maps = linearise(network, x)
    matrix = np.eye(x.shape[-1]) - maps.matrix
    regular = np.linalg.cond(matrix) < LARGEST_CONDITION
    solvable = np.where(regular[:, None, None], matrix, np.eye(x.shape[-1]))
    solved = np.linalg.solve(solvable, maps.offset[..., None])[..., 0]
    return np.where(regular, size(solved - x) / (1 + size(x)), np.nan)
