"""The linear and elementwise layers that a torch module is made of, found by running it.

The module is run on states chosen for it, with the outputs of its activations chosen too (see
`watched_modules`): zeros, unit vectors and random ones, of one activation at a time. What comes
before the next activation must be an affine function of them, and of the last layer's only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor
from torch.func import vmap

from neural_spectra.activations.activation_names import Spelled
from neural_spectra.errors import InputError
from neural_spectra.networks.evaluated_modules import EvaluatedModule, require_no_time
from neural_spectra.networks.watched_modules import Call, Operation, Watch, named_path, rows_first

T = TypeVar("T")
_RANDOM = 8
_EXACT, _ROUNDING = 1e-9, 1e-14
_REMEDY = (
    "a file holds linear and elementwise layers only; analyse the module itself, "
    "neural_spectra.analyse(model)"
)


class Layers(NamedTuple):
    """f(x) = W_L σ_{L−1}(W_{L−1} … + b_{L−1}) + b_L with σ as PyTorch has them."""

    weights: list[Tensor]
    biases: list[Tensor]
    activations: list[Spelled]


@dataclass(frozen=True)
class _Source:
    """States that were chosen, x itself or the output of an activation."""

    values: Tensor
    first_row: int
    activation: Spelled | None
    where: str
    depth: int = 0


class _Affine(NamedTuple):
    offset: Tensor
    blocks: dict[int, Tensor]  # the matrix, transposed, that each source is multiplied by
    exact: bool


def layers_of(field: EvaluatedModule, example: Float[Tensor, "points dimension"]) -> Layers:
    """Find the layers of a module.

    Parameters
    ----------
    field
        The module.
    example
        States that it can be run on.

    Raises
    ------
    InputError
        If it depends on the time, or is not made of linear and elementwise layers, naming the layer
        or the operation that is not.
    """
    with torch.no_grad():
        require_no_time(field, example)
        widths = _widths(field, example)
        calls, operations, output, sources = _probed(field, example.shape[-1], widths)
    # What cancels leaves rounding of the largest numbers on the way, which is no dependence.
    largest = max((o.value.abs().amax().item() for o in operations), default=0.0)
    rounding = _ROUNDING * (1 + largest)
    found: list[_Source] = [sources[0]]
    inputs: list[_Affine] = []
    for call, chosen in zip(calls, sources[1:], strict=True):
        affine = _affine(call.argument, found, rounding)
        depths = {found[k].depth for k in affine.blocks}
        if not affine.exact or len(depths) > 1:
            raise _refusal(operations, found, call.where, affine.exact, rounding)
        depth = 1 + max(depths, default=0)
        found.append(_Source(chosen.values, chosen.first_row, call.activation, call.where, depth))
        inputs.append(affine)
    affine = _affine(output, found, rounding)
    depths = {found[k].depth for k in affine.blocks}
    if not affine.exact or len(depths) > 1:
        raise _refusal(operations, found, f"the output of {field.name}", affine.exact, rounding)
    return _assembled(found, inputs, affine, example.shape[-1])


def _assembled(
    sources: Sequence[_Source], inputs: Sequence[_Affine], output: _Affine, dimension: int
) -> Layers:
    """Go back from the output, layer by layer, to the state."""
    weights: list[Tensor] = []
    biases: list[Tensor] = []
    activations: list[Spelled] = []
    rows = [output]
    members = sorted(output.blocks) or [0]
    while True:
        shapes = [sources[k].values.shape[-1] for k in members]
        blocks = [
            torch.cat(
                [
                    each.blocks.get(k, each.offset.new_zeros(width, len(each.offset)))
                    for k, width in zip(members, shapes, strict=True)
                ]
            ).mT
            for each in rows
        ]
        weights.insert(0, torch.cat(blocks))
        biases.insert(0, torch.cat([each.offset for each in rows]))
        kinds = {sources[k].activation for k in members}
        if kinds <= {None}:
            break
        if len(kinds) > 1:
            places = " and ".join(sources[k].where for k in members)
            raise InputError(f"{places} are different activations in one layer; {_REMEDY}")
        activations.insert(0, next(kind for kind in kinds if kind is not None))
        rows = [inputs[k - 1] for k in members]
        members = sorted({k for each in rows for k in each.blocks}) or [0]
    if not activations:
        # An affine map: through the identity, so that it has a hidden layer like all others.
        weights.insert(0, torch.eye(dimension, dtype=torch.float64))
        biases.insert(0, torch.zeros(dimension, dtype=torch.float64))
        activations.append(Spelled("identity"))
    return Layers(weights, biases, activations)


def _affine(value: Tensor, sources: Sequence[_Source], rounding: float) -> _Affine:
    """Return what a value is as an affine function of the sources, and whether it is one."""
    offset = value[0]
    blocks, expected = {}, offset.expand(_RANDOM, -1)
    terms = offset.abs().expand(_RANDOM, -1)
    for k, source in enumerate(sources):
        width = source.values.shape[-1]
        block = value[source.first_row : source.first_row + width] - offset
        at_random = source.values[-_RANDOM:]
        expected = expected + at_random @ block
        terms = terms + at_random.abs() @ block.abs()
        blocks[k] = block
    size = terms.amax()
    exact = bool(((value[-_RANDOM:] - expected).abs() <= _EXACT * size + rounding).all())
    smallest = 1e-12 * size + rounding
    return _Affine(offset, {k: b for k, b in blocks.items() if (b.abs() > smallest).any()}, exact)


def _refusal(
    operations: Sequence[Operation],
    sources: Sequence[_Source],
    where: str,
    affine: bool,
    rounding: float,
) -> InputError:
    """Name the first operation that is not affine, or that mixes what comes from several layers."""
    for operation in operations:
        found = _affine(operation.value, sources, rounding)
        if not affine and not found.exact:
            # A linear layer is affine: what goes into it came from where nobody could watch.
            what = "what goes into " * (operation.name == "linear") + operation.where
            return InputError(f"{what} is neither affine nor a known activation; {_REMEDY}")
        if affine and len({sources[k].depth for k in found.blocks}) > 1:
            where = operation.where
            break
    what = "joins states that went through different numbers of layers, as a residual connection"
    told = what if affine else "is no affine function of the layer before"
    return InputError(f"{where} {told}; {_REMEDY}")


def _probed(
    field: EvaluatedModule, dimension: int, widths: Sequence[int]
) -> tuple[list[Call], list[Operation], Tensor, list[_Source]]:
    """Run the module on zeros, the unit vectors of each source alone, and random states."""
    rows = _unlike(field.module, 1 + dimension + sum(widths) + _RANDOM)
    generator = torch.Generator().manual_seed(0)
    sources, first = [], 1
    for width in (dimension, *widths):
        values = torch.zeros(rows, width, dtype=torch.float64)
        values[first : first + width] = torch.eye(width, dtype=torch.float64)
        values[-_RANDOM:] = torch.randn(_RANDOM, width, generator=generator, dtype=torch.float64)
        sources.append(_Source(values, first, None, ""))
        first += width
    x, *outputs = (source.values for source in sources)
    with named_path(field.module) as path:
        if field.alone:
            kinds: list[tuple[Spelled, str]] = []
            places: list[tuple[str, str]] = []

            def run(state: Tensor, *chosen: Tensor) -> tuple[list[Tensor], list[Tensor], Tensor]:
                time = torch.zeros((), dtype=torch.float64)
                with Watch(chosen, torch._C._functorch.is_batchedtensor, time, path) as watch:
                    value = field.at(state, time)
                kinds[:] = [(call.activation, call.where) for call in watch.calls]
                places[:] = [(o.name, o.where) for o in watch.operations]
                arguments = [call.argument.reshape(-1) for call in watch.calls]
                return arguments, [o.value.reshape(-1) for o in watch.operations], value

            arguments, given, result = _taken_apart(field, partial(vmap(run), x, *outputs))
            calls = [
                Call(kind, argument, place)
                for (kind, place), argument in zip(kinds, arguments, strict=True)
            ]
            operations = [Operation(*o, v) for o, v in zip(places, given, strict=True)]
            return calls, operations, result, sources
        time = torch.zeros((), dtype=torch.float64)
        with Watch(outputs, lambda value: rows in value.shape, time, path) as watch:
            output = _taken_apart(field, partial(field.at, x, time))
    calls = [c._replace(argument=rows_first(c.argument, rows)) for c in watch.calls]
    operations = [o._replace(value=rows_first(o.value, rows)) for o in watch.operations]
    return calls, operations, rows_first(output, rows), sources


def _taken_apart(field: EvaluatedModule, run: Callable[[], T]) -> T:
    """Return what a run gives with the outputs of activations replaced."""
    try:
        return run()
    except Exception as error:
        raise InputError(
            f"the forward of {field.name} cannot be taken apart into layers: {error}; {_REMEDY}"
        ) from error


def _widths(field: EvaluatedModule, example: Float[Tensor, "points dimension"]) -> list[int]:
    """Return the number of units of each activation, in the order in which they are applied."""
    rows = _unlike(field.module, 11)
    with named_path(field.module) as path:
        time = torch.zeros((), dtype=torch.float64)
        if field.alone:
            counted: list[int] = []

            def run(state: Tensor) -> Tensor:
                with Watch(None, torch._C._functorch.is_batchedtensor, time, path) as watch:
                    value = field.at(state, time)
                counted[:] = [call.argument.numel() for call in watch.calls]
                return value

            field.followed(partial(vmap(run), example[:1].expand(rows, -1)))
            return counted
        states = example[:1].expand(rows, -1).clone()
        with Watch(None, lambda value: rows in value.shape, time, path) as watch:
            field.followed(partial(field.at, states, time))
    return [call.argument.numel() // rows for call in watch.calls]


def _unlike(module: torch.nn.Module, least: int) -> int:
    """Return a number of rows that is the length of no axis of the module's own."""
    taken = {length for part in (*module.parameters(), *module.buffers()) for length in part.shape}
    taken |= {sum(taken)}
    while least in taken:
        least += 1
    return least
