"""The networks' own periodic orbits: where they are, how they attract, where they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch

from neural_spectra.bounds.jacobian_bounds import log_bound_on_balls
from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.floquet_multipliers import Multipliers
from neural_spectra.flows.shooting import PeriodicOrbits, find_periodic_orbits
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.monodromy import tabulate_multipliers
from neural_spectra.studies.tables import Computed, as_array, tabulated


def own_orbits(
    name: str,
    network: Network,
    seeds: Sequence[int],
    *,
    scales: list[float],
    starts: list[float],
    search: Mapping[str, Any],
) -> tuple[Computed, Computed]:
    """Find a periodic orbit of every f_s by simulation and Newton shooting, with its multipliers.

    Parameters
    ----------
    starts
        Distances from the origin of the points that simulations start from, in turn, until one
        settles on an orbit.
    search
        See `close_returns.Search`.

    Returns
    -------
    Computed, Computed
        ``monodromy`` and ``multipliers`` with orbit = own. A network without an orbit has a row of
        NaN whose status says what was found instead, and whose ``explanation`` says more; of an
        orbit that was seen but not refined, period and ``farthest`` are those seen. ``farthest`` is
        the orbit's largest distance from the origin, ``bound`` is C(U) with U a tenth larger than
        the ball that reaches there, ``bound_period`` is C(U)·T, at least 2π by Yorke's theorem.
        ``x_1``, ``x_2``, … is a point of the orbit, or near the equilibrium that was found.
    """
    scaled = network.scaled(scales).flattened()
    points = torch.zeros(*scaled.batch_shape, len(starts), network.dimension, dtype=torch.float64)
    points[..., 0] = torch.tensor(starts, dtype=torch.float64)
    orbits = find_periodic_orbits(scaled, points, Search(**search))
    axes = {"seed": seeds, "s": scales}
    table = _tabulate(name, scaled, orbits, axes)
    shape = (len(seeds), len(scales))
    found = _unflattened(orbits.multipliers(), shape)
    constants = {"network": name, "orbit": "own"}
    multiplier_table = tabulate_multipliers(found, axes, constants)
    distances = multiplier_table.set_index(["seed", "s"])["ln_modulus"].abs()
    residuals = {
        "liouville_defect": table["liouville_defect"].max(),
        "shooting_defect": table["shooting_defect"].max(),
        "multiplier_error": multiplier_table["error_estimate"].max(),
        "trivial_multiplier_defect": distances.groupby(level=["seed", "s"]).min().max(),
    }
    if not (table["status"] == "orbit").any():
        residuals = {}  # nothing to measure
    return Computed(table, residuals), Computed(multiplier_table, residuals)


def _tabulate(
    name: str, network: Network, orbits: PeriodicOrbits, axes: Mapping[str, Sequence[Any]]
) -> pd.DataFrame:
    found = orbits.status == Status.ORBIT
    at_rest = orbits.status == Status.EQUILIBRIUM
    farthest = torch.linalg.vector_norm(orbits.points, dim=-1).amax(-1)
    farthest = farthest.masked_fill(at_rest, torch.nan)
    log_bound = torch.full_like(farthest, torch.nan)
    if found.any():
        log_bound[found] = log_bound_on_balls(network[found], 1.1 * farthest[found])
    ln_det = orbits.propagators.log_abs_determinant
    columns = {
        "status": [Status(status).label for status in orbits.status.tolist()],
        "explanation": orbits.explanations,
        "period": orbits.period,
        "ln_det": ln_det,
        "det": ln_det.exp(),
        "ln_det_liouville": orbits.propagators.log_determinant,
        "liouville_defect": orbits.propagators.liouville_defect,
        "shooting_defect": orbits.shooting_defect,
        "farthest": farthest,
        "bound": log_bound.exp(),
        "bound_period": log_bound.exp() * orbits.period,
        **{f"x_{k + 1}": orbits.points[:, 0, k] for k in range(network.dimension)},
    }
    shape = tuple(len(values) for values in axes.values())
    columns = {key: as_array(values).reshape(shape) for key, values in columns.items()}
    return tabulated(axes, columns, network=name, orbit="own", dimension=network.dimension)


def _unflattened(found: Multipliers, shape: tuple[int, int]) -> Multipliers:
    return Multipliers(*(torch.unflatten(part, 0, shape) for part in vars(found).values()))
