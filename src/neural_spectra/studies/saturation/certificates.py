"""What is proved about the closed orbits and equilibria of every f_s that simulation finds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from neural_spectra.bounds.branch_and_bound import Settle, Suprema
from neural_spectra.bounds.certified_quantities import JACOBIAN_NORM, largest, shortest_period
from neural_spectra.bounds.contraction import contracting_ball_of_flow
from neural_spectra.bounds.equilibria import newton
from neural_spectra.bounds.planar_proofs import Certificate, attracting_cycle, no_closed_orbit
from neural_spectra.bounds.regions import Ball, Box, Region
from neural_spectra.errors import InputError
from neural_spectra.flows.integration import simulate
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.regions_from_settings import regions_of
from neural_spectra.studies.tables import Computed

ONE_CYCLE = "one attracting cycle"
NO_ORBIT = "no closed orbit"
LONGER_PERIODS = "no orbit of the oscillator's period"
EQUILIBRIUM = "attracting equilibrium"
# Cells for one ball around an equilibrium: more make it larger, by a little.
BALL_BUDGET = 2**9
MARGINS = ("inwards", "forwards", "contraction", "speed", "divergence")
CENTRE = ("centre_1", "centre_2")
OF_BALLS = ("rate", "radius", "distance", *CENTRE)


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
    """Try to prove, of every f_s, that it has the attractor that was found, or no closed orbit.

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
        - no orbit of the oscillator's period: in each U, as 2π/sup ‖Df‖ > T (Yorke 1969),
        - attracting equilibrium: where the search came to rest, with a ball in which every solution
          tends to it at a ``rate``, the ``radius`` of a Euclidean ball inside, and the ``distance``
          of the search's last state from the centre, in units of the ball's radius and in its norm.

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
    equilibria = _equilibria(scaled, seeds, orbits, min(budget, BALL_BUDGET))
    table = pd.DataFrame(rows + cycles + equilibria).assign(network=name)
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
    found, network = _that_found("orbit", scaled, seeds, orbits)
    if found.empty or scaled.dimension != 2:
        return [], {}
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


def _equilibria(
    scaled: Network, seeds: Sequence[int], orbits: pd.DataFrame, budget: int
) -> list[dict[str, Any]]:
    """Find a ball in which all tends to it around every equilibrium where a search came to rest."""
    found, network = _that_found("equilibrium", scaled, seeds, orbits)
    if found.empty:
        return []
    states = [f"x_{k + 1}" for k in range(scaled.dimension)]
    last = torch.tensor(found[states].to_numpy())
    centres = newton(network, last.unsqueeze(1)).squeeze(1)
    rows = []
    for k, (seed, s) in enumerate(zip(found["seed"], found["s"], strict=True)):
        row = {"seed": seed, "s": s, "region": "ball", "statement": EQUILIBRIUM}
        rows.append(row | _around(network[k], centres[k], last[k], budget))
    return rows


def _around(network: Network, equilibrium: Tensor, last: Tensor, budget: int) -> dict[str, Any]:
    """Return the columns of a ball around an equilibrium, or of why there is none."""
    place = [*equilibrium.tolist(), math.nan][:2]
    centre = dict(zip(CENTRE, place, strict=True))
    try:
        ball = contracting_ball_of_flow(network, equilibrium, budget)
    except InputError as error:
        return _row(Certificate("refused", str(error), {}, 0)) | centre
    if not ball.radius:
        reason = f"with {budget} cells no ball around the equilibrium could be shown to contract"
        undecided = Certificate("undecided", reason, {}, ball.cells, (place[0], place[1]))
        return _row(undecided) | centre
    reason = "every solution in the ball tends to the one equilibrium in it"
    inside = torch.linalg.solve(ball.transformation, last - equilibrium).norm() / ball.radius
    found = {"rate": ball.contraction, "radius": ball.inner_radius, "distance": inside.item()}
    return _row(Certificate("proved", reason, {}, ball.cells)) | centre | found


def _that_found(
    status: str, scaled: Network, seeds: Sequence[int], orbits: pd.DataFrame
) -> tuple[pd.DataFrame, Network]:
    """Return the searches of these seeds with a status, and their networks."""
    found = orbits.query("status == @status and seed in @seeds")
    index = found["seed"].map({seed: k for k, seed in enumerate(seeds)})
    column = found["s"].map({s: j for j, s in enumerate(sorted(set(orbits["s"])))})
    return found, scaled[index.to_list(), column.to_list()]


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
        **dict.fromkeys(OF_BALLS, math.nan),
    }
