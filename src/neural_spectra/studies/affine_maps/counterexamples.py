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

from neural_spectra.maps.fixed_points import distinct, newton, size
from neural_spectra.maps.joint_spectral_radius import joint_spectral_radius
from neural_spectra.maps.linear_regions import linear_regions
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
    statement: str,
    in_words: str,
    case: str,
    *,
    holds: bool,
    measured: str,
    value: float,
    bound: float,
    counted: str,
    failing: Any,
) -> Row:
    """Return a row; ``failing`` tells of each model that meets the conditions if it violates it."""
    said = {"statement": statement, "in_words": in_words, "case": case, "holds": holds}
    found = {"measured": measured, "value": value, "bound": bound}
    return said | found | {"counted": counted, "fails_in": int(failing.sum()), "of": len(failing)}


def _product_of_radii(models: pd.DataFrame) -> Row:
    first, second = NILPOTENT
    radius, other, value = spectral_radius(np.stack([first, second, second @ first])).tolist()
    return _row(
        "eq. (10): ρ(AB) ≤ ρ(A) ρ(B)",
        "The spectral radius of a product of matrices is at most the product of their radii.",
        "A = [[0, 0], [2, 0]] and B = [[0, 2], [0, 0]], with radius 0 each",
        holds=value <= radius * other,
        measured="spectral radius of AB",
        value=value,
        bound=radius * other,
        counted="models whose A* has, at some x, a larger radius than the product of its factors'",
        failing=models["radius_over_product"] > 1 + 1e-9,
    )


def _sufficient(meeting: pd.DataFrame) -> Row:
    growth = np.abs(deep_map("relu", NILPOTENT)(np.array([[0.0, 1.0]]))).max().item()
    return _row(
        "Theorem 6, sufficient: ρ(A_i) ≤ 1 and ρ(Λ) ≤ 1 ⇒ global stability",
        "Layers and activation factors with spectral radii of at most 1 make a network stable.",
        "f(x) = relu(A relu(B x)) with these A and B",
        holds=growth <= 1,
        measured="factor by which (0, 1) grows in each step",
        value=growth,
        bound=1.0,
        counted="models that meet the condition and have orbits that run to infinity",
        failing=meeting["attractor"].str.startswith("diverging"),
    )


def _sufficient_strictly(failing: pd.Series) -> Row:
    guesses = np.array([[[0.0, 0.1], [0.0, 1.0], [0.0, -1.0]]])
    count = _fixed_points(deep_map("softshrink", NILPOTENT), guesses)
    return _row(
        "strict inequalities ⇒ one equilibrium, globally asymptotically stable",
        "If these radii are below 1, there is one equilibrium, and it attracts every orbit.",
        "f(x) = softshrink(A softshrink(B x)) with these A and B",
        holds=count == 1,
        measured="number of equilibria",
        value=count,
        bound=1.0,
        counted="models that meet the condition and do not settle on a single point",
        failing=failing,
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
    modes = {
        "σ(0) in b*": ("with σ(0) in b*", "rho_max"),
        "σ(z)/z as printed": ("with σ(z)/z, as printed", "literal_rho_max"),
    }
    for mode, (words, column) in modes.items():
        yield _row(
            f"Theorem 6, necessary: global stability ⇒ ρ(A*(x)) ≤ 1 for all x; {mode}",
            f"If every orbit settles on one point, A* has radii of at most 1 everywhere ({words}).",
            "f(x) = −1.5 relu(x), which takes every x to 0 in two steps",
            holds=not attracted or value <= 1,
            measured="largest spectral radius of A*",
            value=value,
            bound=1.0,
            counted="models that settle on a single point although A* has a larger one somewhere",
            failing=stable[column] > 1 + ROUNDING,
        )


def _equilibrium(strict: pd.DataFrame, equilibria: pd.DataFrame) -> Iterator[Row]:
    weights, biases = [np.array([[0.9]])] * 2, [np.array([3.0]), np.array([1.0])]
    network = deep_map("tanhshrink", weights, biases, output_activation=False)
    (root,), _ = newton(network[None], np.zeros((1, 1, 1)), steps=20)
    case = "f(x) = 0.9 tanhshrink(0.9 x + 3) + 1"
    away, error = np.abs(root - biases[-1]).item(), _formula_error(network, root).item()
    yield _row(
        "strict inequalities ⇒ the equilibrium is b_L",
        "If these radii are below 1, the equilibrium is the bias of the last layer.",
        case,
        holds=away <= SAME_POINT,
        measured="distance of the equilibrium from that bias",
        value=away,
        bound=0.0,
        counted="models with bias whose equilibrium is neither that bias nor σ of it",
        failing=strict["distance"] > SAME_POINT,
    )
    yield _row(
        "the equilibrium is (I − A*(x̄))⁻¹ b*(x̄), I − A* regular",
        "The equilibrium x̄ is (I − A*(x̄))⁻¹ b*(x̄), where the inverse exists.",
        case,
        holds=error <= SAME_POINT,
        measured="distance of the equilibrium from that point",
        value=error,
        bound=0.0,
        counted="models that settle on a single point, but another one",
        failing=equilibria["formula_error"].dropna() > SAME_POINT,
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
        "A bias does not change the kind of dynamics.",
        "f(x) = tanh(1.5 x + 1), beside tanh(1.5 x)",
        holds=biased == without,
        measured="number of equilibria, with bias and without",
        value=biased,
        bound=without,
        counted="pairs of a model with bias and one without that settle differently",
        failing=kinds[:, 0] != kinds[:, 1],
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
    for name, words, case, values, failing in (
        (
            "Π‖A_i‖₂ Lip(σ)ⁿ",
            "the product of the layers' norms and the activations' Lipschitz constants",
            "models with all activations",
            models["norm_certificate"].to_numpy(),
            wrong,
        ),
        (
            "largest norm of a region's Jacobian",
            "the largest norm of the Jacobian of a linear region",
            "ReLU models",
            np.array(norms),
            wrong[relu],
        ),
        (
            "joint spectral radius of the regions' Jacobians",
            "the joint spectral radius of the Jacobians of all linear regions",
            "ReLU models",
            np.array(joint),
            wrong[relu],
        ),
    ):
        certified = values < 1
        yield _row(
            f"{name} < 1 ⇒ one fixed point attracts everything",
            f"If {words} is below 1, one point attracts every orbit.",
            f"the {len(values)} {case}",
            holds=not failing[certified].any(),
            measured="largest of these numbers that is below 1",
            value=values[certified].max(initial=0.0).item(),
            bound=1.0,
            counted="models that meet the condition and do not settle on a single point",
            failing=failing[certified],
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
