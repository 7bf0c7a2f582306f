"""The answers about a user's map, as `summary.json` has them."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from neural_spectra.maps.cycles import Cycle
from neural_spectra.maps.orbits import Fate
from neural_spectra.studies.own.map_certificates import BOUNDED, PROVED, MapBounds
from neural_spectra.studies.own.map_dynamics import NEUTRAL, is_on
from neural_spectra.studies.own.map_findings import Found, stability
from neural_spectra.studies.own.map_saturation import DEEP, SHALLOW, LayerSaturation, share_below


def answers_from(found: Found) -> dict[str, Any]:
    """Return the answers, apart from what was read and what would change."""
    dynamics = found.dynamics
    attractors = dynamics.attractors
    exponents = zip(dynamics.exponents, dynamics.errors, strict=True)
    inner, outer = found.affine.radius.min(), found.affine.radius.max()
    return {
        "fixed_points": [_cycle(cycle) for cycle in found.cycles if cycle.period == 1],
        "cycles": [_cycle(cycle) for cycle in found.cycles if cycle.period > 1],
        "index_sum": _index_sum(found),
        "attractor": {
            "kind": dynamics.kind,
            "periods": sorted({period for period in dynamics.periods.tolist() if period > 1}),
            "starts": len(attractors.fates),
            "escaped": int((attractors.fates == Fate.ESCAPED).sum()),
            "basins": _basins(found),
        },
        "exponents": [{"value": value, "error": error} for value, error in exponents],
        "rho_min": inner,
        "rho_max": outer,
        "saturation": [
            _saturation(k, layer, found.bounds) for k, layer in enumerate(found.saturation)
        ],
        "bounds": {
            "region": {"lower": found.region.lower, "upper": found.region.upper},
            "lipschitz": found.bounds.lipschitz,
            "C": found.bounds.product,
            "refined": found.bounds.refined,
            "jacobian": found.bounds.jacobian,
            "logarithmic_norm": None,
        },
        "certificates": [asdict(proof) for proof in found.proofs],
    }


def _index_sum(found: Found) -> int | None:
    """Return the sum of the signs of det(1 − Df) over the fixed points, if it must be 1.

    It is for a map that takes a ball into itself (Lefschetz), if no multiplier is 1.
    """
    bounded = any(p.statement == BOUNDED and p.verdict == PROVED for p in found.proofs)
    factors = [np.prod(1 - c.multipliers).real for c in found.cycles if c.period == 1]
    if not bounded or any(abs(factor) < NEUTRAL for factor in factors):
        return None
    return int(np.sign(factors).sum())


def _cycle(cycle: Cycle) -> dict[str, Any]:
    place = {"point": cycle.points[0]} if cycle.period == 1 else {"points": cycle.points}
    with np.errstate(divide="ignore"):
        ln_moduli = np.log(np.abs(cycle.multipliers))
    return {
        "period": cycle.period,
        **place,
        "multipliers_real": cycle.multipliers.real,
        "multipliers_imag": cycle.multipliers.imag,
        "ln_moduli": ln_moduli,
        "ln_det": cycle.ln_det,
        "spectral_radius": cycle.radius,
        "stability": stability(cycle),
    }


def _basins(found: Found) -> list[dict[str, Any]]:
    """Return which share of the starts on the plane ends where."""
    basins, rows = found.basins, []
    for number in np.unique(basins.number).tolist():
        on = basins.number == number
        period = int(basins.periods[on].min())
        if period > 1:  # a spiral onto a cycle may come back first after several rounds
            end = found.f.scaled_states(basins.ends[on][0])
            reached = [cycle.period for cycle in found.dynamics.cycles if is_on(end, cycle)]
            period = min([period, *reached])
        what = {0: "not settled", 1: "fixed point"}.get(period, f"cycle of period {period}")
        rows.append(
            {
                "end": "escapes" if number < 0 else what,
                "share": float(on.mean()),
                "point": basins.ends[on][0] if period else None,
            }
        )
    return sorted(rows, key=lambda row: -row["share"])


def _saturation(k: int, layer: LayerSaturation, bounds: MapBounds) -> dict[str, Any]:
    """Return a layer's row: shares along the attractor, and over the region."""
    certified = bounds.saturation[k] if k < len(bounds.saturation) else math.nan
    shares = {
        f"share_below_{limit}{where}": share_below(slopes, limit)
        for where, slopes in {"": layer.on_attractor, "_in_region": layer.over_region}.items()
        for limit in (DEEP, SHALLOW)
    }
    return {
        "layer": k + 1,
        "activation": layer.activation,
        "units": layer.over_region.shape[-1],
        "delta": certified,
        **shares,
        "never_leave": layer.never_leave,
    }
