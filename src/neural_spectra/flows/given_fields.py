"""What a user hands over as a vector field and as states, looked at before anything is computed."""

from __future__ import annotations

import torch
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.reference_systems import Field


def as_field(given: object) -> Field:
    """Return what was given, which must be a vector field or a batch of them.

    Raises
    ------
    InputError
        If it is none, with what makes one of it.
    """
    if isinstance(given, torch.nn.Module) or not isinstance(given, Field):
        raise InputError(
            f"{type(given).__name__} is no vector field: it does not tell its dimension and its "
            f"Jacobian; wrap it as DifferentiableField(function, dimension), from "
            f"neural_spectra.flows.differentiable_fields, or make a Network of its weights"
        )
    return given


def checked_states(field: object, states: Tensor, axes: tuple[str, ...]) -> Tensor:
    """Return states in float64 that fit a batch of fields, or a single one that serves them all.

    Parameters
    ----------
    field
        What was handed over as such.
    axes
        The names of the axes that the states need: ``batch`` first, ``dimension`` last.

    Raises
    ------
    InputError
        If there are no fields, or an axis is missing or of another length than theirs.
    """
    dimension = as_field(field).dimension
    shape = tuple(states.shape)
    if len(shape) != len(axes):
        missing = axes[: max(0, len(axes) - len(shape))]
        lacks = f"; missing: {', '.join(missing)}" if missing else ""
        raise InputError(f"states of shape {shape} need the axes ({', '.join(axes)}){lacks}")
    if shape[-1] != dimension:
        raise InputError(
            f"states of shape {shape} have {shape[-1]} coordinates, but the field is one of "
            f"dimension {dimension}"
        )
    batch = tuple(getattr(field, "batch_shape", ()))
    if batch not in ((), shape[:1]):
        raise InputError(
            f"fields with the batch axes {batch} and states for {shape[0]} of them: give one batch "
            f"axis of the same length, or a single field for all (Network.flattened merges axes)"
        )
    return states.to(torch.float64)
