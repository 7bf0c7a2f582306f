"""The networks' own periodic orbits: where they are, how they attract, where they end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.optimize import brentq

from neural_spectra import bounds
from neural_spectra.floquet import Propagators
from neural_spectra.networks import Network
from neural_spectra.orbits import PeriodicOrbits, find_periodic_orbits, refine_periodic_orbits
from neural_spectra.records import Computed
from neural_spectra.regions import Ball
from neural_spectra.return_map import Search, Status
from neural_spectra.studies.saturation.monodromy import tabulate_multipliers
from neural_spectra.studies.saturation.parts import log_bound_on_balls, tensor
from neural_spectra.studies.tabulation import tabulated

_LARGEST_SCALE = 1e3
_ROOT_ERROR = 1e-12


def own_orbits(
    name: str,
    network: Network,
    seeds: Sequence[int],
    *,
    scales: list[float],
    starts: list[float],
    search: Mapping[str, Any],
    loosening: float,
) -> tuple[Computed, Computed]:
    """Find a periodic orbit of every f_s by simulation and Newton shooting, with its multipliers.

    Parameters
    ----------
    starts
        Distances from the origin of the points that simulations start from, in turn, until one
        settles on an orbit.
    search
        See `return_map.Search`.
    loosening
        How much looser the tolerances of the twin solve are that errors are estimated from.

    Returns
    -------
    Computed, Computed
        ``monodromy`` and ``multipliers`` with orbit = own. A network without an orbit has a row of
        NaN whose status says what was found instead. ``farthest`` is the orbit's largest distance
        from the origin, ``bound`` is C(U) with U a tenth larger than the ball that reaches there,
        ``bound_period`` is C(U)·T, at least 2π by Yorke's theorem.
    """
    scaled = network.scaled(tensor(scales)).flattened()
    directions = torch.nn.functional.pad(tensor(starts).unsqueeze(-1), (0, network.dimension - 1))
    settings = Search(**search)
    orbits = find_periodic_orbits(
        scaled, directions.expand(len(scaled.weights[0]), *directions.shape), settings
    )
    loose = refine_periodic_orbits(
        scaled,
        orbits.points,
        orbits.period,
        loosening * settings.rtol,
        loosening * settings.atol,
    )
    axes = {"seed": seeds, "s": scales}
    table = _tabulate(name, scaled, orbits, axes)
    shape = (len(seeds), len(scales))
    multiplier_table = tabulate_multipliers(
        _unflattened(orbits.propagators, shape),
        _unflattened(loose.propagators, shape),
        axes,
        {"network": name, "orbit": "own"},
    )
    keys = ["seed", "s"]
    trivial = (
        multiplier_table["ln_modulus"].abs().groupby([multiplier_table[key] for key in keys]).min()
    )
    residuals = {
        "liouville_defect": table["liouville_defect"].max(),
        "shooting_defect": table["shooting_defect"].max(),
        "multiplier_error": multiplier_table["error_estimate"].max(),
        "trivial_multiplier_defect": trivial.max(),
    }
    if not (table["status"] == "orbit").any():
        residuals = {}  # nothing to measure
    return Computed(table, residuals), Computed(multiplier_table, residuals)


def yorke_limit(
    name: str,
    network: Network,
    seeds: Sequence[int],
    monodromy: pd.DataFrame,
    *,
    radius: float,
) -> Computed:
    """Hold the scale where C(U; s)·2π falls below 2π against the one where the own orbit ends.

    U is the ball of the given radius. Yorke (1969): a periodic orbit of ẋ = f in a convex region
    where ‖Df‖ ≤ C has C·T ≥ 2π. So from the first scale on, f_s has no orbit of period 2π in U.

    Parameters
    ----------
    monodromy
        The rows of `own_orbits` for this network.

    Returns
    -------
    Computed
        ``yorke_limit``: a row per seed and scale with status, period, bound_period; repeated in
        each: last_scale_with_orbit and first_scale_without (of the scales tried), and
        scale_of_limit.
    """
    ball = Ball(torch.zeros(network.dimension, dtype=torch.float64), radius)
    rows = monodromy.query("network == @name and orbit == 'own'")
    tables = []
    for k, seed in enumerate(seeds):
        own = rows[rows["seed"] == seed].sort_values("s")
        lost = own.loc[own["status"] != "orbit", "s"]
        without = lost.min() if len(lost) else math.nan
        held = own.loc[own["s"] < without, "s"] if len(lost) else own["s"]
        tables.append(
            own[["network", "seed", "s", "status", "period", "bound_period"]].assign(
                last_scale_with_orbit=held.max(),
                first_scale_without=without,
                scale_of_limit=_scale_of_limit(network[k], ball),
            )
        )
    return Computed(pd.concat(tables, ignore_index=True), {"scale_of_limit_error": _ROOT_ERROR})


def _scale_of_limit(network: Network, region: Ball) -> float:
    """Return the s above 1 at which C(U; s) falls to 1; NaN if it never does."""

    def log_bound(s: float) -> float:
        scaled = network.scaled(tensor([s]))
        return bounds.log_norm_product_bound(scaled, bounds.log_saturation(scaled, region)).item()

    if log_bound(1.0) < 0 or log_bound(_LARGEST_SCALE) > 0:
        return math.nan
    return float(brentq(log_bound, 1.0, _LARGEST_SCALE, xtol=_ROOT_ERROR))


def _tabulate(
    name: str, network: Network, orbits: PeriodicOrbits, axes: Mapping[str, Sequence[Any]]
) -> pd.DataFrame:
    found = orbits.period.isfinite()
    farthest = torch.linalg.vector_norm(orbits.points, dim=-1).amax(-1)
    log_bound = torch.full_like(farthest, torch.nan)
    if found.any():
        log_bound[found] = log_bound_on_balls(network[found], 1.1 * farthest[found])
    ln_det = torch.linalg.slogdet(orbits.propagators.matrices.nan_to_num()).logabsdet.sum(-1)
    columns = {
        "status": [Status(status).label for status in orbits.status.tolist()],
        "period": orbits.period,
        "ln_det": ln_det.where(found, torch.nan),
        "det": ln_det.where(found, torch.nan).exp(),
        "ln_det_liouville": orbits.propagators.log_determinant,
        "liouville_defect": (ln_det - orbits.propagators.log_determinant).abs(),
        "shooting_defect": orbits.shooting_defect,
        "farthest": farthest,
        "bound": log_bound.exp(),
        "bound_period": log_bound.exp() * orbits.period,
    }
    shape = tuple(len(values) for values in axes.values())
    columns = {key: np.asarray(values).reshape(shape) for key, values in columns.items()}
    return tabulated(axes, columns, network=name, orbit="own")


def _unflattened(propagators: Propagators, shape: tuple[int, int]) -> Propagators:
    matrices, divergence = propagators.matrices, propagators.divergence
    return Propagators(
        matrices.reshape(*shape, *matrices.shape[1:]),
        divergence.reshape(*shape, *divergence.shape[1:]),
    )
