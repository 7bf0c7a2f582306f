"""The activation functions on torch tensors, with derivatives that are accurate everywhere."""

from __future__ import annotations

import math
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from neural_spectra.activations.activation_names import name_and_parameter
from neural_spectra.activations.activation_ranges import Activation
from neural_spectra.errors import look_up


def _sigmoid_slope(z: Tensor) -> Tensor:
    return torch.sigmoid(z) * torch.sigmoid(-z)


def _sigmoid_log_slope(z: Tensor) -> Tensor:
    return functional.logsigmoid(z) + functional.logsigmoid(-z)


# 1 − tanh² z would be 0 from z = 19 on; 4q(1 − q) with q = sigmoid(−2|z|) ≤ 1/2 does not cancel,
# and takes two thirds of the time of 1/cosh².
def _tanh_slope(z: Tensor) -> Tensor:
    q = torch.sigmoid(z.abs().mul_(-2))
    return torch.addcmul(q, q, q, value=-1).mul_(4)


def _tanh_log_slope(z: Tensor) -> Tensor:
    return math.log(4) + _sigmoid_log_slope(2 * z)


# torch's softplus returns z itself from z = 20 on, an error of 2e-9.
def _softplus(z: Tensor) -> Tensor:
    return torch.logaddexp(z, torch.zeros_like(z))


# The clamps in SiLU and GELU only prevent ∞ · 0 and ∞ − ∞: beyond them nothing changes.
def _silu(z: Tensor) -> Tensor:
    return z.clamp(min=-800) * torch.sigmoid(z)


def _silu_slope(z: Tensor) -> Tensor:
    return torch.sigmoid(z) * (1 + z.clamp(-800, 800) * torch.sigmoid(-z))


def _silu_log_abs_slope(z: Tensor) -> Tensor:
    return functional.logsigmoid(z) + (1 + z.clamp(-1e300, 800) * torch.sigmoid(-z)).abs().log()


def _gelu(z: Tensor) -> Tensor:
    return z.clamp(min=-40) * torch.erfc(-z / math.sqrt(2)) / 2


def _normal_density(z: Tensor) -> Tensor:
    return torch.exp(-z.square() / 2) / math.sqrt(2 * math.pi)


def _gelu_slope(z: Tensor) -> Tensor:
    return torch.erfc(-z / math.sqrt(2)) / 2 + z.clamp(-40, 40) * _normal_density(z)


def _gelu_log_abs_slope(z: Tensor) -> Tensor:
    # With the Mills ratio m = (1 − Φ(|z|)) / φ(z) the slope is φ (m − |z|) on the left of 0 and
    # 1 − φ (m − |z|) on the right, so that φ, which underflows, enters the logarithm exactly.
    mills = math.sqrt(math.pi / 2) * torch.special.erfcx(z.abs() / math.sqrt(2))
    log_density = -z.square() / 2 - math.log(2 * math.pi) / 2
    left = log_density + (mills - z.abs().clamp(max=1e300)).abs().log()
    right = torch.log1p(_normal_density(z) * (z.clamp(max=40) - mills))
    return torch.where(z < 0, left, right)


# tanh z = 1 − 2q, to a few units of 1, which is all that σ'' needs: a third of the time of tanh.
def _tanh_curvature(z: Tensor, slope: Tensor) -> Tensor:
    q = torch.sigmoid(z.abs().mul_(-2))
    return q.mul_(4).sub_(2).copysign_(z).neg_().mul_(slope)


def _sigmoid_curvature(z: Tensor, slope: Tensor) -> Tensor:
    return -torch.tanh(z / 2) * slope


def _silu_curvature(z: Tensor, _: Tensor) -> Tensor:
    return _sigmoid_slope(z) * (2 - z.clamp(-800, 800) * torch.tanh(z / 2))


def _gelu_curvature(z: Tensor, _: Tensor) -> Tensor:
    return _normal_density(z) * (2 - z.clamp(-40, 40).square())


def leaky_relu(slope: float) -> Activation:
    """Return the function with this slope on the left of 0, and 1 on the right."""
    return Activation(
        f"leaky_relu({slope!r})",
        lambda z: functional.leaky_relu(z, slope),
        lambda z: torch.ones_like(z).where(z > 0, slope),
        lambda z: torch.zeros_like(z).where(z > 0, math.log(abs(slope))),
        turning_points=(0.0,) if slope < 0 else (),
        kinks=(0.0,),
        third_derivative=0.0,
    )


def elu(alpha: float) -> Activation:
    """Return z for z > 0 and alpha (e^z − 1) below."""
    return Activation(
        f"elu({alpha!r})",
        lambda z: functional.elu(z, alpha),
        lambda z: torch.where(z > 0, 1.0, alpha * z.clamp(max=0).exp()),
        lambda z: torch.where(z > 0, 0.0, z.clamp(max=0) + math.log(abs(alpha))),
        turning_points=(0.0,) if alpha < 0 else (),
        kinks=(0.0,),
        curvature=lambda z, slope: torch.where(z < 0, slope, 0.0),
        third_derivative=abs(alpha),
        third_per_slope=1.0,
    )


FAMILIES = {"leaky_relu": leaky_relu, "elu": elu}
_LEAK = 0.01  # torch's default

_TABLE = [
    Activation(
        "tanh",
        torch.tanh,
        _tanh_slope,
        _tanh_log_slope,
        slope_turning_points=(0.0,),
        # σ''' = −2σ' (1 − 3 tanh² z), with tanh² z = 1 − σ'.
        curvature=_tanh_curvature,
        third_derivative=2.0,
        third_per_slope=4.0,
        third_from_slope=(4.0, 6.0),
    ),
    Activation(
        "sigmoid",
        torch.sigmoid,
        _sigmoid_slope,
        _sigmoid_log_slope,
        slope_turning_points=(0.0,),
        # σ''' = −σ' (1 − 6σ').
        curvature=_sigmoid_curvature,
        third_derivative=0.125,
        third_per_slope=1.0,
        third_from_slope=(1.0, 6.0),
    ),
    Activation(
        "softplus",
        _softplus,
        torch.sigmoid,
        functional.logsigmoid,
        curvature=lambda z, slope: slope * torch.sigmoid(-z),
        # σ''' is the logistic function's σ'', at most 1/(6√3) and below its own slope.
        third_derivative=0.0963,
        third_per_slope=1.0,
    ),
    Activation(
        "silu",
        _silu,
        _silu_slope,
        _silu_log_abs_slope,
        # σ' = 0 where 1 + z + e^z = 0, z = −1 − W(1/e); σ'' = 0 where z tanh(z/2) = 2; |σ'''| is
        # largest at ±1.03.
        turning_points=(-1.2784645427610737,),
        slope_turning_points=(-2.3993572805154677, 2.3993572805154677),
        curvature=_silu_curvature,
        third_derivative=0.309,
        cancellation=8.0,
    ),
    Activation(
        "gelu",
        _gelu,
        _gelu_slope,
        _gelu_log_abs_slope,
        # σ' = 0 where Φ(z) + z φ(z) = 0; σ'' = φ(z) (2 − z²); σ''' = φ(z) z (z² − 4).
        turning_points=(-0.7517915246935645,),
        slope_turning_points=(-math.sqrt(2), math.sqrt(2)),
        curvature=_gelu_curvature,
        third_derivative=0.779,
        rounding=4096.0,
        cancellation=4096.0,
    ),
    Activation(
        "elu",
        functional.elu,
        lambda z: z.clamp(max=0).exp(),
        lambda z: z.clamp(max=0),
        kinks=(0.0,),
        curvature=lambda z, slope: torch.where(z < 0, slope, 0.0),
        third_derivative=1.0,
        third_per_slope=1.0,
    ),
    Activation(
        "relu",
        torch.relu,
        lambda z: (z > 0).to(z.dtype),
        lambda z: (z > 0).to(z.dtype).log(),
        kinks=(0.0,),
        third_derivative=0.0,
    ),
    Activation(
        "leaky_relu",
        functional.leaky_relu,
        lambda z: torch.ones_like(z).where(z > 0, _LEAK),
        lambda z: torch.zeros_like(z).where(z > 0, math.log(_LEAK)),
        kinks=(0.0,),
        third_derivative=0.0,
    ),
    Activation(
        "hardtanh",
        functional.hardtanh,
        lambda z: (z.abs() < 1).to(z.dtype),
        lambda z: (z.abs() < 1).to(z.dtype).log(),
        kinks=(-1.0, 1.0),
        third_derivative=0.0,
    ),
    Activation("identity", torch.clone, torch.ones_like, torch.zeros_like, third_derivative=0.0),
]
ACTIVATIONS = {activation.name: activation for activation in _TABLE}


@cache
def activation_named(name: str) -> Activation:
    """Return an activation of `ACTIVATIONS`, or one of `FAMILIES`, as ``leaky_relu(0.1)``.

    Raises
    ------
    InputError
        If there is none of that name.

    Examples
    --------
    >>> silu = activation_named("silu")
    >>> interval = torch.tensor([-3.0]).double(), torch.tensor([3.0]).double()
    >>> [round(end.item(), 4) for end in silu.range(*interval)]  # it is not monotone
    [-0.2785, 2.8577]
    """
    family, parameter = name_and_parameter(name)
    if parameter is not None and family in FAMILIES:
        return FAMILIES[family](parameter)
    return look_up("activation", name, ACTIVATIONS)
