"""Regions of the state space, covered by ever smaller cells.

A sampled maximum is not a supremum. To bound a function over a region, the region is covered by
2^level cells, the function is bounded on each cell, and the largest bound is taken. Cell i of one
level becomes the cells 2i and 2i + 1 of the next, so that a search refines only where it has to.

Every region has a method ``cells(level, index)``, and says by ``exact_as_one_cell`` whether an
affine function has the same range on its one cell of level 0 as on the region itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from neural_spectra.bounds.powers_of_two import euclidean_norm
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
        row_norms = euclidean_norm(weight).unsqueeze(-2)
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

    Examples
    --------
    >>> import torch, neural_spectra
    >>> neural_spectra.Box(torch.tensor([0.0, 0.0]), torch.tensor([1.0, 2.0])).upper.tolist()
    [1.0, 2.0]
    """

    exact_as_one_cell: ClassVar[bool] = True

    lower: Float[Tensor, " dimension"]
    upper: Float[Tensor, " dimension"]

    def __post_init__(self) -> None:
        _in_float64(self, "lower", "upper")
        widths = self.upper - self.lower
        if not ((widths > 0) & widths.isfinite()).all():
            raise InputError(
                f"the box from {self.lower.tolist()} to {self.upper.tolist()} contains no point or "
                f"is not bounded: on every axis the lower end must be below the upper one"
            )

    @property
    def centre(self) -> Float[Tensor, " dimension"]:
        """The middle of the box."""
        return (self.lower + self.upper) / 2

    def nearest(self, x: Float[Tensor, "*batch dimension"]) -> Float[Tensor, "*batch dimension"]:
        """Project points onto the box."""
        return x.clamp(self.lower, self.upper)

    def cells(self, level: int, index: Int[Tensor, " cells"]) -> Cells:
        """Return the cells ``index`` of the cover by 2^level cells."""
        parts, steps = _halvings(level, len(self.lower))
        bits = torch.arange(level - 1, -1, -1, device=index.device)
        later = ((index.unsqueeze(-1) >> bits) & 1).to(torch.float64)
        place = later @ index.new_tensor(steps, dtype=torch.float64).reshape(level, len(parts))
        half_widths = (self.upper - self.lower) / self.lower.new_tensor(parts) / 2
        centres = self.lower + (2 * place + 1) * half_widths
        return Cells(centres, centres, half_widths.unsqueeze(0), half_widths.new_zeros(1))


@cache
def _halvings(level: int, dimension: int) -> tuple[list[int], list[list[int]]]:
    """Return into how many parts a box's axes are cut, and each halving's step along the axes.

    A bit of a cell's index tells which half the cell is in; the later one is that step further.
    """
    parts = [2 ** ((level - 1 - axis) // dimension + 1) for axis in range(dimension)]
    steps = [[0] * dimension for _ in range(level)]
    for k in range(level):
        axis = k % dimension
        steps[k][axis] = parts[axis] // 2 ** (k // dimension + 1)
    return parts, steps


@dataclass(frozen=True)
class Ball:
    """The ball ‖x − centre‖ ≤ radius; its cells, after the ball itself, are boxes.

    Raises
    ------
    InputError
        If the ball is empty.

    Examples
    --------
    >>> import torch, neural_spectra
    >>> neural_spectra.Ball(torch.zeros(2), 1.0).nearest(torch.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]], dtype=torch.float64)
    """

    exact_as_one_cell: ClassVar[bool] = True

    centre: Float[Tensor, " dimension"]
    radius: float

    def __post_init__(self) -> None:
        _in_float64(self, "centre")
        _require_positive_radius("ball", self.radius)

    def nearest(self, x: Float[Tensor, "*batch dimension"]) -> Float[Tensor, "*batch dimension"]:
        """Project points onto the ball."""
        away = x - self.centre
        distance = euclidean_norm(away).unsqueeze(-1)
        return self.centre + away * (self.radius / distance).clamp(max=1)

    def cells(self, level: int, index: Int[Tensor, " cells"]) -> Cells:
        """Return the cells ``index`` of the cover by 2^level cells."""
        if level == 0:
            return balls(self.centre.expand(len(index), -1), self.centre.new_tensor([self.radius]))
        boxes = Box(self.centre - self.radius, self.centre + self.radius).cells(level, index)
        corner = boxes.centres - self.centre
        gap = euclidean_norm((corner.abs() - boxes.half_widths).clamp(min=0))
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

    exact_as_one_cell: ClassVar[bool] = True

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


@dataclass(frozen=True)
class Orbit:
    """A solution of ẋ = f(x), known at 2^p equally spaced times; its cells are balls.

    For half a time step h before and after a known state x_i the solution stays within
    |f(x_i)| (e^{Ch/2} − 1)/C of it (Grönwall's inequality, with C a Lipschitz constant of f on all
    of R^d). The states themselves are taken as exact.

    Parameters
    ----------
    states
        x_i, over one period or any stretch of time.
    velocities
        f(x_i).
    time_step
        h, the time from one state to the next.
    lipschitz
        C.

    Raises
    ------
    InputError
        If the number of states is not a power of two, or too small for the bound to mean anything.
    """

    exact_as_one_cell: ClassVar[bool] = False

    states: Float[Tensor, "times dimension"]
    velocities: Float[Tensor, "times dimension"]
    time_step: float
    lipschitz: float

    def __post_init__(self) -> None:
        _in_float64(self, "states", "velocities")
        count = len(self.states)
        if count != 2**self.finest_level:
            raise InputError(f"an orbit needs states at 1, 2, 4, 8, … times, not at {count}")
        if not self.lipschitz * self.time_step <= 2:
            needed = count * self.lipschitz * self.time_step / 2
            raise InputError(
                f"{count} states cannot enclose an orbit of a field with Lipschitz constant "
                f"{self.lipschitz:.3g}: give more than {needed:.0f}"
            )

    @property
    def finest_level(self) -> int:
        """The level at which each known state has a cell of its own."""
        return len(self.states).bit_length() - 1

    def cells(self, level: int, index: Int[Tensor, " cells"]) -> Cells:
        """Return the cells ``index`` of the cover by 2^level cells.

        Raises
        ------
        InputError
            If the level is finer than the known states.
        """
        if level > self.finest_level:
            raise InputError(
                f"an orbit known at {len(self.states)} times has no {2**level} cells: "
                f"give more states or a coarser level"
            )
        c = self.lipschitz
        speeds = euclidean_norm(self.velocities)
        reaches = (speeds * math.expm1(c * self.time_step / 2) / c).reshape(2**level, -1)
        groups = self.states.reshape(2**level, -1, self.states.shape[-1])
        centres = groups[:, groups.shape[1] // 2]
        distances = euclidean_norm(groups - centres.unsqueeze(1))
        radii = (distances + reaches).amax(1)
        return balls(centres[index], radii[index])


Region = Box | Ball | Circle | Orbit


def _in_float64(region: object, *names: str) -> None:
    for name in names:
        object.__setattr__(region, name, getattr(region, name).to(torch.float64))


def _require_positive_radius(shape: str, radius: float) -> None:
    if not 0 < radius < math.inf:
        raise InputError(
            f"a {shape} of radius {radius} contains no point or is not bounded: "
            f"give a positive, finite radius"
        )
