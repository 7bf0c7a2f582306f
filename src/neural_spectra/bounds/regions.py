"""Regions of the state space, covered by ever smaller cells.

A sampled maximum is not a supremum. To bound a function over a region, the region is covered by
2^level cells, the function is bounded on each cell, and the largest bound is taken. Cell i of one
level becomes the cells 2i and 2i + 1 of the next, so that a search refines only where it has to.

Every region has a method ``cells(level, index)``. On its one cell of level 0 an affine function has
the same range as on the region itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from neural_spectra.errors import InputError


@dataclass(frozen=True)
class Cells:
    """Cells centre + box + ball, of which the box or the ball may be a single point.

    Parameters
    ----------
    points
        A point of the region for each cell, to take sampled values at.
    centres
        The centre of each cell.
    half_widths
        Half the box's width along each axis; a single row serves all cells.
    radii
        The ball's radius; a single number serves all cells.
    """

    points: Float[Tensor, "*batch cells dimension"]
    centres: Float[Tensor, "*batch cells dimension"]
    half_widths: Float[Tensor, "... dimension"]
    radii: Float[Tensor, ...]

    def affine_range(
        self, weight: Float[Tensor, "*batch width dimension"], bias: Float[Tensor, "*batch width"]
    ) -> tuple[Float[Tensor, "*batch cells width"], Float[Tensor, "*batch cells width"]]:
        """Return the exact minimum and maximum of W x + b over each cell."""
        row_norms = torch.linalg.vector_norm(weight, dim=-1).unsqueeze(-2)
        reach = self.half_widths @ weight.mT.abs() + self.radii.unsqueeze(-1) * row_norms
        middle = self.centres @ weight.mT + bias.unsqueeze(-2)
        return middle - reach, middle + reach


def balls(
    centres: Float[Tensor, "*batch cells dimension"],
    radii: Float[Tensor, ...],
    points: Float[Tensor, "*batch cells dimension"] | None = None,
) -> Cells:
    """Return cells that are balls, with sampled values taken at ``points`` (default: centres)."""
    no_width = torch.zeros_like(centres[..., :1, :])
    return Cells(centres if points is None else points, centres, no_width, radii)


def all_cells(level: int) -> Int[Tensor, " cells"]:
    """Return the index of every cell of a level."""
    return torch.arange(2**level)


@dataclass(frozen=True)
class Box:
    """The box lower ≤ x ≤ upper; its cells are boxes that halve the axes in turn.

    Raises
    ------
    InputError
        If the box is empty.
    """

    lower: Float[Tensor, " dimension"]
    upper: Float[Tensor, " dimension"]

    def __post_init__(self) -> None:
        widths = self.upper - self.lower
        if not ((widths > 0) & widths.isfinite()).all():
            raise InputError(
                f"the box from {self.lower.tolist()} to {self.upper.tolist()} contains no point or "
                f"is not bounded: on every axis the lower end must be below the upper one"
            )

    def cells(self, level: int, index: Int[Tensor, " cells"]) -> Cells:
        """Return the cells ``index`` of the cover by 2^level cells."""
        dimension = len(self.lower)
        place = index.new_zeros((*index.shape, dimension))
        parts = index.new_ones(dimension)
        for k in range(level):
            axis = k % dimension
            parts[axis] *= 2
            place[..., axis] = 2 * place[..., axis] + (index >> (level - 1 - k)) % 2
        half_widths = (self.upper - self.lower) / parts / 2
        centres = self.lower + (2 * place + 1) * half_widths
        return Cells(centres, centres, half_widths.unsqueeze(0), half_widths.new_zeros(1))


@dataclass(frozen=True)
class Ball:
    """The ball ‖x − centre‖ ≤ radius; its cells, after the ball itself, are boxes.

    Raises
    ------
    InputError
        If the ball is empty.
    """

    centre: Float[Tensor, " dimension"]
    radius: float

    def __post_init__(self) -> None:
        _require_positive_radius("ball", self.radius)

    def nearest(self, x: Float[Tensor, "*batch dimension"]) -> Float[Tensor, "*batch dimension"]:
        """Project points onto the ball."""
        away = x - self.centre
        distance: Tensor = torch.linalg.vector_norm(away, dim=-1, keepdim=True)
        return self.centre + away * (self.radius / distance).clamp(max=1)

    def cells(self, level: int, index: Int[Tensor, " cells"]) -> Cells:
        """Return the cells ``index`` of the cover by 2^level cells."""
        if level == 0:
            return balls(self.centre.expand(len(index), -1), self.centre.new_tensor([self.radius]))
        boxes = Box(self.centre - self.radius, self.centre + self.radius).cells(level, index)
        corner = boxes.centres - self.centre
        gap = torch.linalg.vector_norm((corner.abs() - boxes.half_widths).clamp(min=0), dim=-1)
        missing = (gap > self.radius).unsqueeze(-1)
        # A box that misses the ball shrinks to one point of the ball, which bounds nothing new.
        points = self.nearest(boxes.centres)
        centres = torch.where(missing, points, boxes.centres)
        half_widths = torch.where(missing, 0.0, boxes.half_widths)
        return Cells(points, centres, half_widths, boxes.radii)


@dataclass(frozen=True)
class Circle:
    """The circle |x| = radius in the plane; its cells are balls around the chords of equal arcs.

    Raises
    ------
    InputError
        If the radius is not positive.
    """

    radius: float

    def __post_init__(self) -> None:
        _require_positive_radius("circle", self.radius)

    def cells(self, level: int, index: Int[Tensor, " cells"]) -> Cells:
        """Return the cells ``index`` of the cover by 2^level cells."""
        # A ball over the chord holds an arc of up to half the circle; the disc holds all of it, and
        # an affine function has the same range on the circle as on the disc.
        half_angle = min(math.pi / 2**level, math.pi / 2)
        angle = (2 * index.to(torch.float64) + 1) * math.pi / 2**level
        points = self.radius * torch.stack([angle.cos(), angle.sin()], -1)
        radii = points.new_tensor([self.radius * math.sin(half_angle)])
        return balls(points * math.cos(half_angle), radii, points)


Region = Box | Ball | Circle


def _require_positive_radius(shape: str, radius: float) -> None:
    if not 0 < radius < math.inf:
        raise InputError(
            f"a {shape} of radius {radius} contains no point or is not bounded: "
            f"give a positive, finite radius"
        )
