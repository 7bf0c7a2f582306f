"""Which tensor is wrong where the shapes of a network's layers do not fit together.

The width after a layer is told by three tensors: its weight, its bias and the next weight, after
the last layer the first one (a vector field or a map has as many outputs as inputs). Of three the
one that stands alone is wrong; before that, weights that fit when transposed or swapped are named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from neural_spectra.networks.layer_names import LayerTensors, Shape

_MOST_LAYERS = 10
_NARROW = 4


def mistakes_in_axes(
    layers: Sequence[LayerTensors], tensors: Mapping[str, Shape], stacked: bool
) -> list[str]:
    """Return a sentence for each tensor that by itself cannot be part of a linear layer."""
    mistakes = _parts(layers, tensors)
    mistakes += [
        f"tensor '{layer.weight[0]}' has 3 axes, shape {layer.shape}; the weight of a linear layer "
        f"has two, (outputs, inputs)"
        for layer in layers
        if len(layer.shape) == 3 and not stacked
    ]
    mistakes += [
        f"tensor '{bias}' has the shape {tensors[bias].axes}; the bias of a linear layer has one "
        f"axis, (outputs,)"
        for layer in layers
        for bias in layer.bias
        if len(tensors[bias].axes) != 1 + stacked or 0 in tensors[bias].axes
    ]
    return mistakes


def mistakes_in_shapes(layers: Sequence[LayerTensors], tensors: Mapping[str, Shape]) -> list[str]:
    """Return a sentence for each tensor that does not fit the others, nothing if all do."""
    biases = [_length(layer, tensors) for layer in layers]
    sizes = [(layer.outputs, layer.inputs) for layer in layers]
    if _fits(sizes, biases):
        return []
    search = len(layers) <= _MOST_LAYERS
    told = search and (_transposed(layers, sizes, biases) or _swapped(layers, sizes, biases))
    if told:
        return told
    inputs, outputs = sizes[0][1], sizes[-1][0]
    square = [*sizes[:-1], (inputs, sizes[-1][1])], [*biases[:-1], None]
    if inputs != outputs and _fits(*square) and biases[-1] in (None, outputs):
        return [_not_square(layers, inputs, outputs)]
    return _outvoted(layers, sizes, biases)


def too_narrow(layers: Sequence[LayerTensors]) -> list[str]:
    """Return what is suspicious of layers that fit: a few units between many dimensions.

    So look a network whose first and last layer are swapped, or one transposed without biases.
    """
    dimension, narrowest = layers[0].inputs, min(layers, key=lambda layer: layer.outputs)
    if narrowest.outputs * _NARROW > dimension:
        return []
    first, last = layers[0].weight[0], layers[-1].weight[0]
    return [
        f"'{first}' takes {dimension} inputs, but '{narrowest.weight[0]}' has {narrowest.outputs} "
        f"units only: '{first}' and '{last}' look swapped or transposed; if this is meant, "
        f"neural_spectra.export(model, path, example=x) writes a file that can be verified"
    ]


def _length(layer: LayerTensors, tensors: Mapping[str, Shape]) -> int | None:
    return tensors[layer.bias[0]].axes[-1] if layer.bias else None


def _fits(sizes: Sequence[tuple[int, int]], biases: Sequence[int | None]) -> bool:
    following = [*sizes[1:], sizes[0]]
    return all(
        rows == columns and bias in (None, rows)
        for (rows, _), (_, columns), bias in zip(sizes, following, biases, strict=True)
    )


def _transposed(
    layers: Sequence[LayerTensors],
    sizes: Sequence[tuple[int, int]],
    biases: Sequence[int | None],
) -> list[str]:
    """Name the fewest weights that, transposed, make everything fit."""
    oblong = [k for k, (rows, columns) in enumerate(sizes) if rows != columns]
    for count in range(1, len(oblong) + 1):
        for chosen in combinations(oblong, count):
            if _fits([s[::-1] if k in chosen else s for k, s in enumerate(sizes)], biases):
                return [
                    f"tensor '{layers[k].weight[0]}' has the shape {sizes[k]}; it needs "
                    f"{sizes[k][::-1]}, (outputs, inputs): it is transposed, or another layer's"
                    for k in chosen
                ]
    return []


def _swapped(
    layers: Sequence[LayerTensors],
    sizes: Sequence[tuple[int, int]],
    biases: Sequence[int | None],
) -> list[str]:
    """Name two layers, two weights or two biases that, swapped, make everything fit."""
    # Layers fit in a circle; the field's dimension is likely to be the smallest width in it.
    pairs = combinations(range(len(layers)), 2)
    for a, b in sorted(pairs, key=lambda pair: sizes[pair[1] if pair[0] == 0 else 0][1]):
        swap = {a: b, b: a}
        other_sizes = [sizes[swap.get(k, k)] for k in range(len(sizes))]
        other_biases = [biases[swap.get(k, k)] for k in range(len(sizes))]
        one, two = layers[a], layers[b]
        if _fits(other_sizes, other_biases):
            return [
                f"layers '{one.name}' and '{two.name}' ('{one.weight[0]}', '{two.weight[0]}') are "
                f"swapped: their shapes fit so only"
            ]
        if _fits(other_sizes, biases):
            return [
                f"tensors '{one.weight[0]}' of shape {sizes[a]} and '{two.weight[0]}' of shape "
                f"{sizes[b]} are swapped: they fit so only"
            ]
        if _fits(sizes, other_biases):
            return [f"tensors '{one.bias[0]}' and '{two.bias[0]}' are swapped: they fit so only"]
    return []


def _outvoted(
    layers: Sequence[LayerTensors],
    sizes: Sequence[tuple[int, int]],
    biases: Sequence[int | None],
) -> list[str]:
    """Name the tensors that tell another width than two others do."""
    wrong: dict[str, tuple[str, list[int]]] = {}
    mistakes = []
    for k, layer in enumerate(layers):
        following = layers[(k + 1) % len(layers)]
        votes = [(layer.weight[0], sizes[k][0], 0), (following.weight[0], following.inputs, 1)]
        if (length := biases[k]) is not None:
            votes.append((layer.bias[0], length, 0))
        width, count = Counter(vote for _, vote, _ in votes).most_common(1)[0]
        if count == len(votes):
            continue
        if count == 1 and k == len(layers) - 1:
            mistakes.append(_not_square(layers, following.inputs, layer.outputs))
        elif count == 1:
            mistakes.append(
                f"'{layer.weight[0]}' gives {layer.outputs} outputs, but '{following.weight[0]}' "
                f"takes {following.inputs} inputs"
            )
        else:
            for name, vote, axis in votes:
                if vote != width:
                    shape = list(_shape(name, layers, sizes, biases))
                    kept = wrong.setdefault(name, (str(tuple(shape)), shape))[1]
                    kept[axis if len(kept) > 1 else 0] = width
    told = [
        f"tensor '{name}' has the shape {shape}; to fit the others it needs {tuple(needed)}"
        for name, (shape, needed) in wrong.items()
    ]
    return told + mistakes


def _shape(
    name: str,
    layers: Sequence[LayerTensors],
    sizes: Sequence[tuple[int, int]],
    biases: Sequence[int | None],
) -> tuple[int, ...]:
    for layer, size, length in zip(layers, sizes, biases, strict=True):
        if name == layer.weight[0]:
            return size
        if name in layer.bias and length is not None:
            return (length,)
    raise KeyError(name)


def _not_square(layers: Sequence[LayerTensors], inputs: int, outputs: int) -> str:
    told = (
        f"the network maps R^{inputs} ('{layers[0].weight[0]}') to R^{outputs} "
        f"('{layers[-1].weight[0]}'); a vector field or a map needs as many outputs as inputs"
    )
    return told + "; is the first or last input the time?" * (inputs == outputs + 1)


def _parts(layers: Sequence[LayerTensors], tensors: Mapping[str, Shape]) -> list[str]:
    """Return what is wrong with tensors that must have the shape of another one."""
    mistakes = []
    for layer in layers:
        needed: dict[str, list[tuple[int, ...]]] = {}
        rows, columns = layer.shape[-2:]
        if layer.made == "weight norm":
            needed[layer.weight[1]] = [(rows, 1), (1, columns), (), (1, 1), (1,)]
        elif layer.made == "spectral norm":
            needed |= {layer.weight[1]: [(rows,)], layer.weight[2]: [(columns,)]}
        elif layer.made == "pruning":
            needed[layer.weight[1]] = [(rows, columns)]
        for bias in layer.bias[1:]:
            needed[bias] = [tensors[layer.bias[0]].axes]
        mistakes += [
            f"tensor '{name}' has the shape {tensors[name].axes}; beside '{layer.weight[0]}' of "
            f"shape {layer.shape} it needs {shapes[0]}"
            for name, shapes in needed.items()
            if tensors[name].axes not in shapes
        ]
    return mistakes
