"""What a safetensors file says about a network before any number is read: names, shapes, types.

Layers come as the project names them or as PyTorch does, behind any prefixes; a bias that is not
there is zero, and the parametrisations of weight norm, spectral norm and pruning are one weight.
Everything that is wrong with a file is told at once. It needs no torch, so that a dry run is quick.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError, safe_open

from neural_spectra.activations.activation_names import WITH_RANGES, Spelled, spelled_list
from neural_spectra.activations.activation_names import name_and_parameter as family_of
from neural_spectra.errors import InputError, printable
from neural_spectra.networks.layer_names import LayerTensors, Shape, grouped, in_order
from neural_spectra.networks.layer_shapes import mistakes_in_axes, mistakes_in_shapes, too_narrow
from neural_spectra.networks.weights_file_writing import FORMAT, STAND_INS, STATES, VALUES

# How files begin that torch.save wrote, as an archive, or pickle.dump and torch.save before 1.6.
_ARCHIVE, _PICKLE = b"PK\x03\x04", b"\x80"
_OF_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin")
_EXPORT = (
    "a pickle, as torch.save writes it, and never opened, for it can run any code; export it:\n"
    "    import torch, neural_spectra\n"
    "    model = …  # build it, and load its state as you do to use it\n"
    '    neural_spectra.export(model, "{name}.safetensors", example=x)  # x: some of its states'
)
_FLOATS = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3fn",
    "F8_E5M2": "float8_e5m2",
}


class Reading(NamedTuple):
    """How a file is read.

    Parameters
    ----------
    kind
        ``flow`` for ẋ = f(x), ``map`` for x ↦ f(x).
    output_activation
        Of a map, whether an activation also follows the last layer.
    """

    kind: str = "flow"
    output_activation: bool = False


@dataclass(frozen=True)
class Header:
    """What a file holds, if nothing is wrong with it.

    Parameters
    ----------
    layers
        The tensors that make up each layer, in order.
    spelled
        The activation of each activated layer.
    dtype
        The types of the weights, as ``float32``.
    member
        Which of several networks along a first axis of all tensors is meant; None without one.
    pairs
        Whether it holds pairs (x, f(x)) to verify against.
    metadata
        As in the file.
    """

    layers: tuple[LayerTensors, ...]
    spelled: tuple[Spelled, ...]
    dtype: str
    member: int | None
    pairs: bool
    metadata: Mapping[str, str] = field(repr=False)

    @property
    def widths(self) -> tuple[int, ...]:
        """The numbers of inputs, of units of every hidden layer, and of outputs."""
        return (self.layers[0].inputs, *(layer.outputs for layer in self.layers))

    @property
    def activations(self) -> tuple[str, ...]:
        """The name of the activation of each activated layer."""
        return tuple(each.name for each in self.spelled)

    @property
    def understood(self) -> str:
        """In one line: dimension, layers, activations, type."""
        names = self.activations if len(set(self.activations)) > 1 else self.activations[:1]
        shape = "-".join(map(str, self.widths))
        told = f"d = {self.widths[0]}, layers {shape}, {', '.join(names)}, {self.dtype}"
        return told + ", a recurrent cell without inputs" * self.layers[0].recurrent


def read_header(
    path: str | Path,
    activation: str | Sequence[str] | None = None,
    *,
    kind: str = "flow",
    output_activation: bool = False,
    seed: int | None = None,
) -> Header:
    """Read names, shapes and types of a network's file, without its numbers.

    Parameters
    ----------
    path
        A safetensors file.
    activation
        As PyTorch or the project writes it, one for all layers or ``"tanh, relu"``; None where the
        file's metadata name it.
    kind
        ``flow`` for a vector field ẋ = f(x), ``map`` for x ↦ f(x).
    output_activation
        Of a map, whether an activation also follows the last layer.
    seed
        Which of several networks in one file.

    Raises
    ------
    InputError
        If the file is none, or anything in it is wrong: all of that at once.
    """
    shapes, metadata = shapes_and_metadata(path)
    pairs = STATES in shapes and VALUES in shapes
    tensors = {
        name: shape for name, shape in shapes.items() if not pairs or name not in (STATES, VALUES)
    }
    groups, mistakes, lost = grouped(tensors)
    mistakes += [
        f"tensor '{name}' holds {shape.dtype}, no floating numbers; save it as float32 or float64"
        for name, shape in tensors.items()
        if shape.dtype not in _FLOATS
    ]
    stacked = _stacked(groups)
    wrong = mistakes_in_axes(groups, tensors, stacked > 0)
    wrong += _recurrent(groups, kind)
    mistakes += wrong
    layers: tuple[LayerTensors, ...] = ()
    if groups and not wrong and not lost:
        layers, wrong = in_order(groups)
        mistakes += wrong + mistakes_in_shapes(layers, tensors) if layers else wrong
    reading = Reading(kind, output_activation or any(layer.recurrent for layer in groups))
    named, wrong = _activations(activation, metadata, len(layers), reading)
    mistakes += wrong
    if layers and not mistakes and not pairs:
        mistakes += too_narrow(layers)
    if kind == "flow" and len(layers) == 1 and not mistakes:
        mistakes.append("there is one layer only: f is affine, and its eigenvalues tell everything")
    member, wrong = _member(stacked, metadata, seed)
    mistakes += wrong
    refuse(path, mistakes)
    dtypes = {_FLOATS[shape.dtype] for shape in tensors.values()}
    return Header(layers, named, ", ".join(sorted(dtypes)), member, pairs, metadata)


def refuse(path: str | Path, mistakes: Sequence[str]) -> None:
    """Raise one `InputError` that tells all mistakes of a file, if there are any."""
    if len(mistakes) == 1:
        raise InputError(f"{path}: {mistakes[0]}")
    if mistakes:
        listed = "".join(f"\n  - {mistake}" for mistake in mistakes)
        raise InputError(f"{path}: {len(mistakes)} mistakes{listed}")


def shapes_and_metadata(path: str | Path) -> tuple[dict[str, Shape], dict[str, str]]:
    """Return the shape of every tensor and the metadata; only the header is read."""
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file; check the path")
    try:
        with safe_open(path, framework="np") as file:
            parts = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            shapes = {
                name: Shape(tuple(part.get_shape()), part.get_dtype())
                for name, part in parts.items()
            }
            return shapes, file.metadata() or {}
    except SafetensorError as error:
        raise InputError(f"{path}: {_what_it_is(Path(path), error)}") from error


def _what_it_is(path: Path, error: SafetensorError) -> str:
    with path.open("rb") as opened:
        beginning = opened.read(64)
    for sign, told in STAND_INS.items():
        if beginning.lstrip().startswith(sign):
            return told
    if beginning.startswith(_ARCHIVE) and not _holds_a_pickle(path):
        return "a zip archive; unpack it, and give the safetensors file in it"
    if beginning.startswith((_ARCHIVE, _PICKLE)) or path.suffix in _OF_PICKLES:
        return _EXPORT.format(name=path.stem)
    return (
        f"not a complete safetensors file ({printable(str(error))}); export the weights again, by "
        f"neural_spectra.export(model, path, example=x)"
    )


def _recurrent(layers: Sequence[LayerTensors], kind: str) -> list[str]:
    """Return what is wrong with recurrent layers: they are maps, and nothing comes behind them."""
    if kind == "map" and len(layers) == 1:
        return []
    return [
        f"tensor '{layer.weight[0]}' is a recurrent cell's, a map h ↦ σ(W h + b); analyse it as a "
        f"map, without any layer beside it"
        for layer in layers
        if layer.recurrent
    ]


def _holds_a_pickle(path: Path) -> bool:
    """Tell from the names in an archive, none of which is opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".pkl") for name in archive.namelist())
    except zipfile.BadZipFile:
        return True


def _stacked(groups: Sequence[LayerTensors]) -> int:
    """Return the number of networks that all weights and biases hold along a first axis."""
    firsts = {layer.shape[0] for layer in groups if len(layer.shape) == 3}
    every = all(len(layer.shape) == 3 and layer.bias_axes in (0, 2) for layer in groups)
    return firsts.pop() if groups and every and len(firsts) == 1 else 0


def _member(
    stacked: int, metadata: Mapping[str, str], seed: int | None
) -> tuple[int | None, list[str]]:
    """Return which of the networks in the file is meant, and what is wrong with that."""
    if not stacked:
        told = f"there is one network in the file, without a seed; leave seed = {seed} out"
        return None, [told] if seed is not None else []
    try:
        seeds = json.loads(metadata.get("seeds", str([*range(stacked)])))
    except (ValueError, RecursionError):
        seeds = None
    if not isinstance(seeds, list) or len(seeds) != stacked:
        return 0, [f"the metadata's seeds are no JSON list of {stacked} numbers"]
    if seed in seeds or (seed is None and stacked == 1):
        return seeds.index(seed) if seed is not None else 0, []
    told = f"there are {stacked} networks in the file, with the seeds {seeds}; choose one"
    return 0, [f"{told}, as neural_spectra.read_network(path, seed={seeds[0]})"]


def _activations(
    given: str | Sequence[str] | None, metadata: Mapping[str, str], layers: int, reading: Reading
) -> tuple[tuple[Spelled, ...], list[str]]:
    """Return the activation of each activated layer, and what is wrong with them."""
    mistakes = []
    for key, value in FORMAT.items():
        if metadata.get("format") == FORMAT["format"] and metadata.get(key) != value:
            told = metadata.get(key)
            mistakes.append(f"the metadata give {key} = {told!r}; this reads {key} = {value!r}")
    in_file = metadata.get("activation", metadata.get("activations"))
    if given is None and in_file is None:
        remedy = "give it, as ACTIVATION=tanh or activation='tanh', or one for each hidden layer"
        return (), [*mistakes, f"nothing in the file names the activation; {remedy}: 'tanh, relu'"]
    try:
        named = spelled_list(given if given is not None else str(in_file))
        if given is not None and in_file is not None and spelled_list(in_file) != named:
            told = f"the file names the activation {in_file!r}, and {given!r} was given"
            return (), [*mistakes, f"{told}; leave that out, or correct the file"]
    except InputError as error:
        return (), [*mistakes, str(error)]
    if reading.kind == "flow":
        without = [each.name for each in named if family_of(each.name)[0] not in WITH_RANGES]
        mistakes += [
            f"activation {name!r} has no ranges over intervals here, which bounds need; analyse "
            f"the module itself, from Python"
            for name in without
        ]
    if reading.kind == "map" and len(named) == layers > 1 and not reading.output_activation:
        mistakes.append(
            f"there are {len(named)} activations for {layers - 1} hidden layers; for one after the "
            f"last layer too give output_activation=True"
        )
    activated = layers - 1 + reading.output_activation
    if len(named) == 1:
        return named * activated, mistakes
    if len(named) != activated and not mistakes and layers:
        mistakes.append(
            f"there are {len(named)} activations for {activated} hidden layers; give one for each, "
            f"or a single one for all"
        )
    return named, mistakes
