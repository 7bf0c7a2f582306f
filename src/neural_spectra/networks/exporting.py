"""Writing a torch module as a file of weights that says of itself what its field is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.networks.evaluated_modules import EvaluatedModule
from neural_spectra.networks.layers_of_modules import layers_of
from neural_spectra.networks.reading import last_terms, require_agreement, with_maps_folded
from neural_spectra.networks.weights_file_writing import FORMAT, STATES, VALUES, write_weights


def export(model: torch.nn.Module, path: str | Path, example: Tensor | np.ndarray) -> None:
    """Write a module of linear and elementwise layers to a file that can be verified.

    The module is read by running it: nested and shared layers, functional activations, arithmetic
    with constants, batch normalisation as when it is evaluated, and dropout are all folded into
    f(x) = W_L σ(W_{L−1} … + b_{L−1}) + b_L. Its values at ``example`` are compared with those of
    what was found, and stored beside it, so that whoever reads the file can compare them again.

    Parameters
    ----------
    model
        A module with ``forward(y)`` or ``forward(t, y)`` that does not depend on t.
    path
        Where to write the safetensors file.
    example
        States that the field is evaluated at, of shape ``(points, dimension)``, as the training
        data; of shape ``(dimension,)`` for a module that takes one state at a time.

    Raises
    ------
    InputError
        If the module cannot be represented so; the message names the layer or the operation.

    Examples
    --------
    >>> import torch, neural_spectra
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
    >>> neural_spectra.export(model, "mine.safetensors", example=torch.randn(50, 2))
    >>> neural_spectra.read_network("mine.safetensors").verified
    True
    """
    if not Path(path).parent.is_dir():
        raise InputError(f"{path}: there is no folder {Path(path).parent}; make it first")
    given = torch.as_tensor(example, device="cpu").detach().double()
    if given.ndim == 0 or given.numel() == 0 or not given.isfinite().all():
        raise InputError(
            f"the example has the shape {tuple(given.shape)}; it needs some finite states, "
            f"(points, dimension)"
        )
    with torch.device("cpu"):
        tensors, metadata = _content(path, EvaluatedModule(model, given), given)
    write_weights(path, tensors, metadata)


def _content(
    path: str | Path, field: EvaluatedModule, example: Tensor
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return what the file holds, once it is the field."""
    states = example.reshape(-1, example.shape[-1])
    weights, biases, activations = with_maps_folded(*layers_of(field, states))
    values = field(states)
    if not values.isfinite().all():
        raise InputError(f"{field.name} gives values that are not finite at the example")
    f = DeepMap(
        tuple(weight.numpy() for weight in weights),
        tuple(bias.numpy() for bias in biases),
        tuple(map(scalar_activation, activations)),
        output_activation=False,
    )
    found = torch.from_numpy(f(states.numpy()))
    require_agreement(path, found, values, last_terms(f, states))
    tensors = {STATES: states.numpy(), VALUES: values.numpy()}
    for k, (weight, bias) in enumerate(zip(f.weights, f.biases, strict=True), start=1):
        tensors |= {f"layer_{k}.weight": weight, f"layer_{k}.bias": bias}
    label = ", ".join(activations if len(set(activations)) > 1 else activations[:1])
    provenance = json.dumps({"module": field.name})
    return tensors, {**FORMAT, "activation": label, "provenance": provenance}
