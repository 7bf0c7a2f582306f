"""A periodic orbit in three dimensions with det M < 1 that does not attract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neural_spectra.flows.floquet_multipliers import multipliers
from neural_spectra.flows.reference_systems import StuartLandau, UnstableAxis
from neural_spectra.studies.saturation.monodromy import propagate_twice, tabulate_multipliers
from neural_spectra.studies.tables import Computed


def three_dimensions(
    *, system: Mapping[str, float], rate: float, solver: Mapping[str, Any]
) -> Computed:
    """Take the multipliers of an orbit in d = 3 with det M < 1 that does not attract.

    The oscillator with an unstable axis ż = λz: in three dimensions the determinant is the product
    of three multipliers and no longer decides attraction (Matzakos' article, section 4.1).
    """
    field = UnstableAxis(StuartLandau(**system), rate)
    tight, loose = propagate_twice(field, field.orbit, field.period, solver)
    constants = {"rate": rate, "ln_det": tight.log_determinant.item()}
    found = tabulate_multipliers(multipliers(tight, loose), {}, constants)
    found.insert(len(found.columns) - 1, "ln_modulus_exact", field.log_multipliers)
    error = (found["ln_modulus"] - found["ln_modulus_exact"]).abs().max()
    return Computed(found.drop(columns=["real", "imag"]), {"multiplier_error": error})
