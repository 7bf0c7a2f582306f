"""All four multipliers of the Hodgkin–Huxley neuron, of which ln det M is only the sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch

from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.floquet_multipliers import Method
from neural_spectra.flows.neuron_models import HodgkinHuxley
from neural_spectra.flows.shooting import find_periodic_orbits
from neural_spectra.studies.open_questions.defects import defects
from neural_spectra.studies.residuals import merged
from neural_spectra.studies.tables import Computed, tabulated


def hodgkin_huxley(
    *, currents: Sequence[float], start: Sequence[float], search: Mapping[str, Any]
) -> Computed:
    """Find the cycle under each current, and its multipliers.

    Parameters
    ----------
    currents
        I.
    start
        V, n, m and h at the start.
    search
        See `close_returns.Search`.

    Returns
    -------
    Computed
        ``hodgkin_huxley``, a row for each current and multiplier.
    """
    tables, residuals = [], []
    for current in currents:
        starts = torch.tensor([[start]], dtype=torch.float64)
        orbits = find_periodic_orbits(HodgkinHuxley(current), starts, Search(**search))
        found = orbits.multipliers()
        columns = {
            "ln_modulus": found.log_modulus,
            "phase_real": found.phase.real,
            "exponent": found.log_modulus / orbits.period,
            "error_estimate": found.error_estimate,
            "method": [[Method(k).label for k in found.method[0].tolist()]],
        }
        status = Status(int(orbits.status[0])).label
        numbers = {
            "period": float(orbits.period[0]),
            "ln_det": float(orbits.propagators.log_determinant[0]),
        }
        axes = {"current": [current], "index": range(1, 5)}
        tables.append(tabulated(axes, columns, status=status, **numbers))
        # The smallest is what the others leave of ln det M, so that their sum tells little.
        error = float(found.error_estimate.max())
        residuals.append({"multiplier_error": error, **defects(orbits, found)})
    return Computed(pd.concat(tables, ignore_index=True), merged(residuals))
