"""The paper's statements on random networks and on small cases that can be computed by hand.

`counterexamples` counts how often some of them fail among the models of Appendix D. The rows here
are what a single statement needs and no other table holds: both sides of an identity, a quantity
and its bound, or the numbers of one counterexample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from jaxtyping import Float

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.stability_classes import PUBLISHED
from neural_spectra.maps.pointwise_affine import linearise
from neural_spectra.networks.deep_maps import DeepMap, deep_map
from neural_spectra.studies.affine_maps.counterexamples import NILPOTENT
from neural_spectra.studies.affine_maps.planar_states import path
from neural_spectra.studies.affine_maps.statements_on_activations import (
    activation_statements,
    printed_quotient,
)
from neural_spectra.studies.affine_maps.statements_on_destabilisation import (
    destabilisation_statements,
)
from neural_spectra.studies.affine_maps.statements_on_figures import figure_statements
from neural_spectra.studies.affine_maps.statements_on_matrices import map_statements
from neural_spectra.studies.tables import Computed, tabulated

# Of the random networks, from R³ to R²; of those whose units are watched for zeros, in the plane.
WIDTHS = 3, 5, 4, 2
PLANAR_WIDTHS = 2, 2, 2, 2
STEPS = 100


def statements(*, seeds: int, points: int) -> Computed:
    """Tabulate what is needed to judge each statement.

    Parameters
    ----------
    seeds
        Number of networks and matrices drawn for a statement about all of them.
    points
        Number of normally distributed states x at which each network is looked at.

    Returns
    -------
    Computed
        ``statements``: statement, case, seed (0 where nothing is random), value, bound (what the
        statement compares the value with). The residual is the largest error of the representation
        with σ(0) in b*, which is exact.
    """
    networks = {name: _networks(WIDTHS, name, seeds) for name in PUBLISHED}
    x = _states(seeds, points, WIDTHS[0], stream=1)
    tables = [
        _lemma_3(networks, x),
        _null_set(seeds, points),
        _eigenvectors(seeds),
        _jacobians(networks, x),
        _growth(),
        activation_statements(),
        map_statements(seeds),
        destabilisation_statements(seeds),
        figure_statements(seeds),
    ]
    errors = [np.nanmax(linearise(network, x).error) for network in networks.values()]
    table = pd.concat(tables, ignore_index=True)[["statement", "case", "seed", "value", "bound"]]
    return Computed(table, {"linearisation": float(max(errors))})


def _lemma_3(networks: dict[str, DeepMap], x: Float[np.ndarray, "seeds points 3"]) -> pd.DataFrame:
    """Compare f(x) with A*(x) x + b*(x), as printed, and the recursion (7) with its solution."""
    origin = np.zeros((len(x), 1, 3))
    found = []
    for network in networks.values():
        plain = _without_bias(network)
        matrix, offset = printed_parts(network, x)
        direct = _direct_offset(network, x)
        found.append(
            [
                _error(plain, x, *printed_parts(plain, x)),
                _error(network, x, matrix, offset),
                _relative(offset - direct, direct),
                _error(plain, origin, *printed_parts(plain, origin)),
            ]
        )
    names = ["Lemma 3 without bias", "Lemma 3 with bias", "recursion (7)", "Lemma 3 at the origin"]
    axes = {"case": list(networks), "statement": names, "seed": range(len(x))}
    return tabulated(axes, {"value": np.array(found), "bound": 0.0})


def _null_set(seeds: int, points: int) -> pd.DataFrame:
    """Return the share of points at which a pre-activation is 0, so that σ(z)/z is not defined."""
    x = _states(seeds, points, PLANAR_WIDTHS[0], stream=2)
    shares = []
    for name in PUBLISHED:
        z = _without_bias(_networks(PLANAR_WIDTHS, name, seeds)).pre_activations(x)
        shares.append((np.concatenate(z, -1) == 0).any(-1).mean(-1))
    axes = {"case": list(PUBLISHED), "seed": range(seeds)}
    columns = {"value": np.array(shares), "bound": 0.0}
    return tabulated(axes, columns, statement="share of undefined points")


def _eigenvectors(seeds: int) -> pd.DataFrame:
    """Return how far the eigenvectors of S are from being those of S Λ, and the axes from Λ's."""
    defects = []
    for seed in range(seeds):
        generator = np.random.default_rng([seed, 3])
        square = generator.normal(size=(3, 3))
        scaling = np.diag(printed_quotient(scalar_activation("tanh"), generator.normal(size=3)))
        symmetric = square + square.T
        vectors = np.linalg.eigh(symmetric).eigenvectors
        defects.append([_defect(scaling, np.eye(3)), _defect(symmetric @ scaling, vectors)])
    axes = {"seed": range(seeds), "case": ["Λ_z", "A*"]}
    columns = {"value": np.array(defects), "bound": 0.0}
    return tabulated(axes, columns, statement="change of eigenvectors")


def _defect(matrix: Float[np.ndarray, "n n"], vectors: Float[np.ndarray, "n n"]) -> float:
    """Return the largest |M v − (vᵀMv) v| / ‖M‖ over unit vectors v, the columns."""
    image = matrix @ vectors
    rest = image - vectors * (vectors * image).sum(0)
    return float(np.linalg.norm(rest, axis=0).max() / np.linalg.norm(matrix, 2))


def _jacobians(
    networks: dict[str, DeepMap], x: Float[np.ndarray, "seeds points 3"]
) -> pd.DataFrame:
    """Compare A* with the Jacobian, and ReLU's Jacobian at states with the same signs."""
    axes = {"case": list(networks), "seed": range(len(x))}
    found = []
    for network in networks.values():
        jacobian = network.jacobian(x)
        found.append(_relative(printed_parts(network, x)[0] - jacobian, jacobian))
    positive = networks["relu"].jacobian(np.abs(x))
    change = _relative(positive - positive[:, :1], positive[:, :1])
    whole = tabulated(axes, {"value": np.array(found), "bound": 0.0}, statement="A* and Jacobian")
    within = {"statement": "Jacobian in one orthant", "case": "relu", "seed": range(len(x))}
    return pd.concat([whole, pd.DataFrame(within | {"value": change, "bound": 0.0})])


def _growth() -> pd.DataFrame:
    """Return the growth per step of orbits that the conditions of Theorem 6 call stable."""
    ones = [np.ones(2)] * 2
    cases = {
        "sufficient, with bias": (deep_map("relu", NILPOTENT, ones), [0.0, 1.0]),
        "strictly sufficient": (deep_map("softshrink", NILPOTENT), [0.0, 10.0]),
        "strictly necessary": (rotation_with_a_kink(), [1.0, 0.0]),
    }
    values = []
    for network, start in cases.values():
        # The first half of the orbit is left out: a bias weighs there.
        orbit = path(network, np.array([start]), 2 * STEPS)
        _, half, whole = np.linalg.norm(orbit[::STEPS, 0], axis=-1)
        values.append((whole / half) ** (1 / STEPS))
    columns = {"value": values, "bound": 1.0}
    return tabulated({"case": list(cases)}, columns, statement="growth per step", seed=0)


def rotation_with_a_kink() -> DeepMap:
    """Return the map [[−0.3, 1], [−0.9, 0]] x for x_1 < 0 and [[−1.6, 1], [−0.9, 0]] x otherwise.

    As a ReLU network of the units ±x_1 and ±x_2. Both matrices have complex eigenvalues of modulus
    √0.9, and on the axes of the units A* is smaller still; an orbit that changes sides grows.
    """
    units = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    output = np.array([[-1.6, 0.3, 1.0, -1.0], [-0.9, 0.9, 0.0, 0.0]])
    return deep_map("relu", [units, output], output_activation=False)


def printed_parts(
    network: DeepMap, x: Float[np.ndarray, "*batch points in"]
) -> tuple[Float[np.ndarray, "*batch points out in"], Float[np.ndarray, "*batch points out"]]:
    """Return A*(x) by eq. (5) and b*(x) by the recursion (7), with σ'(0) for Λ where z_i = 0."""
    matrix = np.eye(network.dimension)
    offset = np.zeros((1, network.dimension))
    for layer, scaling in zip(network.layers, _scalings(network, x), strict=True):
        weight = layer.weight[..., None, :, :]
        matrix = scaling[..., None] * (weight @ matrix)
        offset = scaling * ((weight @ offset[..., None])[..., 0] + layer.bias[..., None, :])
    return matrix, offset


def _direct_offset(
    network: DeepMap, x: Float[np.ndarray, "*batch points in"]
) -> Float[np.ndarray, "*batch points out"]:
    """Return b*(x) = Σ_i A_L Λ_L ⋯ A_{i+1} Λ_{i+1} b_i, what the recursion (7) adds up."""
    after = np.eye(network.biases[-1].shape[-1])
    total = np.zeros(network.biases[-1].shape[-1])
    for layer, scaling in zip(
        reversed([*network.layers]), _scalings(network, x)[::-1], strict=True
    ):
        after = after * scaling[..., None, :]
        total = total + (after @ layer.bias[..., None, :, None])[..., 0]
        after = after @ layer.weight[..., None, :, :]
    return total


def _scalings(network: DeepMap, x: Float[np.ndarray, "*batch points in"]) -> list[np.ndarray]:
    """Return the diagonal of Λ_z of every layer, 1 where no activation follows."""
    layers = zip(network.activations, network.pre_activations(x), strict=True)
    found = [printed_quotient(activation, z) for activation, z in layers]
    return found if network.output_activation else [*found, np.ones(1)]


def _error(
    network: DeepMap, x: np.ndarray, matrix: np.ndarray, offset: np.ndarray
) -> Float[np.ndarray, " seeds"]:
    """Return the largest |A* x + b* − f(x)| / (1 + |f(x)|) of each network."""
    f = network(x)
    return _relative((matrix @ x[..., None])[..., 0] + offset - f, f)


def _relative(difference: np.ndarray, reference: np.ndarray) -> Float[np.ndarray, " seeds"]:
    """Return the largest entry of a difference relative to 1 + the reference, for each network."""
    ratio = np.abs(difference) / (1 + np.abs(reference))
    largest: np.ndarray = ratio.max(tuple(range(1, ratio.ndim)))
    return largest


def _states(
    seeds: int, points: int, dimension: int, stream: int
) -> Float[np.ndarray, "seeds points n"]:
    """Draw normally distributed states for each seed, from one of its streams."""
    generators = [np.random.default_rng([seed, stream]) for seed in range(seeds)]
    return np.stack([generator.normal(size=(points, dimension)) for generator in generators])


def _networks(widths: Sequence[int], activation: str, seeds: int) -> DeepMap:
    """Draw a batch of networks as eq. (3) has them; all activations get the same weights."""
    generators = [np.random.default_rng([seed, 0]) for seed in range(seeds)]
    weights, biases = [], []
    for columns, rows in pairwise(widths):
        weights.append(np.stack([g.normal(size=(rows, columns)) for g in generators]))
        biases.append(np.stack([g.normal(size=rows) for g in generators]))
    return deep_map(activation, weights, biases, output_activation=False)


def _without_bias(network: DeepMap) -> DeepMap:
    return replace(network, biases=tuple(map(np.zeros_like, network.biases)))
