"""The 24 activation functions of Drgoňa et al. (arXiv:2011.13492), footnotes 1–3, on NumPy arrays.

A network is written as a pointwise affine map by means of the quotients (σ(z) − σ(0))/z of its
activation, so every entry has its quotient in a form that neither divides by 0 nor cancels. With it
come the constants by which the paper sorts the functions (Lemmas 8 and 10, Fig. 1), and the class
that the paper gives beside the class that these constants give.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from neural_spectra.activations.parameter_families import (
    Array,
    CatalogueActivation,
    aplu,
    blu,
    elu,
    exponential_unit,
    pelu,
    soft_exponential,
    two_slopes,
)
from neural_spectra.errors import look_up


def _softplus(z: Array) -> Array:
    value: Array = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    return value


def _softplus_quotient(z: Array) -> Array:
    # On the left (softplus(z) − ln 2)/z without cancellation, on the right by the symmetry
    # softplus(z) = z + softplus(−z).
    distance = np.maximum(np.abs(z), 1e-300)
    left = -np.log1p(np.expm1(-distance) / 2) / distance
    quotient: Array = np.where(z > 0, 1 - left, left)
    return quotient


def _tanh_quotient(z: Array) -> Array:
    z = np.maximum(np.abs(z), 1e-300)
    quotient: Array = np.tanh(z) / z
    return quotient


def _gelu_slope(z: Array) -> Array:
    slope: Array = special.ndtr(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return slope


# Where the functions have parameters, the values are PyTorch's defaults and, for those that PyTorch
# has not, the ones that the authors start training from. For APLU these are random: two hinges at
# their mean, a = b = 1/2, act as one with a = 1.
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
_TABLE = [
    soft_exponential(0.0),
    blu(1.0, 0.0),
    two_slopes("PReLU", "max(0, z) + a min(0, z)", 0.25),
    two_slopes("ReLU", "max(0, z)", 0.0),
    CatalogueActivation(
        "GELU",
        "z Phi(z), Phi the standard normal distribution function",
        function=lambda z: z * special.ndtr(z),
        slope=_gelu_slope,
        quotient=special.ndtr,
        lipschitz=_gelu_slope(np.array([math.sqrt(2)])).item(),
    ),
    two_slopes("RReLU", "max(0, z) + a min(0, z), a the mean slope", (1 / 8 + 1 / 3) / 2),
    CatalogueActivation(
        "Hardtanh",
        "min(1, max(-1, z))",
        function=lambda z: np.clip(z, -1, 1),
        slope=lambda z: np.where(np.abs(z) < 1, 1.0, 0.0),
        quotient=lambda z: 1 / np.maximum(np.abs(z), 1),
    ),
    CatalogueActivation(
        "ReLU6",
        "min(6, max(0, z))",
        function=lambda z: np.clip(z, 0, 6),
        slope=lambda z: np.where((z > 0) & (z < 6), 1.0, 0.0),
        quotient=lambda z: np.where(z > 0, 6 / np.maximum(z, 6), 0.0),
    ),
    CatalogueActivation(
        "Tanh",
        "tanh(z)",
        function=np.tanh,
        slope=lambda z: 4 * special.expit(2 * z) * special.expit(-2 * z),
        quotient=_tanh_quotient,
    ),
    elu(1.0),
    exponential_unit(
        "CELU",
        "z for z > 0, a (exp(z/a) - 1) below",
        "asymptotically stable",
        {"a": 1.0},
        right=1.0,
        left=1.0,
        width=1.0,
    ),
    CatalogueActivation(
        "Hardshrink",
        "z for |z| > a, 0 otherwise",
        function=lambda z: np.where(np.abs(z) > 0.5, z, 0.0),
        slope=lambda z: np.where(np.abs(z) > 0.5, 1.0, 0.0),
        quotient=lambda z: np.where(np.abs(z) > 0.5, 1.0, 0.0),
        lipschitz=math.inf,
        parameters={"a": 0.5},
    ),
    two_slopes("LeakyReLU", "max(0, z) + a min(0, z)", 0.01),
    CatalogueActivation(
        "Softshrink",
        "sign(z) max(0, |z| - a)",
        function=lambda z: z - np.clip(z, -0.5, 0.5),
        slope=lambda z: np.where(np.abs(z) > 0.5, 1.0, 0.0),
        quotient=lambda z: 1 - 0.5 / np.maximum(np.abs(z), 0.5),
        parameters={"a": 0.5},
    ),
    CatalogueActivation(
        "Softsign",
        "z/(1 + |z|)",
        function=lambda z: z / (1 + np.abs(z)),
        slope=lambda z: 1 / (1 + np.abs(z)) ** 2,
        quotient=lambda z: 1 / (1 + np.abs(z)),
    ),
    CatalogueActivation(
        "Tanhshrink",
        "z - tanh(z)",
        function=lambda z: z - np.tanh(z),
        slope=lambda z: np.tanh(z) ** 2,
        quotient=lambda z: 1 - _tanh_quotient(z),
    ),
    aplu(1.0, 0.5),
    pelu(1.0, 1.0),
    CatalogueActivation(
        "Sigmoid",
        "1/(1 + exp(-z))",
        function=special.expit,
        slope=lambda z: special.expit(z) * special.expit(-z),
        quotient=lambda z: _tanh_quotient(z / 2) / 4,
        paper_class="BIBO",
        offset=0.5,
        lipschitz=0.25,
        largest_quotient=math.inf,
        stable_beyond=0.6590460684074067,  # the fixed point of the sigmoid
    ),
    CatalogueActivation(
        "Hardsigmoid",
        "min(1, max(0, z/6 + 1/2))",
        function=lambda z: np.clip(z / 6 + 0.5, 0, 1),
        slope=lambda z: np.where(np.abs(z) < 3, 1 / 6, 0.0),
        quotient=lambda z: 0.5 / np.maximum(np.abs(z), 3),
        paper_class="BIBO",
        offset=0.5,
        lipschitz=1 / 6,
        largest_quotient=math.inf,
        stable_beyond=0.6,
    ),
    CatalogueActivation(
        "Hardswish",
        "z min(1, max(0, z/6 + 1/2))",
        function=lambda z: z * np.clip(z / 6 + 0.5, 0, 1),
        slope=lambda z: np.where(np.abs(z) < 3, z / 3 + 0.5, np.where(z > 0, 1.0, 0.0)),
        quotient=lambda z: np.clip(z / 6 + 0.5, 0, 1),
        paper_class="unstable regions",
        lipschitz=1.5,
    ),
    exponential_unit(
        "SELU",
        "s z for z > 0, s a (exp(z) - 1) below",
        "unstable regions",
        {"s": _SELU_SCALE, "a": _SELU_ALPHA},
        right=_SELU_SCALE,
        left=_SELU_SCALE * _SELU_ALPHA,
        width=1.0,
    ),
    CatalogueActivation(
        "LogSigmoid",
        "-ln(1 + exp(-z))",
        function=lambda z: -_softplus(-z),
        slope=lambda z: special.expit(-z),
        quotient=lambda z: _softplus_quotient(-z),
        paper_class="unstable regions",
        offset=-math.log(2),
        largest_quotient=math.inf,
        stable_beyond=math.inf,
    ),
    CatalogueActivation(
        "Softplus",
        "ln(1 + exp(z))",
        function=_softplus,
        slope=special.expit,
        quotient=_softplus_quotient,
        paper_class="unstable regions",
        offset=math.log(2),
        largest_quotient=math.inf,
        stable_beyond=math.inf,
    ),
]
CATALOGUE = {activation.name: activation for activation in _TABLE}


def catalogue_activation(name: str) -> CatalogueActivation:
    """Look an activation up in `CATALOGUE`.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return look_up("activation", name, CATALOGUE)


def stability_table() -> list[dict[str, str | float | bool]]:
    """Return a row for every activation: its constants, the paper's class and the computed one."""
    return [
        {
            "name": activation.name,
            "label": activation.label,
            "formula": activation.formula,
            "parameters": ", ".join(f"{k} = {v:.6g}" for k, v in activation.parameters.items()),
            "offset": activation.offset,
            "slope_at_0": activation.slope(np.zeros(1)).item(),
            "lipschitz": activation.lipschitz,
            "largest_quotient": activation.largest_quotient,
            "stable_beyond": activation.stable_beyond,
            "paper_class": activation.paper_class,
            "computed_class": activation.computed_class,
            "agree": activation.paper_class == activation.computed_class,
        }
        for activation in CATALOGUE.values()
    ]
