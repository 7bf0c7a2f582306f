"""How good the periodic orbits of a table are."""

from __future__ import annotations

from neural_spectra.flows.close_returns import Status
from neural_spectra.flows.floquet_multipliers import Multipliers
from neural_spectra.flows.shooting import PeriodicOrbits


def defects(orbits: PeriodicOrbits, found: Multipliers) -> dict[str, float]:
    """Return the largest shooting defect, and the largest of |Σ ln|μ| − ln det M|."""
    is_orbit = orbits.status == Status.ORBIT
    if not is_orbit.any():
        return {"orbits_missing": 1.0}
    liouville = found.log_modulus.sum(-1) - orbits.propagators.log_determinant
    return {
        "shooting_defect": float(orbits.shooting_defect[is_orbit].max()),
        "liouville_defect": float(liouville[is_orbit].abs().max()),
    }
