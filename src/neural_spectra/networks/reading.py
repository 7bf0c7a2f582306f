"""Networks of a user's own, as files hold them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError, safe_open

from neural_spectra.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

    from neural_spectra.networks.deep_maps import DeepMap
    from neural_spectra.networks.multilayer_perceptron import Network


@dataclass(frozen=True)
class Header:
    """What a file says about its network."""

    understood: str


@dataclass(frozen=True)
class GivenNetwork:
    """A network from a file."""

    network: Network
    dtype: str
    activations: tuple[str, ...]
    verified: bool | None
    states: Tensor | None
    understood: str


@dataclass(frozen=True)
class GivenMap:
    """A map from a file."""

    network: DeepMap
    dtype: str
    activations: tuple[str, ...]
    verified: bool | None
    states: Tensor | None
    understood: str


def read_header(path: str | Path, activation: str | None = None) -> Header:
    """Read what a file says about its network."""
    try:
        with safe_open(path, framework="np") as file:
            widths = [file.get_slice("layer_1.weight").get_shape()[1]]
    except SafetensorError as error:
        raise InputError(f"{path}: not a complete safetensors file ({error})") from error
    return Header(str(widths))


def read_network(path: str | Path, activation: str | None = None) -> GivenNetwork:
    """Read a network."""
    from neural_spectra.networks.weights_file import load_network

    stack, _ = load_network(path)
    network = stack[0]
    names = (network.activation.name,) * network.hidden_layers
    return GivenNetwork(network, "float64", names, None, None, f"d = {network.dimension}")


def read_map(
    path: str | Path, activation: str | None = None, output_activation: bool = False
) -> GivenMap:
    """Read a map."""
    from neural_spectra.activations.numpy_activations import scalar_activation
    from neural_spectra.networks.deep_maps import DeepMap

    given = read_network(path, activation)
    f = DeepMap(
        tuple(w.numpy() for w in given.network.weights),
        tuple(b.numpy() for b in given.network.biases),
        scalar_activation(given.activations[0]),
        output_activation,
    )
    return GivenMap(f, given.dtype, given.activations, None, None, given.understood)


def read_matrix(path: str | Path) -> np.ndarray:
    """Read a matrix."""
    return np.loadtxt(path, delimiter=",", ndmin=2)
