"""The largest values of quantities over a region, between a certified bound and a value found.

The region is covered by cells. On each cell every quantity has an upper bound, and a value at one
of the region's points; cells whose bound tells too little beside the best value are quartered,
until none is left or the budget of cells is spent. The bound holds in either case. What stays in
memory is one chunk of cells, and one number for each cell that is not settled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from neural_spectra.bounds.regions import all_cells
from neural_spectra.errors import InputError

# Beyond it a cell's index no longer fits into 64 bits, and no cell differs from its neighbour.
DEEPEST_LEVEL = 48

PerCell = Float[Tensor, "quantities cells"]
Settle = Callable[[Tensor, Tensor], Tensor]


@runtime_checkable
class Coverable(Protocol):
    """A region covered by 2^level cells, of which cell i becomes 2i and 2i + 1 on the next."""

    def cells(self, level: int, index: Int[Tensor, " cells"]) -> Any:
        """Return the cells ``index`` of the cover by 2^level cells: their centres, and points."""


@dataclass(frozen=True)
class Suprema:
    """The largest values of quantities over a region, one or more of each member of a batch.

    Parameters
    ----------
    bound
        An upper bound, rounding included.
    found
        The largest value found at a point of the region, a lower bound up to rounding.
    attained
        The point where it was found.
    resisting
        The centre of the cell where the bound is worst.
    settled
        Whether every cell came to tell enough before the budget was spent.
    cells
        How many cells were looked at.
    """

    bound: Float[Tensor, "*batch quantities"]
    found: Float[Tensor, "*batch quantities"]
    attained: Float[Tensor, "*batch quantities dimension"]
    resisting: Float[Tensor, "*batch quantities dimension"]
    settled: Bool[Tensor, "*batch"]
    cells: Int[Tensor, "*batch"]

    def remark(self, budget: int) -> str:
        """Tell in one sentence what a spent budget means for the bound."""
        if self.settled.all():
            return ""
        return (
            f"the budget of {budget} cells was spent before bound and found value met: the bound "
            f"holds, and is as far from the supremum as from that value at most"
        )


def stacked(members: list[Suprema], shape: torch.Size) -> Suprema:
    """Join what was found for the members of a batch."""
    columns = zip(*(tuple(vars(member).values()) for member in members), strict=True)
    joined = [torch.stack(column) for column in columns]
    return Suprema(*(column.reshape(shape + column.shape[1:]) for column in joined))


def within(tolerance: float) -> Settle:
    """Settle a cell whose bound exceeds the best value by so much of it at most."""
    return lambda bounds, best: bounds <= best + tolerance * best.abs()


def below_zero(bounds: Tensor, best: Tensor) -> Tensor:
    """Settle a cell on which the quantity is negative, and all once some value is not."""
    return (bounds < 0) | (best >= 0).any()


def suprema(
    region: Coverable,
    evaluate: Callable[[Any], tuple[PerCell, PerCell]],
    settle: Settle,
    budget: int,
    chunk: int,
    coarsest_level: int = 6,
    finest_level: int = DEEPEST_LEVEL,
) -> Suprema:
    """Bound the largest values of quantities over a region.

    Parameters
    ----------
    region
        Where.
    evaluate
        Gives upper bounds of the quantities on cells, and values at the cells' points.
    settle
        Tells, from the bounds of cells and the best values so far, which need no further look.
    budget
        How many cells to look at, at most.
    chunk
        How many cells to evaluate at once.
    coarsest_level, finest_level
        The search starts from 2^coarsest_level cells, and goes down to 2^finest_level.

    Raises
    ------
    InputError
        If the budget does not even suffice to cover the region once.
    """
    level = min(coarsest_level, finest_level)
    if budget < 2**level:
        raise InputError(
            f"a budget of {budget} cells does not cover the region once: give at least {2**level}"
        )
    index, spent = all_cells(level), 0
    best = worst = torch.tensor(-torch.inf, dtype=torch.float64)
    attained = resisting = torch.zeros(1, 1, dtype=torch.float64)
    while True:
        bounds, values, points, centres = _evaluated(region, evaluate, level, index, chunk)
        spent += len(index)
        best, attained = _larger(best, attained, values, points)
        loose = ~settle(bounds, best.unsqueeze(-1))
        split = loose.any(0)
        halvings = min(2, finest_level - level)
        finished = ~split.any()
        if finished or halvings == 0 or spent + 2**halvings * int(split.sum()) > budget:
            split = torch.zeros_like(split)
        kept = torch.where(split, -torch.inf, bounds)
        worst, resisting = _larger(worst, resisting, kept, centres)
        if not split.any():
            return Suprema(worst, best, attained, resisting, finished, torch.tensor(spent))
        index = index[split]
        for _ in range(halvings):
            level, index = level + 1, torch.cat([2 * index, 2 * index + 1])


def _larger(most: Tensor, place: Tensor, values: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """Return the largest value so far of each quantity, and where it is."""
    top, at = values.max(-1)
    place = torch.where((top > most).unsqueeze(-1), centres[at], place)
    return torch.maximum(most, top), place


def _evaluated(
    region: Coverable,
    evaluate: Callable[[Any], tuple[PerCell, PerCell]],
    level: int,
    index: Tensor,
    chunk: int,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the bounds, the values, the points and the centres of cells, a chunk at a time."""
    parts = []
    for part in torch.split(index, chunk):
        cells = region.cells(level, part)
        parts.append((*evaluate(cells), cells.points, cells.centres))
    bounds, values, points, centres = zip(*parts, strict=True)
    # Where the arithmetic overflowed nothing is known, and a value that is none is none.
    bound = torch.cat(bounds, -1).nan_to_num(nan=torch.inf, posinf=torch.inf, neginf=-torch.inf)
    value = torch.cat(values, -1).nan_to_num(nan=-torch.inf, posinf=torch.inf, neginf=-torch.inf)
    return bound, value, torch.cat(points), torch.cat(centres)
