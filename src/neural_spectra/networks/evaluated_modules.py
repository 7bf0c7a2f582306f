"""A torch module as a function of states alone, in float64 and as when it is evaluated."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.networks.watched_modules import Watch, named_path

T = TypeVar("T")
_TIMES = (0.0, 0.731, -2.5, 19.0)
_TIME_NAMES = ("t", "time", "ts", "tau", "_", "_t")
_RECOGNISED = (
    torch.nn.SiLU, torch.nn.Tanh, torch.nn.Sigmoid, torch.nn.ReLU, torch.nn.GELU, torch.nn.Softplus,
    torch.nn.ELU, torch.nn.Identity,
)  # fmt: skip


class EvaluatedModule:
    """A copy of a module as a function of states alone, in float64 and as when it is evaluated.

    Parameters
    ----------
    model
        With ``forward(y)`` or ``forward(t, y)``.
    example
        One state, or several along a first axis.

    Raises
    ------
    InputError
        If it is no such module.
    """

    def __init__(self, model: torch.nn.Module, example: Tensor) -> None:
        if isinstance(model, torch.jit.ScriptModule) or not isinstance(model, torch.nn.Module):
            raise InputError(
                f"{type(model).__name__} is no torch module that can be read; give the "
                f"torch.nn.Module itself"
            )
        if isinstance(model, torch.nn.RNNCellBase | torch.nn.RNNBase):
            raise InputError(
                f"{type(model).__name__} takes inputs beside the state; wrap it in a module whose "
                f"forward(h) gives it the inputs you mean, as torch.zeros(len(h), inputs)"
            )
        # What torch.compile returns holds the module under this name.
        original: torch.nn.Module = getattr(model, "_orig_mod", model)
        self.module = _recognised(_copied(original, example).cpu().double().eval())
        self.name = type(original).__name__
        self.order = _order_of_arguments(original)
        self.alone = example.ndim == 1

    def at(self, states: Tensor, time: Tensor | None = None) -> Tensor:
        """Evaluate the module as it is called: on one state, or on several."""
        t = torch.zeros((), dtype=torch.float64) if time is None else time
        # A copy, for modules that change their input in place.
        y = states.clone()
        arguments = {"y": (y,), "ty": (t, y), "yt": (y, t)}[self.order]
        value = self.module(*arguments)
        if not isinstance(value, Tensor) or value.shape != states.shape:
            shape = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
            raise InputError(
                f"{self.name} takes states of shape {tuple(states.shape)} to {shape}; a vector "
                f"field or a map gives as many numbers as it takes"
            )
        return value

    def __call__(
        self, states: Float[Tensor, "points dimension"]
    ) -> Float[Tensor, "points dimension"]:
        """Evaluate f at several states."""
        with torch.no_grad():
            if self.alone:
                return torch.stack([self.at(state) for state in states])
            return self.at(states)

    def followed(self, run: Callable[[], T]) -> T:
        """Return what a run of the module on states as in the example gives.

        Raises
        ------
        InputError
            If it fails.
        """
        try:
            return run()
        except InputError:
            raise
        except Exception as error:
            shape = "(dimension,)" if self.alone else "(points, dimension)"
            raise InputError(
                f"the forward of {self.name} fails on states of shape {shape} in float64, as the "
                f"example is: {error}"
            ) from error


def require_no_time(field: EvaluatedModule, example: Float[Tensor, "points dimension"]) -> None:
    """Make sure that f(t, x) is the same at several times.

    Raises
    ------
    InputError
        If it is not, naming the first operation with the time.
    """
    if field.order == "y":
        return
    states = example[0] if field.alone else example
    values, watches = [], []
    with named_path(field.module) as path:
        for t in _TIMES:
            time = torch.tensor(t, dtype=torch.float64)
            with Watch(None, lambda value: False, time, path) as watch:
                values.append(field.followed(partial(field.at, states, time)))
            watches.append(watch)
    change = max((value - values[0]).abs().max().item() for value in values)
    if change > 1e-12 * (1 + values[0].abs().max().item()):
        first = f", by {watches[0].with_time[0]}" if watches[0].with_time else ""
        raise InputError(
            f"{field.name} depends on the time{first}: f(t, x) changes by up to {change:.2g} "
            f"between t = {_TIMES[0]:g} and {_TIMES[-1]:g}; what is analysed is ẋ = f(x)"
        )


def _order_of_arguments(model: torch.nn.Module) -> str:
    """Tell from the signature of forward whether it is called as f(y), f(t, y) or f(y, t)."""
    parameters = inspect.signature(model.forward).parameters.values()
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [
        p.name for p in parameters if p.kind in positional and p.default is inspect.Parameter.empty
    ]
    if len(names) == 1 or (not names and type(model).__module__.startswith("torch.nn")):
        return "y"
    if len(names) == 2:
        second_is_time = names[1] in _TIME_NAMES and names[0] not in _TIME_NAMES
        return "yt" if second_is_time else "ty"
    raise InputError(
        f"forward of {type(model).__name__} takes ({', '.join(names)}); a vector field takes (y) "
        f"or (t, y)"
    )


def _copied(model: torch.nn.Module, example: Tensor) -> torch.nn.Module:
    """Copy a module, also one whose weights were last computed for training."""
    try:
        return deepcopy(model)
    except RuntimeError:
        with torch.no_grad():
            for part in model.modules():
                for hook in part._forward_pre_hooks.values():
                    hook(part, (example,))
        return deepcopy(model)


def _recognised(module: torch.nn.Module) -> torch.nn.Module:
    """Replace modules without parameters that are an activation of PyTorch by that."""
    z = torch.linspace(-6, 6, 101, dtype=torch.float64).unsqueeze(-1)
    for parent in list(module.modules()):
        for name, part in list(parent.named_children()):
            own = type(part).__module__.startswith("torch.")
            if own or any(part.children()) or any(part.parameters()) or any(part.buffers()):
                continue
            try:
                with torch.no_grad():
                    value = part(z)
            except Exception:  # What does not take a column of numbers is no activation.
                continue
            for known in _RECOGNISED:
                if isinstance(value, Tensor) and value.shape == z.shape:
                    same = (value - known()(z)).abs().max() <= 1e-12
                    if same:
                        setattr(parent, name, known())
                        break
    return module
