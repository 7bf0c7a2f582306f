"""What ``summary.json`` says of a field, in numbers that JSON knows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import torch

from neural_spectra.studies.own.attractors import Behaviour
from neural_spectra.studies.own.exponents import Wandering
from neural_spectra.studies.own.numbers_in_sentences import known
from neural_spectra.studies.own.regions_of_flows import BoundsOfRegion, OwnRegion


def of_behaviour(
    behaviour: Behaviour, wandering: Wandering | None, bounds: BoundsOfRegion | None
) -> dict[str, Any]:
    """Return equilibria, orbits and exponents."""
    bound = math.nan if bounds is None else bounds.bound
    exponents = [] if wandering is None else list(zip(*wandering.exponents, strict=True))
    return {
        "equilibria": [
            {
                "point": rest.point.tolist(),
                "eigenvalues_real": rest.eigenvalues.real.tolist(),
                "eigenvalues_imag": rest.eigenvalues.imag.tolist(),
                "stable": rest.stable,
            }
            for rest in behaviour.equilibria
        ],
        "orbits": [
            {
                "status": "orbit",
                "period": orbit.period,
                "ln_det": orbit.log_determinant,
                "ln_moduli": list(map(known, orbit.multipliers.log_modulus.tolist())),
                "error_estimates": list(map(known, orbit.multipliers.error_estimate.tolist())),
                "attracting": orbit.attracting,
                "bound_period": known(bound * orbit.period),
            }
            for orbit in behaviour.orbits
        ],
        "exponents": [
            {"exponent": known(value), "error": known(error)} for value, error in exponents
        ],
    }


def of_saturation(tables: Mapping[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """Return a row for each hidden layer, over the region."""
    if "flow_saturation" not in tables:
        return []
    table = tables["flow_saturation"].query("place == 'region'")
    columns = ["layer", "delta", "share_below_0.01", "share_below_0.1"]
    rows = [dict(zip(columns, row, strict=True)) for row in table[columns].to_numpy().tolist()]
    return [row | {"layer": int(row["layer"])} for row in rows]


def of_bounds(region: OwnRegion, bounds: BoundsOfRegion | None) -> dict[str, Any]:
    """Return U and what holds there; None for what is not known."""
    box = {"lower": region.lower.tolist(), "upper": region.upper.tolist()}
    if bounds is None:
        nothing = dict.fromkeys(("C", "refined", "jacobian", "logarithmic_norm"))
        return {"region": box, **nothing}
    window = [known(bounds.lowest), known(bounds.highest)]
    return {
        "region": box,
        "C": known(bounds.bound),
        "refined": known(bounds.refined),
        "jacobian": known(bounds.jacobian),
        "logarithmic_norm": window,
    }


def residuals_of(behaviour: Behaviour) -> dict[str, dict[str, float]]:
    """Return what tells how far to trust the tables' numbers."""
    found: dict[str, dict[str, float]] = {}
    if behaviour.orbits:
        orbits = [orbit.found for orbit in behaviour.orbits]
        errors = torch.cat([orbit.multipliers.error_estimate for orbit in behaviour.orbits])
        nearest = [
            orbit.multipliers.log_modulus.abs().nan_to_num(nan=math.inf).amin()
            for orbit in behaviour.orbits
        ]
        found["flow_orbits"] = {
            "liouville_defect": max(o.propagators.liouville_defect.item() for o in orbits),
            "shooting_defect": max(o.shooting_defect.item() for o in orbits),
        }
        found["flow_multipliers"] = {
            "multiplier_error": errors.nan_to_num(nan=0.0).amax().item(),
            "trivial_multiplier_defect": max(value.item() for value in nearest),
        }
    if behaviour.equilibria:
        residual = max(rest.residual for rest in behaviour.equilibria)
        found["flow_equilibria"] = {"residual": residual}
    return found
