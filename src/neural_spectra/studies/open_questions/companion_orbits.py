"""What the Morris–Lecar neurons of the companion paper settle on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import torch

from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.neuron_models import MORRIS_LECAR_SETS, MorrisLecar
from neural_spectra.flows.shooting import find_periodic_orbits
from neural_spectra.studies.open_questions.defects import defects
from neural_spectra.studies.residuals import merged
from neural_spectra.studies.tables import Computed


def companion_orbits(
    *,
    currents: Mapping[str, float],
    potentials: Sequence[float],
    openings: Sequence[float],
    search: Mapping[str, Any],
) -> Computed:
    """Look for what each set of the companion paper settles on, from a grid of starts.

    Parameters
    ----------
    currents
        The companion's current, by the set's name.
    potentials, openings
        V and N of the starts.
    search
        See `close_returns.Search`.

    Returns
    -------
    Computed
        ``companion_orbits``, a row for each set and start.
    """
    grid = torch.cartesian_prod(
        *(torch.tensor(a, dtype=torch.float64) for a in (potentials, openings))
    )
    tables, residuals = [], []
    for name, current in currents.items():
        field = MorrisLecar(
            MORRIS_LECAR_SETS[name], torch.full((len(grid),), current, dtype=torch.float64)
        )
        orbits = find_periodic_orbits(field, grid.unsqueeze(1), Search(**search))
        is_orbit = orbits.status == Status.ORBIT
        found = orbits.multipliers()
        table = pd.DataFrame(
            {
                "set": name,
                "current": current,
                "start_potential": grid[:, 0],
                "start_opening": grid[:, 1],
                "status": [Status(status).label for status in orbits.status.tolist()],
                "period": orbits.period,
                "ln_det": orbits.propagators.log_determinant,
                "ln_modulus": found.log_modulus[:, 1],
                "error_estimate": found.error_estimate[:, 1],
            }
        )
        tables.append(table)
        at_rest = orbits.status == Status.EQUILIBRIUM
        undecided = float((~is_orbit & ~at_rest).double().mean())
        measured = defects(orbits, found) if is_orbit.any() else {}
        residuals.append({"share_undecided": undecided, **measured})
    return Computed(pd.concat(tables, ignore_index=True), merged(residuals))
