"""The linear equations of multiple shooting, solved without multiplying propagators together."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

_KERNEL = 1e-9

Loops = Float[Tensor, "batch segments dimension"]


def shooting_corrections(
    matrices: Float[Tensor, "batch segments dimension dimension"],
    velocities: Loops,
    residual: Loops,
) -> tuple[Loops, Float[Tensor, "batch segments"]]:
    """Solve δ_{k+1} = Φ_k δ_k + f_k δτ_k + r_k for δ_k at right angles to the flow, with δ_K = δ_0.

    Every point moves in the plane across the flow, and every segment has a duration of its own: so
    a period that grows by a slow passage beside a saddle does not push the other points along.
    A product of propagators beside a saddle, or along a repelling orbit, grows beyond rounding
    before it shrinks again, so the points between are eliminated one after the other by orthogonal
    transformations of the equations (structured QR: Wright 1992, "Stable parallel algorithms for
    two-point boundary value problems").

    Parameters
    ----------
    matrices
        Φ_0 … Φ_{K−1}.
    velocities
        f where each segment ends.
    residual
        r: by how much each segment misses the next point.

    Returns
    -------
    Tensor, Tensor
        The shifts δ of all points and the changes δτ of the durations; the shortest solution where
        orbits come in families.
    """
    batch, segments, d = residual.shape
    flow = velocities / velocities.norm(dim=-1, keepdim=True)
    along = flow.unsqueeze(-1) * flow.unsqueeze(-2)
    identity = torch.eye(d, dtype=residual.dtype).expand(batch, d, d)
    across = torch.eye(d, dtype=residual.dtype) - along
    steps, given = across @ matrices, across @ residual.unsqueeze(-1)
    zero = torch.zeros_like(identity)

    # One equation between δ_0 and the latest point: first δ_0 + latest δ_k = right.
    first, latest, right = -steps[:, 0], identity, given[:, 0]
    eliminated = []
    for k in range(1, segments):
        q, triangle = torch.linalg.qr(torch.cat((latest, -steps[:, k]), dim=1), mode="complete")
        above = torch.cat((first, zero, right), dim=-1)
        below = torch.cat((zero, identity, given[:, k]), dim=-1)
        rest = q.mT @ torch.cat((above, below), dim=1)
        eliminated.append((triangle[:, :d], rest[:, :d]))
        first, latest, right = rest[:, d:].split((d, d, 1), dim=-1)

    # The pseudo-inverse also serves families, where the matrix has a kernel.
    start = torch.linalg.pinv(first + latest, rtol=_KERNEL) @ right
    shifts, following = [], start
    for triangle, rest in reversed(eliminated):
        on_first, on_next, known = rest.split((d, d, 1), dim=-1)
        known = known - on_first @ start - on_next @ following
        following = torch.linalg.solve_triangular(triangle, known, upper=True)
        shifts.append(following)
    points = torch.stack((start, *reversed(shifts)), dim=1).squeeze(-1)
    missed = (matrices @ points.unsqueeze(-1)).squeeze(-1) + residual
    delays = -(missed * flow).sum(-1) / velocities.norm(dim=-1)
    return points, delays
