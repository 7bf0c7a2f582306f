"""What a Morris–Lecar neuron does under a constant current: equilibria, cycles, where each ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.close_returns import Status
from neural_spectra.flows.cycle_branches import (
    Branch,
    branch_from_hopf,
    folds_of_cycles,
    with_midpoints,
)
from neural_spectra.flows.equilibrium_curves import folds_and_hopf_points, growth_rates
from neural_spectra.flows.floquet_multipliers import multipliers
from neural_spectra.flows.homoclinic_connections import find_connection
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.monodromy import Propagators
from neural_spectra.flows.neuron_models import MORRIS_LECAR_SETS, MorrisLecarFamily
from neural_spectra.flows.shooting import PeriodicOrbits, refine_periodic_orbits
from neural_spectra.studies.open_questions.defects import defects
from neural_spectra.studies.residuals import merged
from neural_spectra.studies.tables import Computed

# Of the first cycle beside a Hopf point, in units of the width V₂.
AMPLITUDE = 0.05
# Points of each segment at which the extremes of V are looked for, and how accurately.
FINER, ROUGHLY = 8, 1e-7


def current_diagram(
    *,
    sets: Mapping[str, Mapping[str, Any]],
    connections: Mapping[str, Mapping[str, Any]],
    marked: Mapping[str, float],
    equilibria: int,
    tolerance: float,
) -> tuple[Computed, Computed]:
    """Follow the equilibria and the cycles of each set over the current.

    Parameters
    ----------
    sets
        By the set's name: the range of V in which its equilibria lie, and the period at which the
        cycles that are born at its first Hopf point are left.
    connections
        By the set's name: a guess of the saddle, and currents on both sides of the homoclinic one.
    marked
        Currents to mark, by the set's name.
    equilibria
        Number of equilibria of each set.
    tolerance
        Relative and absolute, of the solver, in units of each component's range on the cycle.

    Returns
    -------
    Computed, Computed
        ``current_diagram`` and ``bifurcations``.
    """
    tables, points, residuals = [], [], []
    for name, settings in sets.items():
        family = MorrisLecarFamily(MORRIS_LECAR_SETS[name])
        low, high = settings["potentials"]
        along = torch.linspace(low, high, equilibria, dtype=torch.float64)
        tables.append(_equilibria(name, family, family.equilibria(along)))
        folds, hopf_points = folds_and_hopf_points(family, family.equilibria, along)
        points += [_bifurcation(name, "fold", state) for state in folds.tolist()]
        points += [_bifurcation(name, "Hopf", state) for state in hopf_points.tolist()]
        amplitude = AMPLITUDE * family.constants.v_2
        branch = branch_from_hopf(family, hopf_points[0], amplitude, settings["longest_period"])
        cycles, branch = _cycles(name, family, *with_midpoints(branch), tolerance)
        tables.append(cycles.table)
        points += _folds_of_cycles(name, family, branch)
        residuals.append(cycles.residuals)
        if name in connections:
            points.append(_homoclinic(name, family, **connections[name]))
    diagram = pd.concat(tables, ignore_index=True)
    diagram["marked"] = diagram["set"].map(dict(marked)).astype(float)
    bifurcations = pd.DataFrame(points)
    return (
        Computed(diagram, merged(residuals)),
        Computed(bifurcations, {"error": float(bifurcations["error"].max())}),
    )


def _equilibria(name: str, family: MorrisLecarFamily, states: Tensor) -> pd.DataFrame:
    growth = growth_rates(family, states)
    return pd.DataFrame(
        {
            "set": name,
            "kind": "equilibrium",
            "order": np.arange(len(states)),
            "current": states[:, 2],
            "stable": (growth < 0).numpy(),
            "lowest": states[:, 0],
            "highest": states[:, 0],
            "growth": growth,
            "period": np.nan,
            "ln_det": np.nan,
            "error_estimate": np.nan,
        }
    )


def _cycles(
    name: str, family: MorrisLecarFamily, points: Tensor, period: Tensor, tolerance: float
) -> tuple[Computed, Branch]:
    """Refine all cycles of a branch at once; return them as a branch as well."""
    orbits = refine_periodic_orbits(family, points, period, tolerance, tolerance)
    orbits = orbits[(orbits.status == Status.ORBIT).nonzero().flatten()]
    found = multipliers(_of_states(orbits.propagators), _of_states(orbits.looser))
    # One multiplier is 1, so the other has all of ln det.
    ln_det = orbits.propagators.log_determinant
    potentials = _potentials(family, orbits)
    table = pd.DataFrame(
        {
            "set": name,
            "kind": "cycle",
            "order": np.arange(len(ln_det)),
            "current": orbits.points[:, 0, 2],
            "stable": (ln_det < 0).numpy(),
            "lowest": potentials.amin(-1),
            "highest": potentials.amax(-1),
            "growth": ln_det / orbits.period,
            "period": orbits.period,
            "ln_det": ln_det,
            "error_estimate": found.error_estimate.amax(-1),
        }
    )
    return Computed(table, defects(orbits, found)), Branch(orbits.points, orbits.period, ln_det)


def _potentials(family: MorrisLecarFamily, orbits: PeriodicOrbits) -> Float[Tensor, "orbits times"]:
    """Return V at closely spaced times of each cycle."""
    lasting = (orbits.period / orbits.points.shape[1])[:, None, None]
    times = torch.linspace(0, 1, FINER + 1, dtype=torch.float64)
    states = integrate(lambda _, x: lasting * family(x), orbits.points, times, ROUGHLY, ROUGHLY)
    return states[..., 0].movedim(0, -1).flatten(1)


def _of_states(propagators: Propagators) -> Propagators:
    """Leave the parameter out, which does not change."""
    return Propagators(propagators.matrices[..., :-1, :-1], propagators.divergence)


def _folds_of_cycles(name: str, family: MorrisLecarFamily, branch: Branch) -> list[dict[str, Any]]:
    folds = folds_of_cycles(family, branch)
    ln_det, currents = branch.log_determinant, branch.points[:, 0, 2]
    changes = ln_det[:-1].sign() != ln_det[1:].sign()
    # I has an extremum at the fold: it errs by less than along the chord.
    chords = (currents.diff() / ln_det.diff())[changes]
    errors = (folds.log_determinant * chords).abs()
    return [
        _bifurcation(name, "fold of cycles", points[0].tolist(), period) | {"error": error}
        for points, period, error in zip(
            folds.points, folds.period.tolist(), errors.tolist(), strict=True
        )
    ]


def _homoclinic(
    name: str, family: MorrisLecarFamily, saddle: Sequence[float], between: tuple[float, float]
) -> dict[str, Any]:
    unit = torch.tensor([family.constants.v_2, 1.0], dtype=torch.float64)
    start = torch.tensor(saddle, dtype=torch.float64)
    found = find_connection(family, start, between, unit)
    row = _bifurcation(name, "homoclinic", [*found.saddle.tolist(), found.parameter], np.inf)
    return row | {"error": found.error, "trace": found.unstable_rate + found.stable_rate}


def _bifurcation(
    name: str, kind: str, state: Sequence[float], period: float = np.nan
) -> dict[str, Any]:
    v, n, current = state
    return {
        "set": name,
        "kind": kind,
        "current": current,
        "potential": v,
        "opening": n,
        "period": period,
        "trace": np.nan,
        # A root of a formula, to rounding.
        "error": 16 * np.spacing(abs(current)),
    }
