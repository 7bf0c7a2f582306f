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

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.maps.fixed_points import distinct, newton
from neural_spectra.maps.pointwise_affine import linearise, spectral_radius
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.affine_maps.grid_weights import WeightSet
from neural_spectra.studies.affine_maps.linear_region_certificates import region_certificates
from neural_spectra.studies.affine_maps.model_grid import grid_models
from neural_spectra.studies.affine_maps.models import ROUNDING
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
        The table of `grid.models`.
    sets
        The weight sets of its seed.
    radius, length
        The regions of ReLU networks are found in |x_1|, |x_2| ≤ radius, the bounds on the joint
        spectral radius of their Jacobians from products of up to ``length``.

    Returns
    -------
    Computed
        ``counterexamples``: statement, case, holds (in that case), value, bound (what the statement
        says of the value), fails_in, of (how many models violate it, of those that meet its
        conditions), meaning (of value and count).
    """
    equilibria = _equilibria(models, sets)
    rows = [
        _product_of_radii(models),
        _sufficient(models),
        _sufficient_strictly(models),
        *_necessary(models),
        *_equilibrium(models, equilibria),
        _bias(models),
        *_certificates(models, sets, radius, length),
    ]
    residuals = {"equilibrium_formula": float(equilibria["formula_error"].max())}
    return Computed(pd.DataFrame(rows), residuals)


def _product_of_radii(models: pd.DataFrame) -> Row:
    first, second = NILPOTENT
    radius, other, value = spectral_radius(np.stack([first, second, second @ first])).tolist()
    bound = radius * other
    return {
        "statement": "eq. (10): ρ(AB) ≤ ρ(A) ρ(B)",
        "case": "A = [[0, 0], [2, 0]], B = [[0, 2], [0, 0]]",
        "holds": value <= bound,
        "value": value,
        "bound": bound,
        "fails_in": int((models["radius_over_product"] > 1 + 1e-9).sum()),
        "of": len(models),
        "meaning": "value ρ(AB); models with ρ(A*) above the product of their factors' somewhere",
    }


def _sufficient(models: pd.DataFrame) -> Row:
    network = _network(NILPOTENT, "relu")
    x = np.array([[0.0, 1.0]])
    growth = float(np.abs(network(x)).max())
    meeting = models[models["sufficient"]]
    return {
        "statement": "Theorem 6, sufficient: ρ(A_i) ≤ 1 and ρ(Λ) ≤ 1 ⇒ global stability",
        "case": "relu(A relu(B x)) with A and B of eq. (10)",
        "holds": growth <= 1,
        "value": growth,
        "bound": 1.0,
        "fails_in": int(meeting["attractor"].str.startswith("diverging").sum()),
        "of": len(meeting),
        "meaning": "value: growth of (0, 1) per step; models with diverging orbits",
    }


def _sufficient_strictly(models: pd.DataFrame) -> Row:
    network = _network(NILPOTENT, "softshrink")
    guesses = np.array([[[0.0, 0.1], [0.0, 1.0], [0.0, -1.0]]])
    roots, found = newton(network[None], guesses, steps=20)
    count = int(distinct(roots[found], SAME_POINT).max()) + 1
    meeting = models[_strict(models)]
    return {
        "statement": "strict inequalities ⇒ one equilibrium, globally asymptotically stable",
        "case": "softshrink(A softshrink(B x)) with A and B of eq. (10)",
        "holds": count == 1,
        "value": float(count),
        "bound": 1.0,
        "fails_in": int((meeting["attractor"] != "single point").sum()),
        "of": len(meeting),
        "meaning": "value: number of fixed points; models that do not settle on a single point",
    }


def _necessary(models: pd.DataFrame) -> Iterator[Row]:
    network = _network([np.array([[1.0]]), np.array([[-1.5]])], "relu", output_activation=False)
    x = np.linspace(-100.0, 100.0, 2001)[:, None]
    attracted = not network(network(x)).any()
    value = float(spectral_radius(linearise(network, x).matrix).max())
    stable = models[models["attractor"] == "single point"]
    for mode, column in {"σ(0) in b*": "rho_max", "σ(z)/z as printed": "literal_rho_max"}.items():
        yield {
            "statement": f"Theorem 6, necessary: global stability ⇒ ρ(A*(x)) ≤ 1 for all x; {mode}",
            "case": "f(x) = −1.5 relu(x), which takes every x to 0 in two steps",
            "holds": not attracted or value <= 1,
            "value": value,
            "bound": 1.0,
            "fails_in": int((stable[column] > 1 + ROUNDING).sum()),
            "of": len(stable),
            "meaning": "value: largest ρ(A*); models that settle on a single point with ρ(A*) > 1",
        }


def _equilibrium(models: pd.DataFrame, equilibria: pd.DataFrame) -> Iterator[Row]:
    weights, biases = [np.array([[0.9]])] * 2, [np.array([3.0]), np.array([1.0])]
    network = _network(weights, "tanhshrink", biases, output_activation=False)
    roots, _ = newton(network[None], np.zeros((1, 1, 1)), steps=20)
    root = roots[0]
    case = "f(x) = 0.9 tanhshrink(0.9 x + 3) + 1, ρ(A_i) = 0.9, ρ(Λ) < 1"
    strict = equilibria[_strict(models) & models["bias"] & (models["attractor"] == "single point")]
    away = np.abs(root - biases[-1]).item()
    yield {
        "statement": "strict inequalities ⇒ the equilibrium is b_L",
        "case": case,
        "holds": away <= SAME_POINT,
        "value": away,
        "bound": 0.0,
        "fails_in": int((strict["distance"] > SAME_POINT).sum()),
        "of": len(strict),
        "meaning": "value |x̄ − b_L|; models with x̄ neither b_L nor σ(b_L), of those with bias",
    }
    error = float(_formula_error(network, root)[0])
    formula = equilibria["formula_error"].dropna()
    yield {
        "statement": "the equilibrium is (I − A*(x̄))⁻¹ b*(x̄), I − A* regular",
        "case": case,
        "holds": error <= SAME_POINT,
        "value": error,
        "bound": 0.0,
        "fails_in": int((formula > SAME_POINT).sum()),
        "of": len(formula),
        "meaning": "value: distance from x̄; models that settle on a single point elsewhere",
    }


def _bias(models: pd.DataFrame) -> Row:
    guesses = np.linspace(-2.0, 2.0, 9).reshape(1, -1, 1)
    counts = []
    for bias in (0.0, 1.0):
        network = _network([np.array([[1.5]])], "tanh", [np.array([bias])])
        roots, found = newton(network[None], guesses, steps=50)
        counts.append(int(distinct(roots[found], SAME_POINT).max()) + 1)
    # A model with bias is followed by its partner without.
    kinds = models.sort_values("model")["attractor"].to_numpy().reshape(-1, 2)
    return {
        "statement": "bias does not change the dynamics",
        "case": "tanh(1.5 x + 1) and tanh(1.5 x)",
        "holds": counts[1] == counts[0],
        "value": float(counts[1]),
        "bound": float(counts[0]),
        "fails_in": int((kinds[:, 0] != kinds[:, 1]).sum()),
        "of": len(kinds),
        "meaning": "number of fixed points; pairs of models of different classes",
    }


def _certificates(
    models: pd.DataFrame, sets: Sequence[WeightSet], radius: float, length: int
) -> Iterator[Row]:
    """Count the models that a certificate covers, and those of them that it is wrong for."""
    wrong = (models["attractor"] != "single point").to_numpy()
    certified = models["certified"].to_numpy()
    relu = (models["activation"] == "relu").to_numpy()
    names = list(dict.fromkeys(models["activation"]))
    networks = [model.networks[0] for model in grid_models(sets, names)]
    regions = region_certificates([networks[k] for k in np.flatnonzero(relu)], radius, length)
    largest = models.loc[models["certified"], "norm_certificate"].max()
    yield _certificate("Π‖A_i‖₂ Lip(σ)ⁿ < 1", "all activations", largest, certified, wrong)
    for name, values in regions.items():
        below = values[values < 1].max(initial=0.0)
        yield _certificate(f"{name} < 1", "ReLU", float(below), values < 1, wrong[relu])


def _certificate(
    name: str, case: str, largest: float, certified: np.ndarray, wrong: np.ndarray
) -> Row:
    failures = int((certified & wrong).sum())
    return {
        "statement": f"{name} ⇒ one fixed point attracts everything",
        "case": f"the {len(certified)} models: {case}",
        "holds": failures == 0,
        "value": largest,
        "bound": 1.0,
        "fails_in": failures,
        "of": int(certified.sum()),
        "meaning": "value: the largest below 1; certified models that do not settle on one point",
    }


def _strict(models: pd.DataFrame) -> pd.Series:
    return models["sufficient"] & (models["largest_layer_radius"] < 1 - ROUNDING)


def _equilibria(models: pd.DataFrame, sets: Sequence[WeightSet]) -> pd.DataFrame:
    """Return how far the single points are from b_L or σ(b_L), and from the right formula."""
    names = list(dict.fromkeys(models["activation"]))
    points = models[["equilibrium_x", "equilibrium_y"]].to_numpy()
    found = np.full((len(models), 2), np.nan)
    for k, model in enumerate(grid_models(sets, names)):
        if np.isnan(points[k]).any():
            continue
        network, x = model.networks[0], points[[k]]
        bias = network.biases[-1]
        candidates = np.stack([bias, network.activation.function(bias)])
        found[k] = np.abs(candidates - x).max(-1).min(), _formula_error(network, x)[0]
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
    error = np.abs(solved - x).max(-1) / (1 + np.abs(x).max(-1))
    return np.where(regular, error, np.nan)


def _network(
    weights: Sequence[np.ndarray],
    activation: str,
    biases: Sequence[np.ndarray] | None = None,
    output_activation: bool = True,
) -> DeepMap:
    biases = biases or [np.zeros(len(weight)) for weight in weights]
    return DeepMap(tuple(weights), tuple(biases), scalar_activation(activation), output_activation)
