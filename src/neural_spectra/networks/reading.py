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

from neural_spectra.activations.activation_names import Spelled
from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.networks.layer_names import LayerTensors
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.weights_file import remedy_for_infinities
from neural_spectra.networks.weights_file_writing import STATES, VALUES
from neural_spectra.networks.weights_header import Header, read_header, refuse

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
    'd = 4, layers 4-4, tanh, float32, a recurrent cell without inputs'
    """
    header = read_header(
        path, activation, kind="map", output_activation=output_activation, seed=seed
    )
    with torch.device("cpu"):  # A map is one of NumPy's arrays.
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
            require_agreement(path, found, values, last_terms(f, states), header.dtype)
    verified = None if states is None else True
    return GivenMap(f, header.dtype, header.activations, verified, states, header.understood)


def _pairs(path: str | Path, header: Header) -> tuple[Tensor | None, Tensor | None]:
    """Return the x and the f(x) in the file, in float64; None without."""
    if not header.pairs:
        return None, None
    with safe_open(path, framework="pt") as file:
        states, values = file.get_tensor(STATES), file.get_tensor(VALUES)
    device = torch.get_default_device()
    return states.to(device, torch.float64), values.to(device, torch.float64)


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
    weights = [_weight(layer, exact) for layer in header.layers]
    biases = [
        sum((exact[name] for name in layer.bias), weight.new_zeros(layer.outputs))
        for layer, weight in zip(header.layers, weights, strict=True)
    ]
    weights, biases, _ = with_maps_folded(weights, biases, header.spelled)
    return tuple(weights), tuple(biases)


def with_maps_folded(
    weights: Sequence[Tensor], biases: Sequence[Tensor], activations: Sequence[Spelled]
) -> tuple[list[Tensor], list[Tensor], list[str]]:
    """Put the affine maps around activations, as those of ReLU6, into the layers beside them.

    Returns
    -------
    list of Tensor, list of Tensor, list of str
        Weights, biases, and the names of the activations between them.
    """
    weights, biases = list(weights), list(biases)
    for k, each in enumerate(activations):
        weights[k], biases[k] = each.inner * weights[k], each.inner * biases[k] + each.shift
        if (each.outer, each.offset) == (1.0, 0.0):
            continue
        if k + 1 == len(weights):
            weights.append(torch.eye(len(biases[k]), dtype=torch.float64))
            biases.append(torch.zeros_like(biases[k]))
        biases[k + 1] = biases[k + 1] + weights[k + 1].sum(-1) * each.offset
        weights[k + 1] = weights[k + 1] * each.outer
    return weights, biases, [each.name for each in activations]


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


def last_terms(
    f: Network | DeepMap, x: Float[Tensor, "points dimension"]
) -> Float[Tensor, "points dimension"]:
    """Return Σ |W_L| |h| + |b_L|, what the rounding of f is measured by."""
    weight, bias = torch.as_tensor(f.weights[-1]), torch.as_tensor(f.biases[-1])
    if len(f.weights) == 1:
        h = x
    elif isinstance(f, Network):
        h = f.activations[-1].function(f.pre_activations(x)[-1])
    else:
        last = len(f.weights) - 2
        h = torch.from_numpy(f.activations[last].function(f.pre_activations(x.numpy())[last]))
    return h.abs() @ weight.mT.abs() + bias.abs()


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
