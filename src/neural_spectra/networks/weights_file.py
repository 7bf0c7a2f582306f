r"""Frozen weights on disk: one safetensors file, data only, nothing in it is ever executed.

Schema
------
Tensors, of any floating type of 8 bits or more (read as float64, without rounding), for the layers
k = 1 … L of f(x) = W_L σ(W_{L-1} … σ(W_1 x + b_1) …) + b_L with L ≥ 2:

============== ======================== ===================================
name           shape, single network    shape, stack of networks (seeds)
============== ======================== ===================================
layer_k.weight ``(outputs, inputs)``    ``(seeds, outputs, inputs)``
layer_k.bias   ``(outputs,)``           ``(seeds, outputs)``
============== ======================== ===================================

Layer 1 takes as many inputs as layer L gives outputs: f is a vector field. A file that `exporting`
wrote also holds ``pairs.states`` and ``pairs.values``, x and f(x) at some points. Metadata, all
strings:

========== ========= ==============================================================================
key        needed    value
========== ========= ==============================================================================
format     yes       ``neural-spectra``
version    yes       ``1``
activation yes       σ, a name from ``neural_spectra.activations.torch_activations``, or one for
                     each hidden layer: ``tanh, leaky_relu(0.1)``
seeds      no        JSON list of whole numbers, one per network; 0, 1, … if left out
provenance no        JSON, anything that tells where the weights come from
========== ========= ==============================================================================

A PyTorch user writes such a file with ``safetensors.torch.save_file(tensors, path, metadata)``.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError, did_you_mean, printable
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.weights_file_writing import (
    FORMAT,
    STAND_INS,
    STATES,
    VALUES,
    write_weights,
)

# No number of 16 bits is above 65504; bfloat16, which reaches as far as float32, is another matter.
LARGEST_OF_FEW_BITS = 1e6


def save_network(
    path: str | Path, network: Network, seeds: Sequence[int], provenance: Mapping[str, Any]
) -> None:
    """Write frozen weights: the same bytes for the same input, and never half a file.

    Parameters
    ----------
    network
        A single network or a stack with one batch axis.
    seeds
        One whole number per network.
    provenance
        Where the weights come from; anything that JSON holds.

    Raises
    ------
    InputError
        If `load_network` would refuse the file.
    """
    tensors = {}
    for k, layer in enumerate(zip(network.weights, network.biases, strict=True), start=1):
        for kind, tensor in zip(("weight", "bias"), layer, strict=True):
            tensors[f"layer_{k}.{kind}"] = tensor.detach().cpu().contiguous()
    metadata = {
        **FORMAT,
        "activation": network.activation_label,
        "seeds": json.dumps(list(seeds)),
        "provenance": json.dumps(provenance, sort_keys=True),
    }
    _interpret(path, metadata, tensors)
    write_weights(path, {name: tensor.numpy() for name, tensor in tensors.items()}, metadata)


def load_network(
    path: str | Path, seeds: Sequence[int] | None = None
) -> tuple[Network, tuple[int, ...]]:
    """Read frozen weights as float64, to the device on which tensors are created.

    Parameters
    ----------
    seeds
        The networks wanted, in this order; all of them by default.

    Returns
    -------
    Network
        With batch shape ``(seeds,)``, also for a single network.
    tuple of int
        Its seeds.

    Raises
    ------
    InputError
        If the file is missing, truncated or of another kind; if a layer is missing or does not fit
        the next; if weights are not finite; if f does not map R^d to R^d; if it lacks a seed.
    """
    network, known = _interpret(path, *_read(path))
    if seeds is None:
        return network, known
    missing = sorted(set(seeds) - set(known))
    if missing or not seeds:
        raise InputError(
            f"{path}: asked for seeds {list(seeds)}, but the file holds {list(known)}; "
            f"ask for at least one of these and for no other"
        )
    return network[[known.index(seed) for seed in seeds]], tuple(seeds)


def _read(path: str | Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such weights file; check the path or train first")
    try:
        with safe_open(path, framework="pt") as file:
            names = set(file.keys()) - {STATES, VALUES}
            return file.metadata() or {}, {name: file.get_tensor(name) for name in names}
    except SafetensorError as error:
        with Path(path).open("rb") as opened:
            beginning = opened.read(64).lstrip()
        for sign, told in STAND_INS.items():
            if beginning.startswith(sign):
                raise InputError(f"{path}: {told}") from error
        raise InputError(
            f"{path}: not a complete safetensors file ({printable(str(error))}); export the "
            f"weights again with safetensors.torch.save_file (pickles such as .pt are never opened)"
        ) from error


def _interpret(
    path: str | Path, metadata: Mapping[str, str], tensors: Mapping[str, Tensor]
) -> tuple[Network, tuple[int, ...]]:
    """Turn the content of a file into the stack of networks that it describes, or refuse it."""
    for key, value in FORMAT.items():
        if metadata.get(key) != value:
            raise InputError(
                f"{path}: the metadata give {key} = {reprlib.repr(metadata.get(key))}; a weights "
                f"file needs {key} = {value!r} (schema: neural_spectra.networks.weights_file)"
            )
    if "activation" not in metadata:
        raise InputError(f"{path}: the metadata name no activation; add activation = 'tanh', say")
    layers = range(1, max(2, (len(tensors) + 1) // 2) + 1)
    names = [f"layer_{k}.{kind}" for k in layers for kind in ("weight", "bias")]
    for name in names:
        if name not in tensors:
            hint = did_you_mean(name, set(tensors) - set(names))
            raise InputError(
                f"{path}: tensor '{name}' is missing{hint}; the names of {len(tensors)} tensors "
                f"must run layer_1.weight, layer_1.bias, … without a gap and with no others"
            )
    stacked = tensors[names[0]].ndim == 3
    converted = [
        _as_float64(path, name, tensors[name], axes=1 + name.endswith("weight") + stacked)
        for name in names
    ]
    if not stacked:
        converted = [tensor.unsqueeze(0) for tensor in converted]
    counts = [len(tensor) for tensor in converted]
    if len(set(counts)) > 1:
        raise InputError(
            f"{path}: the layers hold different numbers of networks, {counts}; "
            f"the first axis of every stacked tensor is the seeds"
        )
    try:
        named = tuple(map(activation_named, metadata["activation"].split(", ")))
        activation = named if len(named) > 1 else named[0]
        network = Network(tuple(converted[::2]), tuple(converted[1::2]), activation)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    outputs = network.weights[-1].shape[-2]
    if outputs != network.dimension:
        raise InputError(
            f"{path}: the network maps R^{network.dimension} to R^{outputs}; a vector field "
            f"needs as many outputs as inputs"
        )
    return network, _seeds(path, metadata, counts[0])


def _as_float64(path: str | Path, name: str, tensor: Tensor, axes: int) -> Tensor:
    """Return a tensor of weights on the device in use, if it has the right axes and is finite."""
    if not tensor.is_floating_point():
        raise InputError(f"{path}: tensor '{name}' holds {tensor.dtype}; save it as float64")
    if tensor.ndim != axes or tensor.numel() == 0:
        raise InputError(
            f"{path}: tensor '{name}' has the shape {tuple(tensor.shape)}; it needs {axes} axes, "
            f"none of them empty (schema: neural_spectra.networks.weights_file)"
        )
    try:
        # Before anything else: PyTorch can do little more than convert the types of 8 bits.
        converted = tensor.to(torch.get_default_device(), torch.float64)
    except NotImplementedError:
        raise InputError(
            f"{path}: tensor '{name}' holds {tensor.dtype}, which PyTorch does not convert; save "
            f"it as float64"
        ) from None
    if not converted.isfinite().all():
        raise InputError(
            f"{path}: tensor '{name}' holds values that are not finite; "
            f"{remedy_for_infinities(tensor.dtype, converted)}"
        )
    return converted


def remedy_for_infinities(dtype: torch.dtype, converted: Tensor) -> str:
    """Say what to do about values that are not finite: overflow of short floats, or training."""
    largest = torch.finfo(dtype).max
    # Most types of 8 bits know no infinity and make NaN of what is too large.
    too_large = converted.isinf() if dtype.itemsize > 1 else ~converted.isfinite()
    if largest < LARGEST_OF_FEW_BITS and too_large.any():
        return (
            f"{dtype} ends at {largest:g}, and what is larger overflowed when it was converted to "
            f"that; save it as float64, as it was before"
        )
    return "train again, with a smaller learning rate if that diverged"


def _seeds(path: str | Path, metadata: Mapping[str, str], count: int) -> tuple[int, ...]:
    if "seeds" not in metadata:
        return tuple(range(count))
    text = metadata["seeds"]
    try:
        seeds = json.loads(text)
    except (ValueError, RecursionError):
        # No JSON, a number of too many digits, or brackets within brackets within brackets.
        seeds = None
    whole = isinstance(seeds, list) and all(type(seed) is int for seed in seeds)
    if not whole or not len(seeds) == len(set(seeds)) == count:
        raise InputError(
            f"{path}: the metadata give seeds = {reprlib.repr(text)}; that must be a JSON list of "
            f"{count} different whole numbers, one per network"
        )
    return tuple(seeds)
