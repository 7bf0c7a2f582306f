"""The bounds on divergence, growth and exponents against trajectories that are no orbits."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from neural_spectra.bounds.jacobian_bounds import log_bound_on_balls
from neural_spectra.errors import InputError
from neural_spectra.flows.lyapunov_of_flows import (
    log_growth,
    lyapunov_exponents,
    propagate_trajectory,
)
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.tables import Computed, tabulated


def trajectory_bounds(
    name: str,
    network: Network,
    seeds: Sequence[int],
    *,
    scales: list[float],
    trajectories: int,
    segments: int,
    duration: float,
    radius: float,
    rtol: float,
    atol: float,
) -> Computed:
    """Hold the bounds against trajectories that are no periodic orbits.

    For each f_s, U is the smallest ball around the origin that holds all its trajectories (enlarged
    by a tenth, so that it also holds what lies between the points kept), and C = C(U). Then
    |div f_s| ≤ d·C, ln‖Φ(t)‖ ≤ C·t (Grönwall) and all finite-time Lyapunov exponents lie in
    [−C, C].

    Parameters
    ----------
    trajectories
        Starts, equally spaced on the circle of the given ``radius`` in the plane of the first axes.
    segments, duration
        A trajectory lasts ``duration`` and is looked at after each of the equal segments.

    Returns
    -------
    Computed
        ``trajectory_bounds``: network, seed, s, trajectory, farthest, bound, largest_divergence,
        divergence_ratio, growth_ratio, lyapunov_largest, lyapunov_smallest, exponent_ratio. A
        ratio is the quantity over its bound and should not exceed 1.
    """
    scaled = network.scaled(scales)
    members = scaled[:, :, None]
    angle = 2 * torch.pi * torch.arange(trajectories, dtype=torch.float64) / trajectories
    start = radius * torch.stack([angle.cos(), angle.sin()], -1)
    start = torch.nn.functional.pad(start, (0, network.dimension - 2))
    start = start.expand(*scaled.batch_shape, *start.shape)
    propagators, points = propagate_trajectory(members, start, duration, segments, rtol, atol)
    if not propagators.matrices.isfinite().all():
        raise InputError(
            f"{name}: a trajectory leaves every bound within the time {duration}: shorten "
            f"trajectory_bounds.duration or leave out the largest of its scales"
        )
    farthest = torch.linalg.vector_norm(points, dim=-1).amax((-2, -1))
    radii = 1.1 * farthest.flatten()
    bound = log_bound_on_balls(scaled.flattened(), radii).exp().reshape(*farthest.shape, 1)
    divergence = members.jacobian(points).diagonal(dim1=-2, dim2=-1).sum(-1).abs().amax(-1)
    times = duration / segments * torch.arange(1, segments + 1, dtype=torch.float64)
    growth = log_growth(propagators) / (bound.unsqueeze(-1) * times)
    exponents = lyapunov_exponents(propagators, duration, torch.Generator().manual_seed(0))
    ratios = {
        "divergence_ratio": divergence / (network.dimension * bound),
        "growth_ratio": growth.amax(-1),
        "exponent_ratio": exponents.abs().amax(-1) / bound,
    }
    table = tabulated(
        {"seed": seeds, "s": scales, "trajectory": range(trajectories)},
        {
            "farthest": farthest.unsqueeze(-1),
            "bound": bound,
            "largest_divergence": divergence,
            "lyapunov_largest": exponents.amax(-1),
            "lyapunov_smallest": exponents.amin(-1),
            **ratios,
        },
        network=name,
    )
    residuals = {f"largest_{name}": ratio.max().item() for name, ratio in ratios.items()}
    residuals["liouville_defect"] = propagators.liouville_defect.max().item()
    return Computed(table, residuals)
