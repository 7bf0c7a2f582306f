"""Tables whose seeds were computed in several jobs."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from neural_spectra.studies.tables import Computed, joined


def joined_over_seeds(parts: Iterable[Computed]) -> Computed:
    """Join tables of some of the seeds each into the table that all seeds at once would give."""
    whole = joined(parts)
    by_appearance = whole.table.sort_values(
        ["form", "n", "scaling"], key=lambda column: pd.factorize(column)[0], kind="stable"
    )
    return Computed(by_appearance.reset_index(drop=True), whole.residuals)
