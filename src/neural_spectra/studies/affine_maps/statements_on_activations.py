"""The paper's statements about single activation functions, with numbers for each (section 3.3)."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from neural_spectra.activations.parameter_families import (
    blu,
    elu,
    pelu,
    soft_exponential,
    two_slopes,
)
from neural_spectra.activations.scalar_activation import Array, ScalarActivation
from neural_spectra.activations.stability_classes import PUBLISHED
from neural_spectra.networks.deep_maps import deep_map

# Activations whose parameters decide on their class, with the values that training may reach.
MEMBERS: dict[str, dict[str, ScalarActivation]] = {
    "elu": {f"a = {a:g}": elu(a) for a in (0.5, 1.0, 2.0)},
    "prelu": {f"a = {a:g}": two_slopes("prelu", "", a) for a in (0.25, 1.0, 2.0)},
    "softexponential": {f"a = {a:g}": soft_exponential(a) for a in (0.0, 0.5, 1.0)},
    "blu": {f"b = {b:g}": blu(1.0, b) for b in (-0.5, 0.0, 0.5)},
    "pelu": {f"a = {a:g}, b = {b:g}": pelu(a, b) for a, b in ((1.0, 1.0), (1.0, 2.0), (2.0, 1.0))},
}
MAGNITUDES = np.geomspace(1e-6, 1e2, 801)
ARGUMENTS = np.concatenate([-MAGNITUDES[::-1], MAGNITUDES])
LIPSCHITZ = 0.9
LAYERS = 20


def printed_quotient(activation: ScalarActivation, z: Array) -> Array:
    """Return σ(z)/z, and σ'(0) at z = 0 (Remark 11)."""
    apart = np.where(z == 0, 1.0, z)
    quotient: Array = np.where(
        z == 0, activation.slope(np.zeros(1)), activation.function(apart) / apart
    )
    return quotient


def activation_statements() -> pd.DataFrame:
    """Tabulate the numbers behind the statements: statement, case, seed, value, bound."""
    return pd.concat([_quotients(), _lemma_8(), _gradients()])


def _rows(statement: str, values: Mapping[str, float], bound: float) -> pd.DataFrame:
    """Return a row for each case, none of them random."""
    columns = {"case": list(values), "value": list(values.values())}
    return pd.DataFrame({"statement": statement, "seed": 0, "bound": bound} | columns)


def _quotients() -> pd.DataFrame:
    """Return the largest |σ(z)/z| of the published functions, and of the members of families."""
    lists = {"largest quotient": PUBLISHED}
    lists |= {f"largest quotient of {family}": members for family, members in MEMBERS.items()}
    return pd.concat(
        _rows(statement, {name: _largest_quotient(sigma) for name, sigma in listed.items()}, 1.0)
        for statement, listed in lists.items()
    )


def _lemma_8() -> pd.DataFrame:
    """Scale activations to a Lipschitz constant below 1 and return their largest quotient."""
    named = {
        name: LIPSCHITZ / sigma.lipschitz * _largest_quotient(sigma)
        for name, sigma in PUBLISHED.items()
        if sigma.offset == 0 and sigma.lipschitz < math.inf
    }
    return _rows("Lemma 8", named, LIPSCHITZ)


def _gradients() -> pd.DataFrame:
    """Return the growth per layer of the gradient of deep networks, at a fixed point of theirs."""
    cases = {
        "sigmoid(x - 1/2) at 1/2": _slope_per_layer("sigmoid", 1.0, -0.5, 0.5),
        "hardsigmoid(x - 1/2) at 1/2": _slope_per_layer("hardsigmoid", 1.0, -0.5, 0.5),
        "sigmoid(8 x - 4) at 1/2": _slope_per_layer("sigmoid", 8.0, -4.0, 0.5),
        "hardsigmoid(8 x - 4) at 1/2": _slope_per_layer("hardsigmoid", 8.0, -4.0, 0.5),
    }
    return _rows("gradient per layer", cases, 1.0)


def _slope_per_layer(activation: str, weight: float, bias: float, x: float) -> float:
    weights, biases = [np.array([[weight]])] * LAYERS, [np.array([bias])] * LAYERS
    network = deep_map(activation, weights, biases)
    gradient = network.jacobian(np.array([[x]])).item()
    return float(gradient ** (1 / LAYERS))


def _largest_quotient(activation: ScalarActivation) -> float:
    return float(np.abs(printed_quotient(activation, ARGUMENTS)).max())
