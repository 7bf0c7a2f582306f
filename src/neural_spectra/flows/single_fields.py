"""One field without batch axes, made of whatever a user has: a network, a module, a function."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.differentiable_fields import DifferentiableField
from neural_spectra.flows.reference_systems import Field
from neural_spectra.networks.evaluated_modules import EvaluatedModule, require_no_time
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.reading import GivenNetwork

AnyField = Network | Field | GivenNetwork | torch.nn.Module | Callable[[Tensor], Tensor]


def single_field(f: AnyField, states: Float[Tensor, "points dimension"]) -> Field:
    """Return what a user gave as a field of this package.

    Parameters
    ----------
    f
        A field, a module, or a function.
    states
        Some states that it can be evaluated at.

    Raises
    ------
    InputError
        If it is none, is a batch, depends on the time, or does not fit the states.
    """
    dimension = states.shape[-1]
    if isinstance(f, GivenNetwork):
        f = f.network
    if isinstance(f, torch.nn.Module):
        module = EvaluatedModule(f, states)
        require_no_time(module, states)
        module.followed(lambda: module.at(states))
        return DifferentiableField(module.at, dimension)
    field = f if isinstance(f, Field) else None
    if field is None and callable(f):
        field = DifferentiableField(f, dimension)
    if field is None:
        raise InputError(
            f"{type(f).__name__} is no field; give a Network, a torch module, or a function of "
            f"states (points, dimension)"
        )
    if getattr(field, "batch_shape", ()):
        raise InputError("this is a batch of fields; index it, as network[0], for a single one")
    if field.dimension != dimension:
        raise InputError(f"states of {dimension} numbers do not fit a field of {field.dimension}")
    return field
