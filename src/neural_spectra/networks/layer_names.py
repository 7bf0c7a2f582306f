"""Which tensors of a file make up which layer, and in which order the layers come, by their names.

A layer is what stands before ``.weight``: ``layer_2``, ``net.4``, ``module._orig_mod.fc1``. Layers
are in numeric order where their names differ in a number first. Where they differ in a word, input
or encoder comes first and output or decoder last, and for the rest the order in which their shapes
fit together is taken, if there is only one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import combinations
from typing import NamedTuple

_NEW = "parametrizations.weight."
# The tensors that make up one weight, the one with its shape first, and what makes it of them.
_WEIGHTS = {
    ("weight",): "plain",
    ("weight_v", "weight_g"): "weight norm",
    (_NEW + "original1", _NEW + "original0"): "weight norm",
    ("weight_orig", "weight_u", "weight_v"): "spectral norm",
    (_NEW + "original", _NEW + "0._u", _NEW + "0._v"): "spectral norm",
    ("weight_orig", "weight_mask"): "pruning",
    ("weight_hh", "weight_ih"): "recurrent",
    ("weight_hh_l0", "weight_ih_l0"): "recurrent",
}
_BIASES = ("bias", "bias_ih", "bias_hh", "bias_ih_l0", "bias_hh_l0")
_ROLES = sorted({role for roles in _WEIGHTS for role in roles}.union(_BIASES), key=len)[::-1]
_SYNONYMS = {"kernel": "weight", "w": "weight", "b": "bias"}
_BATCH_NORM = re.compile(r"(.*?)\.?(running_mean|running_var|num_batches_tracked)$")
# What thop's profiler leaves in every module: scalars that count operations and parameters.
_COUNTERS = ("total_ops", "total_params")
_FIRST = {"in", "inp", "input", "inputs", "enc", "encoder", "embed", "embedding", "first", "lift"}
_LAST = {"out", "outp", "output", "outputs", "dec", "decoder", "readout", "head", "last", "final"}
_WRAPPERS = ("module", "_orig_mod")
_MOST_TRIES = 10_000
FOLDS = "neural_spectra.export(model, path, example=x) folds what is affine"


class Shape(NamedTuple):
    """Of a tensor: its axes, and its type as safetensors names it."""

    axes: tuple[int, ...]
    dtype: str


class LayerTensors(NamedTuple):
    """What makes up one layer.

    Parameters
    ----------
    name
        As in the file, without ``.weight``.
    weight, bias
        The names of the tensors behind the weight, and of those whose sum is the bias.
    made
        How the weight is made of them, as ``weight norm``.
    shape
        Of the weight.
    bias_axes
        How many axes the bias has, 0 without one.
    """

    name: str
    weight: tuple[str, ...]
    bias: tuple[str, ...]
    made: str
    shape: tuple[int, ...]
    bias_axes: int

    @property
    def inputs(self) -> int:
        """The number of columns of the weight."""
        return self.shape[-1]

    @property
    def outputs(self) -> int:
        """The number of rows of the weight."""
        return self.shape[-2]

    @property
    def recurrent(self) -> bool:
        """Whether it is a recurrent cell's, whose activation belongs to it."""
        return self.made == "recurrent"


def grouped(tensors: Mapping[str, Shape]) -> tuple[list[LayerTensors], list[str], bool]:
    """Return the layers in the order of the file, what is wrong, and whether a layer is lost."""
    mistakes: list[str] = []
    normalised: dict[str, str] = {}
    tensors = {name: shape for name, shape in tensors.items() if not _is_counter(name, shape)}
    for name in tensors:
        if found := _BATCH_NORM.match(name):
            normalised.setdefault(found[1], name)
    mistakes += [
        f"tensor '{name}' belongs to a batch normalisation; {FOLDS}" for name in normalised.values()
    ]
    layers: dict[str, dict[str, str]] = {}
    for name in tensors:
        if _BATCH_NORM.match(name):
            continue
        prefix, role = _split(name)
        if role is None:
            prefix, role = _meant(name)
            hint = f"; did you mean '{prefix}{role}'?" if role else ""
            what = "is no weight or bias of a linear layer"
            remedy = "" if role else f"; if it normalises inputs or outputs, {FOLDS}"
            mistakes.append(f"tensor '{name}' {what}{hint}{remedy}")
        if role and prefix.removesuffix(".") not in normalised:
            layers.setdefault(prefix, {})[role] = name
    whole = [_layer(prefix.removesuffix("."), roles, tensors) for prefix, roles in layers.items()]
    mistakes += [told for told in whole if isinstance(told, str)]
    if not layers and not mistakes:
        mistakes.append("there are no tensors in the file")
    lost = any(isinstance(told, str) and "has one axis" not in told for told in whole)
    return [layer for layer in whole if isinstance(layer, LayerTensors)], mistakes, lost


def _is_counter(name: str, shape: Shape) -> bool:
    return name.rpartition(".")[2] in _COUNTERS and math.prod(shape.axes) == 1


def _split(name: str) -> tuple[str, str | None]:
    """Return what stands before the role of a tensor in its layer, and the role."""
    for role in _ROLES:
        if name == role or name.endswith("." + role):
            return name.removesuffix(role), role
    return name, None


def _meant(name: str) -> tuple[str, str | None]:
    prefix, _, last = name.rpartition(".")
    prefix = prefix + "." if prefix else ""
    if last.lower() in _SYNONYMS:
        return prefix, _SYNONYMS[last.lower()]
    nearest = get_close_matches(last, ["weight", "bias"], n=1)
    return prefix, nearest[0] if nearest else None


def _layer(name: str, roles: Mapping[str, str], tensors: Mapping[str, Shape]) -> LayerTensors | str:
    """Return a layer, or what is wrong with it."""
    biases = tuple(roles[role] for role in _BIASES if role in roles)
    parts = {role for role in roles if role not in _BIASES}
    if not parts:
        return f"tensor '{biases[0]}' is a bias without a weight"
    needed = next((needed for needed in _WEIGHTS if set(needed) == parts), None)
    if needed is None:
        shown = ", ".join(f"'{roles[role]}'" for role in sorted(parts))
        return (
            f"of {shown} no weight can be made: this is no weight norm, spectral norm or pruning "
            f"as PyTorch has them; {FOLDS}"
        )
    weight, made = tuple(roles[role] for role in needed), _WEIGHTS[needed]
    axes = tensors[weight[0]].axes
    if made == "recurrent" and axes[0] != axes[-1]:
        kind = {3: "a GRU", 4: "an LSTM"}.get(axes[0] // max(1, axes[-1]), "no plain RNN")
        return f"tensor '{weight[0]}' of shape {axes} is that of {kind}, whose gates are products"
    if len(axes) == 1:
        return (
            f"tensor '{weight[0]}' has one axis, shape {axes}: it belongs to a normalisation or to "
            f"an activation with parameters; {FOLDS}"
        )
    if len(axes) not in (2, 3) or 0 in axes:
        return (
            f"tensor '{weight[0]}' has the shape {axes}; the weight of a linear layer has two "
            f"axes, (outputs, inputs), neither of them empty"
        )
    bias_axes = len(tensors[biases[0]].axes) if biases else 0
    return LayerTensors(name, weight, biases, made, axes, bias_axes)


def in_order(layers: Sequence[LayerTensors]) -> tuple[tuple[LayerTensors, ...], list[str]]:
    """Return the layers from the first to the last, and what is wrong with that."""
    before = {
        (a, b): order
        for (a, x), (b, y) in combinations(list(enumerate(map(_key, layers))), 2)
        if (order := _first_difference(x, y)) is not None
    }
    twice = [pair for pair, order in before.items() if order == 0]
    if twice:
        a, b = (layers[k].name for k in twice[0])
        return (), [f"layers '{a}' and '{b}' are the same layer behind different prefixes"]
    count = len(layers)
    if len(before) == count * (count - 1) // 2:
        earlier = [sum(o > 0 for (a, _), o in before.items() if a == k) for k in range(count)]
        ranks = [
            earlier[k] + sum(o < 0 for (_, b), o in before.items() if b == k) for k in range(count)
        ]
        return tuple(layer for _, layer in sorted(zip(ranks, layers, strict=True))), []
    orders = _fitting_orders(layers, before)
    first, second = next(orders, None), next(orders, None)
    if first is not None and second is None:
        return tuple(layers[k] for k in first), []
    names = ", ".join(f"'{layer.name or layer.weight[0]}'" for layer in layers)
    why = "no order of them fits" if first is None else "their shapes fit in several orders"
    return (), [f"the names of the layers {names} do not tell their order, and {why}; number them"]


def _key(layer: LayerTensors) -> list[str | int]:
    parts = [part for part in layer.name.split(".") if part not in _WRAPPERS]
    pieces = re.findall(r"\d+|[^\d.]+|\.", ".".join(parts))
    return [int(piece) if piece.isdigit() else piece for piece in pieces]


def _first_difference(x: Sequence[str | int], y: Sequence[str | int]) -> int | None:
    """Return −1, 0 or 1 where the numbers or words in two names tell their order, else None."""
    if x == y:
        return 0
    for a, b in zip(x, y, strict=False):
        if a != b:
            numbers = isinstance(a, int) and isinstance(b, int)
            one, two = (int(a), int(b)) if numbers else (_place(a), _place(b))
            return (one > two) - (one < two) or None
    return None


def _place(word: str | int) -> int:
    """Return −1 for a word that the first layers are called by, 1 for one of the last ones."""
    parts = set(str(word).lower().split("_"))
    return bool(parts & _LAST) - bool(parts & _FIRST)


def _fitting_orders(
    layers: Sequence[LayerTensors], before: Mapping[tuple[int, int], int]
) -> Iterator[tuple[int, ...]]:
    """Yield the orders in which shapes fit and the numbers in names rise."""
    after = {pair if order < 0 else pair[::-1] for pair, order in before.items()}
    tries, stack = 0, [()] if layers else []
    paths: list[tuple[int, ...]] = list(stack)
    while paths and tries < _MOST_TRIES:
        tries, path = tries + 1, paths.pop()
        if len(path) == len(layers):
            if layers[path[0]].inputs == layers[path[-1]].outputs:
                yield path
            continue
        left = [k for k in range(len(layers)) if k not in path]
        for k in left:
            fits = not path or layers[path[-1]].outputs == layers[k].inputs
            if fits and not any((other, k) in after for other in left):
                paths.append((*path, k))
