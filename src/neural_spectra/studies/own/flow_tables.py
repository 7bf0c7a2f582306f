"""The tables behind the analysis of a field: always the same ones, some of them empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from neural_spectra.flows.floquet_multipliers import Method
from neural_spectra.flows.reference_systems import Field
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.own.attractors import Behaviour, Goal
from neural_spectra.studies.own.exponents import Wandering
from neural_spectra.studies.own.proofs import Proof
from neural_spectra.studies.own.regions_of_flows import BoundsOfRegion, OwnRegion, window_along

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
_ATTRACTING = {True: "yes", False: "no", None: "neutral"}
# Curves whose windows are bounded by means along them: that takes the longest.
_MOST_WINDOWS = 2


def filled(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return all tables, those that are missing without rows."""
    return {name: tables[name] if name in tables else _table(name, []) for name in _COLUMNS}


def _table(name: str, rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=_COLUMNS[name].split())


def tables_of_behaviour(
    behaviour: Behaviour, wandering: Wandering | None
) -> dict[str, pd.DataFrame]:
    """Tabulate equilibria, orbits, multipliers, exponents and where starts go, one number a row."""
    rows = {
        "flow_equilibria": _equilibria(behaviour),
        "flow_orbits": _orbits(behaviour),
        "flow_multipliers": _multipliers(behaviour),
        "flow_starts": _starts(behaviour),
        "flow_exponents": _exponents(wandering),
    }
    return {name: _table(name, found) for name, found in rows.items()}


def _equilibria(behaviour: Behaviour) -> Iterator[tuple[Any, ...]]:
    stable = {True: "yes", False: "no", None: "not decided"}
    for k, rest in enumerate(behaviour.equilibria, 1):
        known = k, rest.kind, stable[rest.stable], rest.residual
        numbers = zip(rest.eigenvalues.tolist(), rest.point.tolist(), strict=True)
        for i, (value, x) in enumerate(numbers, 1):
            yield *known, i, value.real, value.imag, x


def _orbits(behaviour: Behaviour) -> Iterator[tuple[Any, ...]]:
    for k, orbit in enumerate(behaviour.orbits):
        found = orbit.found.propagators
        determinants = orbit.log_determinant, found.log_abs_determinant.item()
        defects = found.liouville_defect.item(), orbit.found.shooting_defect.item()
        does = _ATTRACTING[orbit.attracting], behaviour.share(Goal("orbit", k))
        coordinates = zip(orbit.amplitude.tolist(), orbit.states[0].tolist(), strict=True)
        for i, (amplitude, x) in enumerate(coordinates, 1):
            yield k + 1, orbit.period, *determinants, *defects, *does, i, amplitude, x


def _multipliers(behaviour: Behaviour) -> Iterator[tuple[Any, ...]]:
    for k, orbit in enumerate(behaviour.orbits, 1):
        found = orbit.multipliers
        methods = [Method(method).label for method in found.method.tolist()]
        columns = found.log_modulus, found.phase.angle(), found.error_estimate
        numbers = zip(methods, *(column.tolist() for column in columns), strict=True)
        for i, row in enumerate(numbers, 1):
            yield k, _ATTRACTING[orbit.attracting], i, *row


def _starts(behaviour: Behaviour) -> Iterator[tuple[Any, ...]]:
    places = zip(behaviour.place.starts.tolist(), behaviour.goals, strict=True)
    for k, (start, goal) in enumerate(places, 1):
        for i, x in enumerate(start, 1):
            yield k, i, x, goal.kind, goal.number


def _exponents(wandering: Wandering | None) -> Iterator[tuple[Any, ...]]:
    if wandering is None:
        return
    found = wandering.exponents
    numbers = zip(found.mean.tolist(), found.error.tolist(), strict=True)
    for i, pair in enumerate(numbers, 1):
        yield i, *pair, wandering.kind, wandering.trajectories, wandering.duration


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
    rows: list[tuple[Any, ...]] = []

    def add(orbit: int, of: str, found: list[float], turn: float, along: Any = None) -> None:
        if bounds is not None:
            windows = {
                "C": (-bounds.bound, bounds.bound),
                "refined": (-bounds.refined, bounds.refined),
                "jacobian": (-bounds.jacobian, bounds.jacobian),
                "logarithmic norm": (bounds.lowest, bounds.highest),
            }
            if along is not None:
                windows["logarithmic norm along"] = (along.lower, along.upper)
            for what, (lower, upper) in windows.items():
                rows.append((orbit, of, what, turn * lower, turn * upper))
        rows.extend((orbit, of, "found", value, value) for value in found)

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
    return _table("flow_windows", rows)


def bounds_table(region: OwnRegion, bounds: BoundsOfRegion) -> pd.DataFrame:
    """Tabulate U, a row for each coordinate, and what holds there."""
    columns: dict[str, Any] = {
        "coordinate": range(1, len(region.units) + 1),
        "lower": region.lower,
        "upper": region.upper,
        "unit": region.units,
        "ln_C": bounds.log_bound,
        "C": bounds.bound,
        "refined": bounds.refined,
        "jacobian": bounds.jacobian,
        "lowest": bounds.lowest,
        "highest": bounds.highest,
    }
    return pd.DataFrame(columns)


def certificates_table(proofs: list[Proof]) -> pd.DataFrame:
    """Tabulate statements with verdict and reason."""
    rows = ((proof.statement, proof.verdict, proof.reason) for proof in proofs)
    return _table("flow_certificates", rows)
