r"""Polygonal annuli around a closed orbit of the plane, and their cells.

The inner and the outer curve are polygons with vertices p_i ∓ w_i n_i on both sides of the orbit's
points p_i. Between two edges that belong together lies a quadrilateral; a diagonal cuts it into two
triangles. If all triangles are positively oriented and both polygons are simple, the triangles
cover the closed region between the polygons, without overlap: the number of triangles over a point
is the difference of the polygons' winding numbers around it, and each winding number is 0 or 1.

All vertices are floating-point numbers and the curves are defined by them, so that only what is
computed from them is rounded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from neural_spectra.bounds.affine_forms import FEW
from neural_spectra.bounds.interval_jacobians import Parallelotopes


class StripCells(NamedTuple):
    """Cells of an annulus, or of its curves.

    Parameters
    ----------
    shape
        Where they are.
    piece
        The number of the quadrilateral, or of the edge, that each cell is part of.
    """

    shape: Parallelotopes
    piece: Int[Tensor, " cells"]

    @property
    def centres(self) -> Float[Tensor, "cells dimension"]:
        """The centre of each cell."""
        return self.shape.centres

    @property
    def points(self) -> Float[Tensor, "cells dimension"]:
        """Where to take a value in each cell."""
        return self.shape.points


@dataclass(frozen=True)
class Edges:
    """The edges of closed polygons one after the other, 2^p in all; cells are parts of an edge.

    Parameters
    ----------
    starts, ends
        Of each edge.
    """

    starts: Float[Tensor, "edges two"]
    ends: Float[Tensor, "edges two"]

    @property
    def level(self) -> int:
        """The level at which each edge is a cell."""
        return len(self.starts).bit_length() - 1

    def cells(self, level: int, index: Int[Tensor, " cells"]) -> StripCells:
        """Return the cells ``index`` of the cover by 2^level cells, at least one for each edge."""
        parts = 2 ** (level - self.level)
        piece, place = index // parts, index % parts
        start, end = self.starts[piece], self.ends[piece]
        position = ((place + 0.5) / parts).unsqueeze(-1)
        centres = start + position * (end - start)
        half = ((end - start) / (2 * parts)).unsqueeze(-2)
        slack = FEW * (start.abs() + end.abs())
        return StripCells(Parallelotopes(centres, centres, half, slack), piece)


@dataclass(frozen=True)
class Annulus:
    """The region between two polygons of 2^p corresponding vertices; cells are quadrilaterals.

    Parameters
    ----------
    left, right
        The vertices of the curves, in the order in which the orbit passes; the orbit has the first
        curve on its left. So the left one is the inner one where the orbit turns to the left.
    """

    left: Float[Tensor, "vertices two"]
    right: Float[Tensor, "vertices two"]

    @property
    def level(self) -> int:
        """The level at which each quadrilateral is a cell."""
        return len(self.left).bit_length() - 1

    @property
    def edges(self) -> Edges:
        """The edges of both curves, first the left one's."""
        starts = torch.cat([self.left, self.right])
        ends = torch.cat([self.left.roll(-1, 0), self.right.roll(-1, 0)])
        return Edges(starts, ends)

    def cells(self, level: int, index: Int[Tensor, " cells"]) -> StripCells:
        """Return the cells ``index`` of the cover by 2^level cells: halved across, then along."""
        place, along, across = _places(index, level - self.level)
        corners = self.left, self.right, self.left.roll(-1, 0), self.right.roll(-1, 0)
        a, b, c, d = (corner[place.piece] for corner in corners)
        s, t = place.along.unsqueeze(-1), place.across.unsqueeze(-1)
        centres = (1 - s) * ((1 - t) * a + t * b) + s * ((1 - t) * c + t * d)
        forwards = ((1 - t) * (c - a) + t * (d - b)) / (2 * along)
        sideways = ((1 - s) * (b - a) + s * (d - c)) / (2 * across)
        twist = (a - b - c + d) / (4 * along * across)
        size = sum(corner.abs() for corner in (a, b, c, d))
        shape = Parallelotopes(
            centres, centres, torch.stack([forwards, sideways], -2), twist.abs() + FEW * size
        )
        return StripCells(shape, place.piece)


class _Places(NamedTuple):
    piece: Tensor
    along: Tensor
    across: Tensor


def _places(index: Tensor, halvings: int) -> tuple[_Places, int, int]:
    """Return the quadrilateral of cells, the middle of each in it, and the parts each way."""
    along, across = 2 ** (halvings // 2), 2 ** ((halvings + 1) // 2)
    i, j = torch.zeros_like(index), torch.zeros_like(index)
    for k in range(halvings):
        bit = (index >> (halvings - 1 - k)) % 2
        if k % 2 == 0:
            j = 2 * j + bit
        else:
            i = 2 * i + bit
    places = _Places(index >> halvings, (i + 0.5) / along, (j + 0.5) / across)
    return places, along, across


class Triangles(NamedTuple):
    """For both triangles of each quadrilateral, ∇ξ for the ξ that rises along the annulus by 1.

    Parameters
    ----------
    gradients
        ∇ξ: ξ is 0 at the quadrilateral's first two vertices and 1 at the next two, and linear on
        either triangle.
    rounding
        How far each may be from the exact one, relatively.
    oriented
        Whether both triangles are certainly not turned over.
    """

    gradients: Float[Tensor, "vertices two 2"]
    rounding: Float[Tensor, "vertices two"]
    oriented: Bool[Tensor, " vertices"]


def triangles(annulus: Annulus) -> Triangles:
    """Cut each quadrilateral along a diagonal."""
    a, b = annulus.left, annulus.right
    c, d = a.roll(-1, 0), b.roll(-1, 0)
    # Left start, left end, right end: ξ = 0, 1, 1. Left start, right end, right start: ξ = 0, 1, 0.
    along = torch.stack([c - a, d - b], 1)
    across = torch.stack([d - c, b - a], 1)
    determinant = across[..., 0] * along[..., 1] - across[..., 1] * along[..., 0]
    size = (across.abs() * along.abs().flip(-1)).sum(-1)
    turned = torch.stack([-across[..., 1], across[..., 0]], -1)
    return Triangles(
        gradients=turned / determinant.unsqueeze(-1),
        rounding=FEW * (1 + size / determinant.abs()),
        oriented=(determinant > FEW * size).all(-1),
    )


def is_embedded(annulus: Annulus) -> bool:
    """Tell whether the triangles certainly cover the region between the curves, once."""
    areas = [_signed_area(curve) for curve in (annulus.left, annulus.right)]
    return (
        bool(triangles(annulus).oriented.all())
        and areas[0] * areas[1] > 0
        and all(is_simple(curve) for curve in (annulus.left, annulus.right))
    )


def _signed_area(polygon: Tensor) -> float:
    """Return the area a polygon goes round, or 0 where rounding might change its sign."""
    p, q = polygon, polygon.roll(-1, 0)
    products = p[:, 0] * q[:, 1], p[:, 1] * q[:, 0]
    area = (products[0] - products[1]).sum().item()
    size = (products[0].abs() + products[1].abs()).sum().item()
    return area if abs(area) > FEW * len(polygon) * size else 0.0


def is_simple(polygon: Float[Tensor, "vertices two"]) -> bool:
    """Tell whether no two edges of a closed polygon meet, but neighbours in their vertex.

    Two edges do not meet if both ends of one lie strictly on one side of the line through the
    other, or if their bounding boxes do not touch. Neighbours meet nowhere else if the curve turns
    by less than a right angle there.
    """
    steps = polygon.roll(-1, 0) - polygon
    turns = steps * steps.roll(-1, 0)
    if not (turns.sum(-1) > FEW * turns.abs().sum(-1)).all():
        return False
    n = len(polygon)
    i, j = _perhaps_meeting(polygon, polygon)
    return not ((j > i + 1) & ~((i == 0) & (j == n - 1))).any()


def lies_in(thin: Annulus, wide: Annulus) -> bool:
    """Tell whether an annulus certainly lies in another, and goes round its hole as that one does.

    Both of its curves then go round the wide one's inner curve and inside its outer curve, and meet
    neither.
    """
    curves = [(a, b) for a in (thin.left, thin.right) for b in (wide.left, wide.right)]
    if any(len(_perhaps_meeting(a, b)[0]) for a, b in curves):
        return False
    outer, inner = wide.left, wide.right
    if abs(_signed_area(outer)) < abs(_signed_area(inner)):
        outer, inner = inner, outer
    return all(
        _turns_around(curve, inner[0]) != 0 and _turns_around(outer, curve[0]) != 0
        for curve in (thin.left, thin.right)
    )


def _turns_around(polygon: Tensor, point: Tensor) -> int:
    """Return the winding number of a polygon around a point it does not meet."""
    u = polygon - point
    v = u.roll(-1, 0)
    angles = torch.atan2(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0], (u * v).sum(-1))
    return round(angles.sum().item() / (2 * math.pi))


def _perhaps_meeting(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Return the pairs of edges of two polygons that cannot be shown not to meet."""
    ends, others = first.roll(-1, 0), second.roll(-1, 0)
    low, high = torch.minimum(first, ends), torch.maximum(first, ends)
    lowest, highest = torch.minimum(second, others), torch.maximum(second, others)
    pairs = []
    for block in torch.split(torch.arange(len(first)), max(1, 2**20 // len(second))):
        near = ((low[block, None] <= highest) & (high[block, None] >= lowest)).all(-1)
        i, j = near.nonzero().unbind(-1)
        pairs.append(torch.stack([block[i], j]))
    i, j = torch.cat(pairs, -1)
    apart = _on_one_side(first[i], ends[i], second[j], others[j])
    apart |= _on_one_side(second[j], others[j], first[i], ends[i])
    return i[~apart], j[~apart]


def _on_one_side(a: Tensor, b: Tensor, p: Tensor, q: Tensor) -> Tensor:
    """Tell whether p and q are certainly on one side of the line through a and b."""
    sides = []
    for point in (p, q):
        u, v = b - a, point - a
        products = u[..., 0] * v[..., 1], u[..., 1] * v[..., 0]
        error = FEW * (products[0].abs() + products[1].abs())
        value = products[0] - products[1]
        sides.append(torch.where(value > error, 1, torch.where(value < -error, -1, 0)))
    return sides[0] * sides[1] == 1
