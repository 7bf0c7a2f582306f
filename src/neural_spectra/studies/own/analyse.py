"""The analysis of one network of the user's own, from a file or from Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from neural_spectra.activations.activation_names import unscaled
from neural_spectra.errors import InputError, did_you_mean
from neural_spectra.flows.differentiable_fields import DifferentiableField
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.networks.matrix_reading import read_matrix
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.reading import read_map, read_network
from neural_spectra.studies.own.analysis import Analysis
from neural_spectra.studies.own.flow import analyse_flow
from neural_spectra.studies.own.given_modules import as_field, as_file, states_for
from neural_spectra.studies.own.maps import analyse_map
from neural_spectra.studies.own.skew_rnn import analyse_skew_rnn
from neural_spectra.studies.own.table_names import TABLES

Kind = Literal["flow", "map", "skew-rnn"]


def analyse(
    given: str | Path | torch.nn.Module | Network | DifferentiableField | DeepMap | np.ndarray,
    *,
    kind: Kind = "flow",
    activation: str | None = None,
    output_activation: bool = False,
    form: str | None = None,
    seed: int | None = None,
    name: str | None = None,
    data: Tensor | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Analysis:
    """Analyse a network: what it does, what is saturated, what bounds say and what is proved.

    Parameters
    ----------
    given
        The path of its weights, or the network itself. A flow ẋ = f(x): any differentiable module
        of torch with ``forward(x)`` or ``forward(t, x)``, a `Network` or a `DifferentiableField`. A
        map x ↦ f(x): such a module of linear and elementwise layers, or a `DeepMap`. A recurrent
        network: its matrix A, ``(n, n)``.
    kind
        Which of the three it is: "flow", "map" or "skew-rnn".
    activation
        σ, where the file does not name it, and of a matrix.
    output_activation
        Of a map, whether σ follows its last layer, too.
    form
        Of a recurrent network, ẋ = "sigma(A x)", unless it is "A sigma(x)".
    seed
        Which of several networks in the file.
    name
        What it is called in the results; after its file, unless it is given.
    data
        States to start from, ``(points, d)``, such as it was trained on; of a file those in it,
        unless they are given.
    settings
        What ``own.settings`` of a config may hold.

    Raises
    ------
    InputError
        If the file cannot be read, or this is no such network.

    Examples
    --------
    >>> import numpy as np, neural_spectra
    >>> step = neural_spectra.deep_map("tanh", [np.array([[0.0, -0.5], [0.5, 0.0]])])
    >>> analysis = neural_spectra.analyse(step, kind="map", settings={"scales": [1.0]})
    >>> analysis.answers["attractor"]["kind"]
    'single point'
    """
    title = name or (Path(given).stem if isinstance(given, str | Path) else "network")
    chosen = settings or {}
    match kind:
        case "flow":
            _leave_out(kind, form=form, output_activation=output_activation or None)
            return _flow(given, title, activation, seed, data, chosen)
        case "map":
            _leave_out(kind, form=form)
            return _map(given, title, activation, output_activation, seed, data, chosen)
        case "skew-rnn":
            _leave_out(kind, data=data, output_activation=output_activation or None)
            return _skew_rnn(given, title, activation, form or "sigma(A x)", chosen)
    raise InputError(
        f"unknown kind of network {kind!r}{did_you_mean(kind, TABLES)}; known are "
        f"{', '.join(TABLES)}"
    )


def _flow(
    given: Any,
    name: str,
    activation: str | None,
    seed: int | None,
    data: Tensor | None,
    settings: Mapping[str, Any],
) -> Analysis:
    field, verified, dtype, states = given, None, "float64", data
    if isinstance(given, torch.nn.Module):
        field, verified, dtype = _field_of_module(given, states_for(given, data))
    elif isinstance(given, str | Path):
        read = read_network(given, activation, seed=seed)
        field, verified, dtype = read.network, read.verified, read.dtype
        states = read.states if data is None else data
    elif not isinstance(given, Network | DifferentiableField):
        raise InputError(
            f"{type(given).__name__} is no vector field: give the path of a file, a module of "
            f"torch or a Network"
        )
    told = {"name": name, "kind": "flow", "dimension": field.dimension, "dtype": dtype}
    told |= _layers(field) if isinstance(field, Network) else {"layers": None, "activation": None}
    return analyse_flow(
        field, name=name, understood=told, verified=verified, starts=states, settings=settings
    )


def _field_of_module(
    model: torch.nn.Module, example: Tensor
) -> tuple[Network | DifferentiableField, bool | None, str]:
    """Return a field, whether it was verified, and its type."""
    # First, because a field that depends on the time is none, whatever its layers are.
    field = as_field(model, example)
    dtypes = sorted({str(each.dtype).removeprefix("torch.") for each in model.parameters()})
    dtype = ", ".join(dtypes) or "float64"
    try:
        read = as_file(model, example, read_network)
    except InputError:
        return field, None, dtype
    return read.network, read.verified, dtype


def _map(
    given: Any,
    name: str,
    activation: str | None,
    output_activation: bool,
    seed: int | None,
    data: Tensor | None,
    settings: Mapping[str, Any],
) -> Analysis:
    f, verified, dtype, states = given, None, "float64", data
    read = None
    if isinstance(given, torch.nn.Module):
        read = as_file(given, states_for(given, data), read_map)
    elif isinstance(given, str | Path):
        read = read_map(given, activation, output_activation, seed=seed)
        states = read.states if data is None else data
    elif not isinstance(given, DeepMap):
        raise InputError(
            f"{type(given).__name__} is no map: give the path of a file, a module of torch or a "
            f"DeepMap"
        )
    if read is not None:
        f, verified, dtype = read.network, read.verified, read.dtype
    told = {"name": name, "kind": "map", "dimension": f.weights[0].shape[-1], "dtype": dtype}
    told |= _layers(f)
    return analyse_map(
        f, name=name, understood=told, verified=verified, states=states, settings=settings
    )


def _layers(network: Network | DeepMap) -> dict[str, Any]:
    """Return the widths of a network, inputs first, and the names of its activations."""
    inputs = [weight.shape[-1] for weight in network.weights]
    return {
        "layers": [*inputs, network.weights[-1].shape[-2]],
        "activation": [activation.name for activation in network.activations],
    }


def _skew_rnn(
    given: Any, name: str, activation: str | None, form: str, settings: Mapping[str, Any]
) -> Analysis:
    matrix = read_matrix(given) if isinstance(given, str | Path) else np.asarray(given)
    if activation is None:
        raise InputError("a skew-rnn needs its activation; give activation='tanh', say")
    sigma = unscaled(activation)
    return analyse_skew_rnn(matrix, activation=sigma, form=form, name=name, settings=settings)


def _leave_out(kind: str, **others: Any) -> None:
    """Refuse what a network of this kind has not."""
    for word, value in others.items():
        if value is not None:
            raise InputError(f"a {kind} has no {word}; leave it out")
