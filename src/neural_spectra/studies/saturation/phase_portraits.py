"""Fig. 2: trajectories of the exact flow and of f_s at rising saturation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from neural_spectra.bounds.saturation import log_saturation
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.reference_systems import Field, StuartLandau
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.regions_from_settings import region_of
from neural_spectra.studies.tables import Computed, as_array

TIMES = 151


def phase_portraits(
    name: str,
    network: Network,
    monodromy: pd.DataFrame,
    *,
    system: Mapping[str, float],
    area: Mapping[str, Any],
    scales: list[float],
    duration: float,
    inner: Sequence[float],
    outer: Sequence[float],
    extent: float,
    rtol: float,
    atol: float,
) -> Computed:
    """Follow trajectories from two circles, for the exact flow and for each scale.

    Parameters
    ----------
    network
        One network, batch shape ``(1,)``.
    monodromy
        Rows of ``monodromy.csv`` for this network and seed along the reference circle.
    area
        The region over which the saturation written on each panel is taken.
    inner, outer
        Radius of a circle of starts and the number of starts on it.
    extent
        Half width of what the figure shows.

    Returns
    -------
    Computed
        ``phase_portraits``: panel, s, delta, ln_det, det, radius, extent, start (inside or outside
        the oscillator's orbit), straightness, trajectory, t, x, y, network. Straightness is that of
        the part of a trajectory inside the oscillator's orbit, the distance between its ends over
        its length: 1 for a straight line, NaN if no part is inside.
    """
    oscillator = StuartLandau(**system)
    starts = torch.cat([_circle(*inner), _circle(*outer)])
    times = torch.linspace(0.0, duration, TIMES, dtype=torch.float64)
    ln_det, radius = oscillator.log_determinant, oscillator.radius
    exact = {"panel": "exact", "s": math.nan, "delta": math.nan, "ln_det": ln_det}
    panels: list[tuple[Field, dict[str, Any]]] = [(oscillator, exact)]
    for s in scales:
        scaled = network.scaled([s]).flattened()
        delta = log_saturation(scaled, region_of(area, system, 2)).exp().max().item()
        ln_det = monodromy.loc[monodromy["s"] == s, "ln_det_liouville"].item()
        panels.append((scaled, {"panel": f"s = {s:g}", "s": s, "delta": delta, "ln_det": ln_det}))
    tables, errors = [], []
    for field, shown in panels:
        paths, error = _follow(field, starts, times, rtol, atol)
        errors.append(error)
        for k, path in enumerate(paths.unbind(1)):
            columns = {
                "det": math.exp(shown["ln_det"]),
                "start": "inside" if path[0].norm() < radius else "outside",
                "straightness": _straightness(path, radius),
                "trajectory": k,
                "t": as_array(times),
                "x": as_array(path[:, 0]),
                "y": as_array(path[:, 1]),
            }
            tables.append(pd.DataFrame(shown | columns))
    table = pd.concat(tables).assign(radius=radius, extent=extent, network=name)
    return Computed(table, {"trajectory_error": max(errors)})


def _circle(radius: float, count: float) -> Tensor:
    angle = 2 * math.pi * torch.arange(int(count), dtype=torch.float64) / count
    return radius * torch.stack([angle.cos(), angle.sin()], -1)


def _follow(
    field: Field, starts: Tensor, times: Tensor, rtol: float, atol: float
) -> tuple[Tensor, float]:
    """Return the states at the times, and the error at the end as a looser solve shows it."""

    def derivative(_: Tensor, x: Tensor) -> Tensor:
        return field(x).reshape(x.shape)

    paths = integrate(derivative, starts, times, rtol, atol)
    looser = integrate(derivative, starts, times[[0, -1]], 100 * rtol, 100 * atol)
    return paths, (paths[-1] - looser[-1]).abs().max().item()


def _straightness(path: Tensor, radius: float) -> float:
    """Return the distance between the ends of the first part inside a circle, over its length."""
    inside = path.norm(dim=-1) <= radius
    # Cumulative counts pick out the first run of points inside.
    part = path[inside & ((~inside).cumsum(0) == (~inside).cumsum(0)[inside.int().argmax()])]
    if len(part) < 3:
        return math.nan
    length = (part[1:] - part[:-1]).norm(dim=-1).sum()
    return float((part[-1] - part[0]).norm() / length)
