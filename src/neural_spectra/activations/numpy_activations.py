"""The scalar activation functions on NumPy arrays: those of recurrent networks and of deep maps."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.special import expit, ndtr

from neural_spectra.activations import parameter_families as families
from neural_spectra.activations.activation_names import name_and_parameter
from neural_spectra.activations.potentials_and_quotients import (
    sigmoid_potential,
    softplus_potential,
    softplus_quotient,
    tanh_potential,
    tanh_quotient,
)
from neural_spectra.activations.scalar_activation import Array, ScalarActivation
from neural_spectra.errors import look_up


# 1 − tanh² z and 1 − σ(z) would lose all digits far from 0.
def _sigmoid_slope(z: Array) -> Array:
    decay: Array = np.exp(-np.abs(z))
    return decay / (1 + decay) ** 2


def _tanh_slope(z: Array) -> Array:
    return 4 * _sigmoid_slope(2 * z)


def _softplus(z: Array) -> Array:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _silu_slope(z: Array) -> Array:
    return expit(z) * (1 + z * expit(-z))


def _gelu_slope(z: Array) -> Array:
    return ndtr(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


# Where the functions have parameters, the values are PyTorch's defaults and, for those that PyTorch
# has not, the ones that the authors start training from. For APLU these are random: two hinges at
# their mean, a = b = 1/2, act as one with a = 1.
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
_TABLE = [
    ScalarActivation(
        "identity", "z", np.copy, np.ones_like, np.ones_like, potential=lambda z: z**2 / 2
    ),
    ScalarActivation(
        "tanh", "tanh(z)", np.tanh, _tanh_slope, tanh_quotient, potential=tanh_potential
    ),
    ScalarActivation(
        "sigmoid",
        "1/(1 + exp(-z))",
        function=expit,
        slope=_sigmoid_slope,
        quotient=lambda z: tanh_quotient(z / 2) / 4,
        potential=sigmoid_potential,
        offset=0.5,
        lipschitz=0.25,
        largest_quotient=math.inf,
        stable_beyond=0.6590460684074067,  # the fixed point of the sigmoid
    ),
    ScalarActivation(
        "softplus",
        "ln(1 + exp(z))",
        function=_softplus,
        slope=expit,
        quotient=softplus_quotient,
        potential=softplus_potential,
        offset=math.log(2),
        largest_quotient=math.inf,
        stable_beyond=math.inf,
    ),
    # As in SchNet (arXiv:1706.08566).
    ScalarActivation(
        "shifted_softplus",
        "ln((1 + exp(z))/2)",
        function=sigmoid_potential,
        slope=expit,
        quotient=softplus_quotient,
        potential=lambda z: softplus_potential(z) - math.log(2) * z,
    ),
    ScalarActivation(
        "logsigmoid",
        "-ln(1 + exp(-z))",
        function=lambda z: -_softplus(-z),
        slope=lambda z: expit(-z),
        quotient=lambda z: softplus_quotient(-z),
        offset=-math.log(2),
        largest_quotient=math.inf,
        stable_beyond=math.inf,
    ),
    ScalarActivation(
        "bump",
        "z exp(-z^2)",
        function=lambda z: z * np.exp(-(z**2)),
        slope=lambda z: (1 - 2 * z**2) * np.exp(-(z**2)),
        quotient=lambda z: np.exp(-(z**2)),
        potential=lambda z: -np.expm1(-(z**2)) / 2,
    ),
    ScalarActivation(
        "silu",
        "z/(1 + exp(-z))",
        function=lambda z: z * expit(z),
        slope=_silu_slope,
        quotient=expit,
        potential=lambda z: z * _softplus(z) - softplus_potential(z),
        lipschitz=_silu_slope(np.array([2.3993572805154677])).item(),
    ),
    ScalarActivation(
        "gelu",
        "z Phi(z), Phi the standard normal distribution function",
        function=lambda z: z * ndtr(z),
        slope=_gelu_slope,
        quotient=ndtr,
        lipschitz=_gelu_slope(np.array([math.sqrt(2)])).item(),
    ),
    families.two_slopes("relu", "max(0, z)", 0.0),
    families.two_slopes("leaky_relu", "max(0, z) + a min(0, z)", 0.01),
    families.two_slopes("leaky_relu_0.1", "max(0, z) + a min(0, z)", 0.1),
    families.two_slopes("prelu", "max(0, z) + a min(0, z)", 0.25),
    families.two_slopes("rrelu", "max(0, z) + a min(0, z), a the mean slope", (1 / 8 + 1 / 3) / 2),
    ScalarActivation(
        "relu6",
        "min(6, max(0, z))",
        function=lambda z: np.clip(z, 0, 6),
        slope=lambda z: np.where((z > 0) & (z < 6), 1.0, 0.0),
        quotient=lambda z: np.where(z > 0, 6 / np.maximum(z, 6), 0.0),
        kinks=(0.0, 6.0),
    ),
    families.elu(1.0),
    families.exponential_unit(
        "celu", "z for z > 0, a (exp(z/a) - 1) below", {"a": 1.0}, right=1.0, left=1.0, width=1.0
    ),
    families.exponential_unit(
        "selu",
        "s z for z > 0, s a (exp(z) - 1) below",
        {"s": _SELU_SCALE, "a": _SELU_ALPHA},
        right=_SELU_SCALE,
        left=_SELU_SCALE * _SELU_ALPHA,
        width=1.0,
    ),
    families.pelu(1.0, 1.0),
    families.blu(1.0, 0.0),
    families.soft_exponential(0.0),
    families.aplu(1.0, 0.5),
    families.hardtanh(1.0),
    ScalarActivation(
        "hardshrink",
        "z for |z| > a, 0 otherwise",
        function=lambda z: np.where(np.abs(z) > 0.5, z, 0.0),
        slope=lambda z: np.where(np.abs(z) > 0.5, 1.0, 0.0),
        quotient=lambda z: np.where(np.abs(z) > 0.5, 1.0, 0.0),
        kinks=(-0.5, 0.5),
        lipschitz=math.inf,
        parameters={"a": 0.5},
    ),
    ScalarActivation(
        "softshrink",
        "sign(z) max(0, |z| - a)",
        function=lambda z: z - np.clip(z, -0.5, 0.5),
        slope=lambda z: np.where(np.abs(z) > 0.5, 1.0, 0.0),
        quotient=lambda z: 1 - 0.5 / np.maximum(np.abs(z), 0.5),
        kinks=(-0.5, 0.5),
        parameters={"a": 0.5},
    ),
    ScalarActivation(
        "softsign",
        "z/(1 + |z|)",
        function=lambda z: z / (1 + np.abs(z)),
        slope=lambda z: 1 / (1 + np.abs(z)) ** 2,
        quotient=lambda z: 1 / (1 + np.abs(z)),
        kinks=(0.0,),
    ),
    ScalarActivation(
        "tanhshrink",
        "z - tanh(z)",
        function=lambda z: z - np.tanh(z),
        slope=lambda z: np.tanh(z) ** 2,
        quotient=lambda z: 1 - tanh_quotient(z),
    ),
    ScalarActivation(
        "hardsigmoid",
        "min(1, max(0, z/6 + 1/2))",
        function=lambda z: np.clip(z / 6 + 0.5, 0, 1),
        slope=lambda z: np.where(np.abs(z) < 3, 1 / 6, 0.0),
        quotient=lambda z: 0.5 / np.maximum(np.abs(z), 3),
        kinks=(-3.0, 3.0),
        offset=0.5,
        lipschitz=1 / 6,
        largest_quotient=math.inf,
        stable_beyond=0.6,
    ),
    ScalarActivation(
        "hardswish",
        "z min(1, max(0, z/6 + 1/2))",
        function=lambda z: z * np.clip(z / 6 + 0.5, 0, 1),
        slope=lambda z: np.where(np.abs(z) < 3, z / 3 + 0.5, np.where(z > 0, 1.0, 0.0)),
        quotient=lambda z: np.clip(z / 6 + 0.5, 0, 1),
        kinks=(-3.0, 3.0),
        lipschitz=1.5,
    ),
]
ACTIVATIONS = {activation.name: activation for activation in _TABLE}


def scalar_activation(name: str) -> ScalarActivation:
    """Return an activation of `ACTIVATIONS`, or one with a parameter, as ``leaky_relu(0.1)``.

    Raises
    ------
    InputError
        If there is none of that name.

    Examples
    --------
    >>> tanh = scalar_activation("tanh")
    >>> tanh.function(np.array([0.5])).round(4), tanh.slope(np.array([0.0]))
    (array([0.4621]), array([1.]))
    """
    family, parameter = name_and_parameter(name)
    if parameter is not None and family == "leaky_relu":
        return families.two_slopes(name, "max(0, z) + a min(0, z)", parameter)
    if parameter is not None and family == "elu":
        return replace(families.elu(parameter), name=name)
    return look_up("activation", name, ACTIVATIONS)
