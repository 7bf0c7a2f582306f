"""A torch module as what can be analysed: as a network if it is one, or else by its Jacobian."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.differentiable_fields import DifferentiableField
from neural_spectra.networks.evaluated_modules import EvaluatedModule, require_no_time
from neural_spectra.networks.exporting import export

T = TypeVar("T")

_STATES = 64


def as_file(model: torch.nn.Module, example: Tensor, read: Callable[[Path], T]) -> T:
    """Return what is read from a file that a module is exported to, which says that it is that.

    Raises
    ------
    InputError
        If the module does more than linear and elementwise layers do.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "module.safetensors"
        export(model, file, example)
        return read(file)


def as_field(model: torch.nn.Module, example: Tensor) -> DifferentiableField:
    """Return the vector field of any differentiable module that does not depend on the time.

    Raises
    ------
    InputError
        If it does, or takes no such states.
    """
    field = EvaluatedModule(model, example)
    require_no_time(field, example)
    return DifferentiableField(field.at, example.shape[-1])


def states_for(model: torch.nn.Module, data: Tensor | None) -> Float[Tensor, "points dimension"]:
    """Return states that a module can be run on: the data, or random ones if there are none.

    Raises
    ------
    InputError
        If there are none, and the module does not say how many coordinates they have.
    """
    if data is not None:
        states = torch.as_tensor(data).detach().cpu().double()
        if states.ndim != 2:
            raise InputError(
                f"data of the shape {tuple(states.shape)} are no states; give them as (points, d)"
            )
        return states
    generator = torch.Generator().manual_seed(0)
    inputs = [part.in_features for part in model.modules() if isinstance(part, torch.nn.Linear)]
    for d in dict.fromkeys(inputs):
        states = torch.randn(_STATES, d, generator=generator, dtype=torch.float64)
        try:
            EvaluatedModule(model, states).at(states)
        except (InputError, RuntimeError, IndexError, ValueError):
            continue
        return states
    raise InputError(
        f"{type(model).__name__} does not say how many coordinates its states have; give data, "
        f"some of its states as a tensor (points, d)"
    )
