"""Yorke's limit: the scale that excludes orbits of the oscillator's period, and where they end."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import torch
from scipy.optimize import brentq

from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds import saturation
from neural_spectra.bounds.regions import Ball
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.tables import Computed

# How a search ends where there is no orbit to be found; any other end leaves the question open.
WITHOUT_ORBIT = ("equilibrium", "diverged")

_LARGEST_SCALE = 1e3


def yorke_limit(
    name: str,
    network: Network,
    seeds: Sequence[int],
    monodromy: pd.DataFrame,
    *,
    radius: float,
    period: float,
) -> Computed:
    """Hold the scale where C(U; s)·T falls below 2π against the one where the own orbit ends.

    U is the ball of the given radius, T the oscillator's ``period``. Yorke (1969): a periodic orbit
    of ẋ = f in a convex region where ‖Df‖ ≤ C has C·T ≥ 2π. So from the first scale on, f_s has no
    orbit of the oscillator's period in U.

    Parameters
    ----------
    monodromy
        The rows of `own_orbits` for this network.

    Returns
    -------
    Computed
        ``yorke_limit``: a row per seed and scale with status, period, bound_period; repeated in
        each: last_scale_with_orbit and first_scale_without (of the scales tried, leaving out those
        where the search was undecided), and scale_of_limit. The residual is the largest
        |ln(C(U; s)·T / 2π)| at a scale_of_limit.
    """
    ball = Ball(torch.zeros(network.dimension, dtype=torch.float64), radius)
    rows = monodromy.query("network == @name and orbit == 'own'")
    tables, defects = [], []
    for k, seed in enumerate(seeds):
        own = rows[rows["seed"] == seed].sort_values("s")
        without = own.loc[own["status"].isin(WITHOUT_ORBIT), "s"].min()
        held = own.loc[(own["status"] == "orbit") & ~(own["s"] > without), "s"].max()
        limit, defect = _scale_of_limit(network[k], ball, period)
        defects.append(defect)
        tables.append(
            own[["network", "seed", "s", "status", "period", "bound_period"]].assign(
                last_scale_with_orbit=held, first_scale_without=without, scale_of_limit=limit
            )
        )
    table = pd.concat(tables, ignore_index=True)
    measured = [defect for defect in defects if not math.isnan(defect)]
    return Computed(table, {"scale_of_limit_defect": max(measured)} if measured else {})


def _scale_of_limit(network: Network, region: Ball, period: float) -> tuple[float, float]:
    """Return the s above 1 at which C(U; s)·T falls to 2π, and how far it is from it there, as ln.

    NaN where it lies below already at s = 1, or above it at every s.
    """
    least = math.log(2 * math.pi / period)

    def excess(s: float) -> float:
        scaled = network.scaled([s])
        log_delta = saturation.log_saturation(scaled, region)
        return bounds.log_norm_product_bound(scaled, log_delta).item() - least

    if excess(1.0) < 0 or excess(_LARGEST_SCALE) > 0:
        return math.nan, math.nan
    s = float(brentq(excess, 1.0, _LARGEST_SCALE, xtol=1e-12))
    return s, abs(excess(s))
