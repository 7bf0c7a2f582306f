"""Networks from the files of users: safetensors, as this project or as PyTorch names the tensors.

A file that `exporting.export` wrote holds pairs (x, f(x)), and then it is verified that what was
read is that f. No pickle is ever opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors import safe_open
from torch import Tensor

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.networks.layer_names import LayerTensors
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.weights_file import remedy_for_infinities
from neural_spectra.networks.weights_header import (
    STATES,
    VALUES,
    Header,
    read_header,
    refuse,
)

# Of rounding to the file's type, or to float32 by the module itself: in units of its ε.
_ROUNDINGS = 16.0


@dataclass(frozen=True)
class GivenNetwork:
    """A vector field as a user gave it, and what is known of it.

    Parameters
    ----------
    network
        f, without batch axes.
    dtype
        The type of the weights in the file.
    activations
        The name of the activation of each hidden layer.
    verified
        True: the network has the values that the file says it has. None: the file says none.
    states
        The x of the pairs (x, f(x)) in the file.
    understood
        In one line: dimension, layers, activations, type.
    """

    network: Network
    dtype: str
    activations: tuple[str, ...]
    verified: bool | None
    states: Float[Tensor, "points dimension"] | None
    understood: str


@dataclass(frozen=True)
class GivenMap:
    """A map x ↦ f(x) as a user gave it; the fields are those of `GivenNetwork`."""

    network: DeepMap
    dtype: str
    activations: tuple[str, ...]
    verified: bool | None
    states: Float[Tensor, "points dimension"] | None
    understood: str


def read_network(
    path: str | Path, activation: str | Sequence[str] | None = None, *, seed: int | None = None
) -> GivenNetwork:
    """Read the vector field of ẋ = f(x) from a safetensors file.

    Parameters
    ----------
    path
        The file: the ``state_dict`` of a module of linear layers, or what `export` wrote.
    activation
        As PyTorch or the project writes it, ``"Tanh"`` or ``"relu, LeakyReLU(0.1)"``: one for all
        hidden layers or one for each. None where the file's metadata name it.
    seed
        Which of several networks in one file.

    Raises
    ------
    InputError
        If the file is none, or is not what it says it is: everything that is wrong at once.

    Examples
    --------
    >>> import torch, neural_spectra
    >>> from safetensors.torch import save_file
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
    >>> save_file(model.state_dict(), "mine.safetensors")
    >>> neural_spectra.read_network("mine.safetensors", "tanh").understood
    'd = 2, layers 2-8-2, tanh, float32'
    """
    header = read_header(path, activation, seed=seed)
    weights, biases = _layers(path, header)
    network = Network(weights, biases, tuple(map(activation_named, header.activations)))
    states, values = _pairs(path, header)
    if states is not None:
        require_agreement(path, network(states), values, last_terms(network, states), header.dtype)
    verified = None if states is None else True
    return GivenNetwork(
        network, header.dtype, header.activations, verified, states, header.understood
    )


def read_map(
    path: str | Path,
    activation: str | Sequence[str] | None = None,
    output_activation: bool = False,
    *,
    seed: int | None = None,
) -> GivenMap:
    """Read the map x ↦ f(x) from a safetensors file.

    Parameters
    ----------
    path, activation, seed
        As for `read_network`; activations may also be those without ranges over intervals.
    output_activation
        Whether an activation also follows the last layer. A recurrent cell has one in any case: it
        is read as h ↦ σ(W h + b), without inputs.

    Raises
    ------
    InputError
        As for `read_network`.

    Examples
    --------
    >>> import torch, neural_spectra
    >>> from safetensors.torch import save_file
    >>> save_file(torch.nn.RNNCell(1, 4).state_dict(), "cell.safetensors")
    >>> neural_spectra.read_map("cell.safetensors", "tanh").understood
    'd = 4, layers 4-4, tanh, float32'
    """
    header = read_header(
        path, activation, kind="map", output_activation=output_activation, seed=seed
    )
    weights, biases = _layers(path, header)
    f = DeepMap(
        tuple(weight.numpy() for weight in weights),
        tuple(bias.numpy() for bias in biases),
        tuple(map(scalar_activation, header.activations)),
        len(header.activations) == len(weights),
    )
    states, values = _pairs(path, header)
    if states is not None:
        found = torch.from_numpy(f(states.numpy()))
        require_agreement(path, found, values, found.abs() + 1, header.dtype)
    verified = None if states is None else True
    return GivenMap(f, header.dtype, header.activations, verified, states, header.understood)


def _pairs(path: str | Path, header: Header) -> tuple[Tensor | None, Tensor | None]:
    """Return the x and the f(x) in the file, in float64; None without."""
    if not header.pairs:
        return None, None
    with safe_open(path, framework="pt") as file:
        return file.get_tensor(STATES).double(), file.get_tensor(VALUES).double()


def _layers(path: str | Path, header: Header) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Return weights and biases in float64, without batch axes."""
    names = [name for layer in header.layers for name in (*layer.weight, *layer.bias)]
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in names}
    refuse(path, [told for item in tensors.items() if (told := _not_finite(*item))])
    # On the device in use.
    exact = {
        name: (tensor if header.member is None else tensor[header.member]).to(
            torch.get_default_device(), torch.float64
        )
        for name, tensor in tensors.items()
    }
    weights, biases = [], []
    for k, layer in enumerate(header.layers):
        weight = _weight(layer, exact)
        bias = sum((exact[name] for name in layer.bias), weight.new_zeros(layer.outputs))
        # The affine maps around an activation, as those of Hardtanh(0, 6), go into the layers.
        if k:
            before = header.spelled[k - 1]
            bias = bias + weight.sum(-1) * before.offset
            weight = weight * before.outer
        if k < len(header.spelled):
            after = header.spelled[k]
            weight, bias = after.inner * weight, after.inner * bias + after.shift
        weights.append(weight)
        biases.append(bias)
    if len(header.spelled) == len(weights) and header.spelled[-1][3:] != (1.0, 0.0):
        last, width = header.spelled[-1], header.layers[-1].outputs
        weights.append(last.outer * torch.eye(width, dtype=torch.float64))
        biases.append(torch.full((width,), last.offset, dtype=torch.float64))
    return tuple(weights), tuple(biases)


def _weight(layer: LayerTensors, tensors: Mapping[str, Tensor]) -> Tensor:
    """Return the weight that a layer's tensors make up."""
    first = tensors[layer.weight[0]]
    others = [tensors[name] for name in layer.weight[1:]]
    if layer.made == "weight norm":
        size = others[0]
        summed = [axis for axis in (0, 1) if size.ndim < 2 or size.shape[axis] == 1]
        length: Tensor = torch.linalg.vector_norm(first, dim=summed, keepdim=True)
        return first * size / length
    if layer.made == "spectral norm":
        left, right = others
        return first / (left @ first @ right)
    if layer.made == "pruning":
        return first * others[0]
    return first


def _not_finite(name: str, tensor: Tensor) -> str | None:
    exact = tensor.double()
    if exact.isfinite().all():
        return None
    remedy = remedy_for_infinities(tensor.dtype, exact)
    return f"tensor '{name}' holds values that are not finite; {remedy}"


def last_terms(network: Network, x: Float[Tensor, "points dimension"]) -> Tensor:
    """Return Σ |W_L| |h| + |b_L|, what the rounding of f is measured by."""
    h = network.activations[-1].function(network.pre_activations(x)[-1])
    return h.abs() @ network.weights[-1].mT.abs() + network.biases[-1].abs()


def require_agreement(
    path: str | Path,
    found: Float[Tensor, "points dimension"],
    values: Float[Tensor, "points dimension"] | None,
    size: Float[Tensor, "points dimension"],
    dtype: str = "float32",
) -> None:
    """Make sure that a network has the values that it is said to have, but for rounding.

    Parameters
    ----------
    path
        The file that is to hold the network.
    found, values
        f(x) of the network, and as it was said to be.
    size
        Of the terms whose sum each component of f is.
    dtype
        The types of the weights; a module may have rounded to float32 in any case.

    Raises
    ------
    InputError
        If it has not.
    """
    if values is None or values.shape != found.shape:
        told = None if values is None else tuple(values.shape)
        raise InputError(f"{path}: '{VALUES}' has the shape {told}, f(x) {tuple(found.shape)}")
    types = [getattr(torch, name) for name in (*dtype.split(", "), "float32")]
    tolerance = _ROUNDINGS * max(torch.finfo(each).eps for each in types)
    apart = ((found - values).abs().amax(0) / size.amax(0).clamp(min=1e-300)).amax().item()
    if not apart <= tolerance:
        raise InputError(
            f"{path}: the weights are not the field of the pairs (x, f(x)): the two differ by "
            f"{apart:.2g} of f, where {tolerance:.1g} would be rounding; layers may be swapped, or "
            f"an operation left out; export the module again"
        )
