"""A periodic orbit in three dimensions with det M < 1 that does not attract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from neural_spectra.flows.floquet_multipliers import Method, multipliers
from neural_spectra.flows.reference_systems import StuartLandau, UnstableAxis
from neural_spectra.studies.saturation.monodromy import propagate_twice
from neural_spectra.studies.tables import Computed, tabulated


def three_dimensions(
    *, system: Mapping[str, float], rate: float, solver: Mapping[str, Any]
) -> Computed:
    """Take the multipliers of an orbit in d = 3 with det M < 1 that does not attract.

    The oscillator with an unstable axis ż = λz: in three dimensions the determinant is the product
    of three multipliers and no longer decides attraction (Matzakos' article, section 4.1).
    """
    field = UnstableAxis(StuartLandau(**system), rate)
    tight, loose = propagate_twice(field, field.orbit, field.period, solver)
    found = multipliers(tight, loose, torch.Generator().manual_seed(0))
    exact = torch.as_tensor(field.log_multipliers, dtype=torch.float64)
    table = tabulated(
        {"index": range(1, field.dimension + 1)},
        {
            "method": [Method(k).label for k in found.method.tolist()],
            "ln_modulus": found.log_modulus,
            "ln_modulus_exact": exact,
            "error_estimate": found.error_estimate,
        },
        rate=rate,
        ln_det=tight.log_determinant.item(),
    )
    return Computed(table, {"multiplier_error": (found.log_modulus - exact).abs().max().item()})
