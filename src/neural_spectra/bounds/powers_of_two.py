"""Products and norms whose parts lie near the ends of float64, by exact powers of two.

What neither overflows nor underflows anyway comes out the same to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

# Four factors below 2^INSIDE make no infinity, and four above 2^−INSIDE are not lost.
INSIDE = 250


def normalised(
    x: Float[Tensor, "*shape"], axes: int | tuple[int, ...]
) -> tuple[Float[Tensor, "*shape"], Int[Tensor, "*rest"]]:
    """Return x / 2^e and e, with which products of a few such numbers stay inside float64.

    Where the largest |x| along the axes is inside already, 0, infinite or NaN, e is 0. Otherwise it
    is even, as powers of an even exponent have an exact root.
    """
    exponent = torch.frexp(x.abs().amax(axes, keepdim=True)).exponent.to(torch.int64)
    if (exponent.abs() <= INSIDE).all():
        return x, torch.zeros_like(exponent).squeeze(axes)
    exponent = torch.where(exponent.abs() <= INSIDE, 0, exponent - exponent % 2)
    return times_power(x, -exponent), exponent.squeeze(axes)


def times_power(
    x: Float[Tensor, "*#shape"], exponent: Int[Tensor, "*#shape"]
) -> Float[Tensor, "*shape"]:
    """Return x 2^e, in two steps, for 2^e may overflow where the product does not."""
    half = exponent // 2
    scaled: Tensor = torch.ldexp(torch.ldexp(x, half), exponent - half)
    return scaled


def product(
    factors: Sequence[Float[Tensor, "*#shape"]], exponent: Int[Tensor, "*#shape"] | int = 0
) -> Float[Tensor, "*shape"]:
    """Return the product of the factors and 2^e, which alone may overflow or underflow."""
    mantissas, powers = zip(*map(torch.frexp, factors), strict=True)
    whole = sum(power.to(torch.int64) for power in powers) + exponent
    return times_power(math.prod(mantissas), whole)


def euclidean_norm(x: Float[Tensor, "*shape n"]) -> Float[Tensor, "*shape"]:
    """Return the norm of every row; squaring it neither overflows nor underflows."""
    rows, exponent = normalised(x, -1)
    return times_power(torch.linalg.vector_norm(rows, dim=-1), exponent)
