"""The theorems' other statements: divergence, growth, exponents, d = 3, stages of training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch

from neural_spectra import bounds
from neural_spectra.errors import InputError
from neural_spectra.lyapunov import log_growth, lyapunov_exponents, propagate_trajectory
from neural_spectra.multipliers import Method, multipliers
from neural_spectra.networks import Network
from neural_spectra.records import Computed
from neural_spectra.regions import all_cells
from neural_spectra.studies.saturation.monodromy import propagate_twice
from neural_spectra.studies.saturation.parts import log_bound_on_balls, region, tensor
from neural_spectra.studies.tabulation import tabulated
from neural_spectra.systems import StuartLandau, UnstableAxis


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
        Starts, equally spaced on the circle of the given ``radius``.
    segments, duration
        A trajectory lasts ``duration`` and is looked at after each of the equal segments.

    Returns
    -------
    Computed
        ``trajectory_bounds``: network, seed, s, trajectory, farthest, bound, largest_divergence,
        divergence_ratio, growth_ratio, lyapunov_largest, lyapunov_smallest, exponent_ratio. A
        ratio is the quantity over its bound and should not exceed 1.
    """
    scaled = network.scaled(tensor(scales))
    members = scaled[:, :, None]
    angle = 2 * torch.pi * torch.arange(trajectories, dtype=torch.float64) / trajectories
    start = radius * torch.stack([angle.cos(), angle.sin()], -1)
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


def three_dimensions(
    *, system: Mapping[str, float], rate: float, solver: Mapping[str, Any]
) -> Computed:
    """Take the multipliers of an orbit in d = 3 with det M < 1 that does not attract.

    The oscillator with an unstable axis ż = λz: in three dimensions the determinant is the product
    of three multipliers and no longer decides attraction (Matzakos' article, section 4.1).
    """
    field = UnstableAxis(StuartLandau(**system), rate)
    tight, loose = propagate_twice(field, field.orbit, field.period, solver)
    found = multipliers(tight, loose, torch.Generator().manual_seed(0))
    exact = torch.as_tensor(field.log_multipliers, dtype=torch.float64)
    table = tabulated(
        {"index": range(1, field.dimension + 1)},
        {
            "method": [Method(k).label for k in found.method.tolist()],
            "ln_modulus": found.log_modulus,
            "ln_modulus_exact": exact,
            "error_estimate": found.error_estimate,
        },
        rate=rate,
        ln_det=tight.log_determinant.item(),
    )
    return Computed(table, {"multiplier_error": (found.log_modulus - exact).abs().max().item()})


def training_stage(
    name: str,
    stage: str,
    network: Network,
    seeds: Sequence[int],
    *,
    system: Mapping[str, float],
    regions: Mapping[str, Mapping[str, Any]],
    coarsest_level: int,
    points_level: int,
) -> Computed:
    """Take δ and C(U) of a network at one stage of its training.

    The bound holds at every stage: it does not depend on how the weights came about.

    Returns
    -------
    Computed
        ``training_stages``: network, stage, region, seed, delta, bound, jacobian_norm (sampled).
    """
    oscillator, tables = StuartLandau(**system), []
    for label, spec in regions.items():
        area = region(spec, oscillator)
        points = area.cells(points_level, all_cells(points_level)).points
        log_delta = bounds.log_saturation(network, area, coarsest_level)
        columns = {
            "delta": log_delta.exp().amax(-1),
            "bound": bounds.log_norm_product_bound(network, log_delta).exp(),
            "jacobian_norm": bounds.jacobian_norm(network, points).amax(-1),
        }
        constants = {"network": name, "stage": stage, "region": label}
        tables.append(tabulated({"seed": seeds}, columns, **constants))
    table = pd.concat(tables, ignore_index=True)
    excess = (table["jacobian_norm"] / table["bound"] - 1).max().item()
    return Computed(table, {"norm_over_bound": excess})
