"""What is proved about the closed orbits of every f_s, beside what simulation finds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from neural_spectra.bounds.branch_and_bound import Settle, Suprema
from neural_spectra.bounds.certified_quantities import (
    JACOBIAN_NORM,
    largest,
    shortest_period,
)
from neural_spectra.bounds.planar_proofs import (
    Certificate,
    attracting_cycle,
    no_closed_orbit,
)
from neural_spectra.bounds.regions import Ball, Box, Region
from neural_spectra.flows.integration import simulate
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.regions_from_settings import regions_of
from neural_spectra.studies.tables import Computed

ONE_CYCLE = "one attracting cycle"
NO_ORBIT = "no closed orbit"
LONGER_PERIODS = "no orbit of the oscillator's period"
MARGINS = ("inwards", "forwards", "contraction", "speed", "divergence")


def certificates(
    name: str,
    network: Network,
    seeds: Sequence[int],
    orbits: pd.DataFrame,
    *,
    system: Mapping[str, float],
    regions: Mapping[str, Mapping[str, Any]],
    scales: list[float],
    states: int,
    budget: int,
) -> Computed:
    """Try to prove, of every f_s, that it has an attracting cycle or that it has no closed orbit.

    Parameters
    ----------
    network
        The frozen networks, batch shape ``(seeds,)``.
    orbits
        ``monodromy`` of `own_orbits`, for the same network, seeds and scales.
    system
        The oscillator, whose period T is compared with; see `StuartLandau`.
    regions
        The sets U in which there may be no closed orbit, convex ones.
    states
        How many states along an orbit the curves around it are laid from.
    budget
        How many cells to look at for one proof, at most.

    Returns
    -------
    Computed
        ``certificates``, with the statements

        - one attracting cycle: around each orbit that simulation found, in the plane,
        - no closed orbit: in each U, in the plane,
        - no orbit of the oscillator's period: in each U, as 2π/sup ‖Df‖ > T (Yorke 1969).

        Residuals: how far the period and ln det M that shooting found lie outside their proved
        intervals (nowhere, if all is right), and by how much the simulated orbits fail to close.
    """
    scaled = network.scaled(scales)
    period = StuartLandau(**system).period
    areas = regions_of(regions, system, network.dimension)
    rows = []
    for k, seed in enumerate(seeds):
        for s, member in zip(scales, scaled[k].members(), strict=True):
            for region, area in areas.items():
                place = {"seed": seed, "s": s, "region": region}
                for statement, found in _in_region(member, area, period, budget).items():
                    rows.append(place | {"statement": statement} | _row(found))
    cycles, residuals = _cycles(scaled, seeds, orbits, states, budget)
    table = pd.DataFrame(rows + cycles).assign(network=name)
    keys = ["network", "seed", "s", "region", "statement"]
    table = table.sort_values(["seed", "s"], kind="stable", ignore_index=True)
    return Computed(table[[*keys, *(name for name in table if name not in keys)]], residuals)


def _in_region(
    network: Network, region: Region, period: float, budget: int
) -> dict[str, Certificate]:
    """Return what can be proved for all closed orbits in a region."""
    limit = 2 * math.pi / period
    norm = largest(JACOBIAN_NORM, network, region, _on_one_side_of(limit), budget)
    least = shortest_period(norm.bound).item()
    longer = _certificate(
        norm, least > period, norm.found[0] >= limit, f"‖Df‖ ≤ {norm.bound.item():.4g} on U"
    )
    found = {LONGER_PERIODS: replace(longer, period=(least, math.nan))}
    if network.dimension == 2 and isinstance(region, Ball | Box):
        found[NO_ORBIT] = no_closed_orbit(network, region, budget)
    return found


def _on_one_side_of(limit: float) -> Settle:
    """Settle the cells where a quantity is below a limit, and all once some value is not."""
    return lambda bounds, best: (bounds < limit) | (best >= limit)


def _certificate(found: Suprema, proved: bool, refuted: Tensor, reason: str) -> Certificate:
    """Return a certificate that rests on the largest value of one quantity, the first one."""
    if proved:
        return Certificate("proved", reason, {}, int(found.cells))
    verdict, place = ("refused", found.attained) if refuted else ("undecided", found.resisting)
    first, second = [*place[0].tolist(), math.nan][:2]
    return Certificate(verdict, reason, {}, int(found.cells), (first, second))


def _cycles(
    scaled: Network, seeds: Sequence[int], orbits: pd.DataFrame, states: int, budget: int
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """Prove one attracting cycle around every orbit that was found in the plane."""
    found = orbits.query("status == 'orbit' and seed in @seeds")
    if found.empty or scaled.dimension != 2:
        return [], {}
    index = found["seed"].map({seed: k for k, seed in enumerate(seeds)})
    column = found["s"].map({s: j for j, s in enumerate(sorted(set(orbits["s"])))})
    network = scaled[index.to_list(), column.to_list()]
    periods = torch.tensor(found["period"].to_numpy())
    paths = _paths(network, torch.tensor(found[["x_1", "x_2"]].to_numpy()), periods, states)
    rows, outside = [], {"period": 0.0, "ln_det": 0.0}
    for k, orbit in enumerate(found.to_dict("records")):
        certificate = attracting_cycle(network[k], paths[:-1, k], orbit["period"], budget)
        place = {"seed": orbit["seed"], "s": orbit["s"], "region": "annulus"}
        rows.append(place | {"statement": ONE_CYCLE} | _row(certificate))
        if certificate.verdict == "proved":
            intervals = {"period": certificate.period, "ln_det": certificate.log_determinant}
            for name, (lower, upper) in intervals.items():
                outside[name] = max(outside[name], lower - orbit[name], orbit[name] - upper)
    residuals = {f"{name}_outside_proved": value for name, value in outside.items()}
    return rows, residuals | {"closing_defect": (paths[-1] - paths[0]).abs().max().item()}


def _paths(network: Network, points: Tensor, periods: Tensor, states: int) -> Tensor:
    """Follow every orbit once round, from a point of it, in equal parts of its period."""
    # In the time t/T all have the period 1.
    *weights, last = network.weights
    *biases, shift = network.biases
    in_turns = replace(
        network,
        weights=(*weights, last * periods[:, None, None]),
        biases=(*biases, shift * periods[:, None]),
    )
    return simulate(in_turns, points.unsqueeze(1), 1.0, 1 / states).squeeze(2)


def _row(certificate: Certificate) -> dict[str, Any]:
    """Return the columns that say what came out."""
    (first, second), (shortest, longest) = certificate.resisting, certificate.period
    least, most = certificate.log_determinant
    return {
        "verdict": certificate.verdict,
        "reason": certificate.reason,
        **{margin: certificate.margins.get(margin, math.nan) for margin in MARGINS},
        "cells": certificate.cells,
        "resisting_1": first,
        "resisting_2": second,
        "period_lower": shortest,
        "period_upper": longest,
        "ln_det_lower": least,
        "ln_det_upper": most,
    }
