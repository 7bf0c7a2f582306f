"""Running a torch module while every operation is watched, and activations are replaced.

Each activation's output is replaced by states that are chosen, as if they were inputs of their own:
what lies between two activations can then be told from numbers alone, however it is written, with
control flow, indexing, or operations in place. Layers are named by hooks.
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from neural_spectra.activations.activation_names import Spelled, spelled
from neural_spectra.errors import InputError

_PACKAGES = str(Path(torch.__file__).parents[1])
# The names of their parameters, where torch's functions take them by position.
_PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("tanh", "sigmoid", "expit", "relu", "relu6", "selu", "silu", "hardsigmoid", "log_sigmoid",
         "logsigmoid", "softsign", "hardswish", "tanhshrink"),
        (),
    ),
    "leaky_relu": ("negative_slope",),
    "elu": ("alpha",),
    "celu": ("alpha",),
    "gelu": ("approximate",),
    "softplus": ("beta", "threshold"),
    "hardtanh": ("min_val", "max_val"),
    "rrelu": ("lower", "upper"),
}  # fmt: skip
_CELLS = {"rnn_tanh_cell": "tanh", "rnn_relu_cell": "relu"}


class Operation(NamedTuple):
    """A tensor that an operation gave, its name, and where in the module that was."""

    name: str
    where: str
    value: Tensor


class Call(NamedTuple):
    """An activation that was applied: which, to what, and where."""

    activation: Spelled
    argument: Tensor
    where: str


class Watch(TorchFunctionMode):
    """Watches operations; the output of the k-th activation is replaced by ``outputs[k]``.

    Parameters
    ----------
    outputs
        What to return for each activation, of the shape of its argument once reshaped; None to
        leave them as they are.
    is_state
        Tells whether a tensor is one of the states that go through the module, and no parameter.
    time
        The tensor handed over as the time.
    path
        The names and types of the modules that are being run, the innermost last.
    """

    def __init__(
        self,
        outputs: Sequence[Tensor] | None,
        is_state: Callable[[Tensor], bool],
        time: Tensor,
        path: Sequence[tuple[str, str, bool]],
    ) -> None:
        super().__init__()
        self.outputs, self.is_state, self.time, self.path = outputs, is_state, time, path
        self.calls: list[Call] = []
        self.operations: list[Operation] = []
        self.with_time: list[str] = []

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Note what an operation gives, or take an activation's output from the chosen ones."""
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if any(argument is self.time for argument in (*args, *kwargs.values())):
            self.with_time.append(self._where(name))
        found = _activation(name, args, kwargs)
        if found is not None and self.is_state(found[1]):
            activation, argument = found
            self.calls.append(Call(activation, argument.clone(), self._where(name)))
            if self.outputs is None:
                return func(*args, **kwargs)
            # A copy, for operations in place that follow.
            output = _in_shape_of(argument, self.outputs[len(self.calls) - 1]).clone()
            in_place = kwargs.get("inplace") or (name.endswith("_") and not name.endswith("__"))
            return argument.copy_(output) if in_place else output
        value = func(*args, **kwargs)
        if isinstance(value, Tensor) and value.is_floating_point() and self.is_state(value):
            self.operations.append(Operation(name, self._where(name), value.clone()))
        return value

    def _where(self, operation: str) -> str:
        """Name the layer that is being run, or the operation in a user's forward."""
        name, kind, of_torch = self.path[-1] if self.path else ("", "the function", False)
        if of_torch:
            return f"layer '{name}' ({kind})" if name else f"the layer {kind}"
        line = f" (`{text}`)" if (text := _line_of_user()) else ""
        return f"{operation.strip('_')} in the forward of {kind}{line}"


def _activation(
    name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Spelled, Tensor] | None:
    """Return the activation that a call of torch is, and its argument."""
    name = name.removesuffix("_").removeprefix("special_")
    if name in _CELLS:
        state, hidden, *parameters = args
        inputs, recurrent, *biases = parameters
        linear = torch.nn.functional.linear
        into, around = biases or (None, None)
        return spelled(_CELLS[name]), linear(state, inputs, into) + linear(
            hidden, recurrent, around
        )
    argument = args[0] if args else kwargs.get("input")
    if not isinstance(argument, Tensor):
        return None
    if name in ("clamp", "clip", "clamp_min"):
        lower, upper = (*args[1:], None, None)[:2]
        return _clamp(kwargs.get("min", lower), kwargs.get("max", upper), argument)
    if name == "prelu":
        slope = args[1] if len(args) > 1 else kwargs["weight"]
        one = slope.numel() == 1
        return (spelled(f"leaky_relu({slope.item()!r})"), argument) if one else None
    if name not in _PARAMETERS:
        return None
    given = dict(zip(_PARAMETERS[name], args[1:], strict=False))
    given |= {key: value for key, value in kwargs.items() if key in _PARAMETERS[name]}
    try:
        return spelled(f"{name}({', '.join(f'{k}={v!r}' for k, v in given.items())})"), argument
    except InputError:
        return None


def _clamp(lower: Any, upper: Any, argument: Tensor) -> tuple[Spelled, Tensor] | None:
    if upper is None and lower == 0:
        return spelled("relu"), argument
    if isinstance(lower, int | float) and isinstance(upper, int | float):
        return spelled(f"hardtanh({lower}, {upper})"), argument
    return None


def rows_first(value: Tensor, rows: int) -> Tensor:
    """Return a tensor with the axis of the states first and all others merged."""
    axis = value.shape.index(rows)
    return value.movedim(axis, 0).reshape(rows, -1)


def _in_shape_of(argument: Tensor, chosen: Tensor) -> Tensor:
    """Return chosen states (rows, width) with their axes in the order of the argument's."""
    if argument.numel() == chosen.numel() and chosen.ndim > 1:
        axis = argument.shape.index(len(chosen))
        rest = [length for k, length in enumerate(argument.shape) if k != axis]
        return chosen.reshape(len(chosen), *rest).movedim(0, axis)
    return chosen.reshape(argument.shape)


def _line_of_user() -> str:
    """Return the line of the user's code that is being run."""
    frame = sys._getframe(2)
    while frame.f_back is not None:
        file = frame.f_code.co_filename
        if file != __file__ and not file.startswith(_PACKAGES):
            return linecache.getline(file, frame.f_lineno).strip()
        frame = frame.f_back
    return ""


@contextmanager
def named_path(module: torch.nn.Module) -> Iterator[list[tuple[str, str, bool]]]:
    """Keep a list of the modules that are being run, by hooks that are removed at the end."""
    path: list[tuple[str, str, bool]] = []
    hooks = []
    for name, part in module.named_modules():
        kind = type(part).__name__
        of_torch = type(part).__module__.startswith("torch.nn.modules")
        entry = (name, kind, of_torch)
        hooks.append(part.register_forward_pre_hook(lambda _, __, entry=entry: path.append(entry)))
        hooks.append(part.register_forward_hook(lambda _, __, ___: (path.pop(), None)[1]))
    try:
        yield path
    finally:
        for hook in hooks:
            hook.remove()
