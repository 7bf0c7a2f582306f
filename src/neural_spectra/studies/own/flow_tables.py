"""The tables behind the analysis of a field: always the same ones, some of them empty."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from neural_spectra.flows.floquet_multipliers import Method
from neural_spectra.flows.reference_systems import Field
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.own.attractors import Behaviour
from neural_spectra.studies.own.exponents import Wandering
from neural_spectra.studies.own.proofs import Proof
from neural_spectra.studies.own.regions_of_flows import (
    BoundsOfRegion,
    OwnRegion,
    window_along,
)

_COLUMNS = {
    "flow_portrait": "kind path x y x_label y_label",
    "flow_slopes": "along layer rank share slope",
    "flow_windows": "orbit of what lower upper",
    "flow_multipliers": "orbit attracting index method ln_modulus angle error_estimate",
    "flow_sweep": "s does period ln_det C refined jacobian lowest highest bound_period delta "
    "share_below_0.1",
    "flow_equilibria": "equilibrium kind stable residual index eigenvalue_real eigenvalue_imag x",
    "flow_orbits": "orbit period ln_det ln_det_of_matrices liouville_defect shooting_defect "
    "attracting share_of_starts coordinate amplitude point",
    "flow_starts": "start coordinate x goes_to number",
    "flow_exponents": "index exponent standard_error kind trajectories duration",
    "flow_saturation": "place layer units activation delta share_below_0.01 share_below_0.1",
    "flow_units": "layer unit largest_slope never_leaves",
    "flow_bounds": "coordinate lower upper unit ln_C C refined jacobian lowest highest",
    "flow_certificates": "statement verdict reason",
    "flow_activations": "activation own largest_slope C refined",
}
FLOW_TABLES = tuple(_COLUMNS)
# Curves whose windows are bounded by means along them: that takes the longest.
_MOST_WINDOWS = 2


def filled(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return all tables, those that are missing without rows."""
    empty = {name: pd.DataFrame(columns=columns.split()) for name, columns in _COLUMNS.items()}
    return empty | tables


def tables_of_behaviour(
    behaviour: Behaviour, wandering: Wandering | None
) -> dict[str, pd.DataFrame]:
    """Tabulate equilibria, orbits, multipliers, exponents and where starts go, one number a row."""
    equilibria = [
        {
            "equilibrium": k + 1,
            "kind": rest.kind,
            "stable": {True: "yes", False: "no", None: "not decided"}[rest.stable],
            "residual": rest.residual,
            "index": i + 1,
            "eigenvalue_real": value.real,
            "eigenvalue_imag": value.imag,
            "x": x,
        }
        for k, rest in enumerate(behaviour.equilibria)
        for i, (value, x) in enumerate(
            zip(rest.eigenvalues.tolist(), rest.point.tolist(), strict=True)
        )
    ]
    starts = [
        {"start": k + 1, "coordinate": i + 1, "x": x, "goes_to": goal.kind, "number": goal.number}
        for k, (start, goal) in enumerate(
            zip(behaviour.place.starts.tolist(), behaviour.goals, strict=True)
        )
        for i, x in enumerate(start)
    ]
    orbits, multipliers = _orbits(behaviour)
    exponents = []
    if wandering is not None:
        found = wandering.exponents
        exponents = [
            {
                "index": i + 1,
                "exponent": value,
                "standard_error": error,
                "kind": wandering.kind,
                "trajectories": wandering.trajectories,
                "duration": wandering.duration,
            }
            for i, (value, error) in enumerate(
                zip(found.mean.tolist(), found.error.tolist(), strict=True)
            )
        ]
    rows = {
        "flow_equilibria": equilibria,
        "flow_orbits": orbits,
        "flow_multipliers": multipliers,
        "flow_starts": starts,
        "flow_exponents": exponents,
    }
    return {name: pd.DataFrame(found) for name, found in rows.items() if found}


def _orbits(behaviour: Behaviour) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    orbits, multipliers = [], []
    for k, orbit in enumerate(behaviour.orbits):
        attracting = {True: "yes", False: "no", None: "neutral"}[orbit.attracting]
        counted = [goal.kind == "orbit" and goal.number == k for goal in behaviour.goals]
        numbers = {
            "orbit": k + 1,
            "period": orbit.period,
            "ln_det": orbit.log_determinant,
            "ln_det_of_matrices": orbit.found.propagators.log_abs_determinant.item(),
            "liouville_defect": orbit.found.propagators.liouville_defect.item(),
            "shooting_defect": orbit.found.shooting_defect.item(),
            "attracting": attracting,
            "share_of_starts": sum(counted) / len(counted),
        }
        coordinates = zip(orbit.amplitude.tolist(), orbit.states[0].tolist(), strict=True)
        orbits += [
            numbers | {"coordinate": i + 1, "amplitude": amplitude, "point": x}
            for i, (amplitude, x) in enumerate(coordinates)
        ]
        found = orbit.multipliers
        multipliers += [
            {
                "orbit": k + 1,
                "attracting": attracting,
                "index": i + 1,
                "method": Method(method).label,
                "ln_modulus": log_modulus,
                "angle": phase,
                "error_estimate": error,
            }
            for i, (method, log_modulus, phase, error) in enumerate(
                zip(
                    found.method.tolist(),
                    found.log_modulus.tolist(),
                    found.phase.angle().tolist(),
                    found.error_estimate.tolist(),
                    strict=True,
                )
            )
        ]
    return orbits, multipliers


def windows_table(
    field: Field,
    behaviour: Behaviour,
    wandering: Wandering | None,
    region: OwnRegion,
    bounds: BoundsOfRegion | None,
) -> pd.DataFrame:
    """Hold what is possible against what was found.

    Parameters
    ----------
    field
        f.
    behaviour, wandering
        What it does.
    region, bounds
        U, and what holds there; None for a field without layers.

    Returns
    -------
    DataFrame
        orbit (its number; 0 for what is no orbit), of (``multipliers``: ln|μ| of one turn; or
        ``exponents``: rates), what (a window's name, or ``found``), lower, upper (the same number
        for what was found).
    """
    rows: list[dict[str, Any]] = []

    def add(orbit: int, of: str, found: list[float], turn: float, along: Any = None) -> None:
        place = {"orbit": orbit, "of": of}
        if bounds is not None:
            bound = math.exp(min(bounds.log_bound, 700.0))
            windows = {
                "C": (-bound, bound),
                "refined": (-bounds.refined, bounds.refined),
                "jacobian": (-bounds.jacobian, bounds.jacobian),
                "logarithmic norm": (bounds.lowest, bounds.highest),
            }
            if along is not None:
                windows["logarithmic norm along"] = (along.lower, along.upper)
            for what, (lower, upper) in windows.items():
                rows.append({**place, "what": what, "lower": turn * lower, "upper": turn * upper})
        for value in found:
            rows.append({**place, "what": "found", "lower": value, "upper": value})

    for k, orbit in enumerate(behaviour.orbits):
        along = None
        if isinstance(field, Network) and k < _MOST_WINDOWS:
            along = window_along(field, region, orbit)
        add(k + 1, "multipliers", orbit.multipliers.log_modulus.tolist(), orbit.period, along)
    if wandering is not None:
        add(0, "exponents", wandering.exponents.mean.tolist(), 1.0)
    elif not behaviour.orbits:
        rates = [rest.eigenvalues.real.tolist() for rest in behaviour.equilibria if rest.stable]
        add(0, "exponents", rates[0] if rates else [], 1.0)
    return pd.DataFrame(rows, columns=_COLUMNS["flow_windows"].split())


def bounds_table(region: OwnRegion, bounds: BoundsOfRegion) -> pd.DataFrame:
    """Tabulate U, a row for each coordinate, and what holds there."""
    columns: dict[str, Any] = {
        "coordinate": range(1, len(region.units) + 1),
        "lower": region.lower,
        "upper": region.upper,
        "unit": region.units,
        "ln_C": bounds.log_bound,
        "C": math.exp(min(bounds.log_bound, 700.0)),
        "refined": bounds.refined,
        "jacobian": bounds.jacobian,
        "lowest": bounds.lowest,
        "highest": bounds.highest,
    }
    return pd.DataFrame(columns)


def certificates_table(proofs: list[Proof]) -> pd.DataFrame:
    """Tabulate statements with verdict and reason."""
    rows = [(proof.statement, proof.verdict, proof.reason) for proof in proofs]
    return pd.DataFrame(rows, columns=_COLUMNS["flow_certificates"].split())
