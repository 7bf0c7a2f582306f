"""Activations as others write them: PyTorch's classes and functions, with their parameters.

Several of them are a σ of this project between two affine maps, outer · σ(inner · z + shift) +
offset. It needs no torch, so that names can be checked before anything is loaded.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from neural_spectra.errors import InputError, did_you_mean

# Those with exact ranges over intervals, the keys of `torch_activations.ACTIVATIONS`.
WITH_RANGES = (
    "tanh", "sigmoid", "softplus", "silu", "gelu", "elu", "relu", "leaky_relu", "hardtanh",
    "identity",
)  # fmt: skip
# Those that deep maps can have beside them, without parameters of their own here.
WITHOUT_RANGES = (
    "bump", "hardshrink", "hardswish", "shifted_softplus", "softshrink", "softsign", "tanhshrink",
)  # fmt: skip
_SELU_SCALE, _SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


class Spelled(NamedTuple):
    """An activation outer · σ(inner · z + shift) + offset, with σ named as this project does."""

    name: str
    inner: float = 1.0
    shift: float = 0.0
    outer: float = 1.0
    offset: float = 0.0


def name_and_parameter(name: str) -> tuple[str, float | None]:
    """Return ``leaky_relu(0.1)`` as a family and its parameter, which is None without one."""
    family, bracket, parameter = name.partition("(")
    try:
        return family, float(parameter.removesuffix(")")) if bracket else None
    except ValueError:
        return name, None


def _with_parameter(family: str, parameter: float, usual: float) -> str:
    return family if parameter == usual else f"{family}({parameter!r})"


def _leaky_relu(negative_slope: float = 0.01) -> Spelled:
    if negative_slope == 0:
        return Spelled("relu")
    return Spelled(_with_parameter("leaky_relu", float(negative_slope), 0.01))


def _elu(alpha: float = 1.0) -> Spelled:
    return Spelled(_with_parameter("elu", float(alpha), 1.0))


def _softplus(beta: float = 1.0, threshold: float = 20.0) -> Spelled:
    # Beyond its threshold PyTorch's is z itself, which for 20 differs by 2e-9.
    if threshold < 20:
        raise InputError(f"Softplus with threshold = {threshold:g} is no softplus: leave it at 20")
    return Spelled("softplus", inner=beta, outer=1 / beta)


def _gelu(approximate: str = "none") -> Spelled:
    if approximate != "none":
        raise InputError(f"GELU(approximate={approximate!r}) is not known; GELU() is")
    return Spelled("gelu")


def _hardtanh(min_val: float = -1.0, max_val: float = 1.0) -> Spelled:
    half, middle = (max_val - min_val) / 2, (max_val + min_val) / 2
    return Spelled("hardtanh", 1 / half, -middle / half, half, middle)


def _rrelu(lower: float = 1 / 8, upper: float = 1 / 3) -> Spelled:
    return _leaky_relu((lower + upper) / 2)


_WRITTEN: dict[str, Callable[..., Spelled]] = {
    **{name.replace("_", ""): lambda name=name: Spelled(name) for name in WITHOUT_RANGES},
    "tanh": lambda: Spelled("tanh"),
    "sigmoid": lambda: Spelled("sigmoid"),
    "logistic": lambda: Spelled("sigmoid"),
    "expit": lambda: Spelled("sigmoid"),
    "silu": lambda: Spelled("silu"),
    "swish": lambda: Spelled("silu"),
    "relu": lambda: Spelled("relu"),
    "identity": lambda: Spelled("identity"),
    "gelu": _gelu,
    "elu": _elu,
    "leakyrelu": _leaky_relu,
    "softplus": _softplus,
    "hardtanh": _hardtanh,
    "rrelu": _rrelu,
    "celu": lambda alpha=1.0: Spelled("elu", inner=1 / alpha, outer=alpha),
    "selu": lambda: Spelled(f"elu({_SELU_ALPHA!r})", outer=_SELU_SCALE),
    "relu6": lambda: _hardtanh(0.0, 6.0),
    "hardsigmoid": lambda: Spelled("hardtanh", inner=1 / 3, outer=0.5, offset=0.5),
    "logsigmoid": lambda: Spelled("softplus", inner=-1.0, outer=-1.0),
}
KNOWN = tuple(sorted({*WITH_RANGES, "celu", "selu", "relu6", "hardsigmoid", "logsigmoid"}))
# How Python shows a class, a function and a built-in function.
_SHOWN = re.compile(r"^<(?:class|function|built-in (?:method|function)) '?([\w.]+)'?[^>]*>$")


def spelled(text: str) -> Spelled:
    """Understand one activation: ``tanh``, ``Tanh()``, ``torch.nn.LeakyReLU(0.1)``, ``F.silu``.

    Raises
    ------
    InputError
        If it is none that is known, or its parameters are none of its own.
    """
    (one,) = _parsed(text) if len(_parsed(text)) == 1 else (None,)
    if one is None:
        raise InputError(f"{text!r} names several activations where one is needed")
    return one


def unscaled(text: str) -> str:
    """Return the project's name of an activation that needs no affine maps around it.

    Raises
    ------
    InputError
        If it is not known, or needs some.
    """
    one = spelled(text)
    if one != Spelled(one.name):
        raise InputError(f"{text!r} is {one.name} between two affine maps; give {one.name} itself")
    return one.name


def spelled_list(text: str | Sequence[str]) -> tuple[Spelled, ...]:
    """Understand one activation for all layers or several: ``"Tanh, LeakyReLU(0.1)"``, or a list.

    Raises
    ------
    InputError
        If one of them is not known.
    """
    if isinstance(text, str):
        return _parsed(text)
    return tuple(spelled(part) for part in text)


def _parsed(text: str) -> tuple[Spelled, ...]:
    shown = _SHOWN.match(text.strip())
    try:
        tree = ast.parse(shown[1] if shown else text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _unknown(text) from None
    parts = tree.elts if isinstance(tree, ast.Tuple | ast.List) else [tree]
    return tuple(_from_expression(part, text) for part in parts)


def _from_expression(expression: ast.expr, text: str) -> Spelled:
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return spelled(expression.value)
    call = expression if isinstance(expression, ast.Call) else None
    function = call.func if call else expression
    if isinstance(function, ast.Attribute):
        name = function.attr
    elif isinstance(function, ast.Name):
        name = function.id
    else:
        raise _unknown(text)
    written = name.lower().replace("_", "")
    if written not in _WRITTEN:
        raise _unknown(name)
    try:
        arguments = [_number_or_word(argument) for argument in call.args] if call else []
        keywords = call.keywords if call else []
        named = {str(key.arg): _number_or_word(key.value) for key in keywords}
        named.pop("inplace", None)
        return _WRITTEN[written](*arguments, **named)
    except (TypeError, ValueError, ZeroDivisionError) as error:
        raise InputError(f"activation {ast.unparse(expression)}: {error}") from error


def _number_or_word(expression: ast.expr) -> float | str:
    value = ast.literal_eval(expression)
    return value if isinstance(value, str) else float(value)


def _unknown(name: str) -> InputError:
    nearest = did_you_mean(name.lower(), KNOWN)
    return InputError(f"unknown activation {name!r}{nearest}; known are {', '.join(KNOWN)}")
