"""What tells more of what a network can express: its activation, or its Lipschitz constant."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from neural_spectra.studies.open_questions.explained_variance import explained

# What is compared in how much it explains: of the first, more than of the second.
COMPARISONS: Mapping[str, tuple[list[str], list[str]]] = {
    "budget": (["budget"], []),
    "activation": (["activation"], []),
    "mean slope": (["mean_slope"], []),
    "activation beside budget": (["activation", "budget"], ["budget"]),
    "mean slope beside budget": (["mean_slope", "budget"], ["budget"]),
    "activation rather than budget": (["activation"], ["budget"]),
    "mean slope rather than budget": (["mean_slope"], ["budget"]),
}


def slopes_or_budget(table: pd.DataFrame) -> pd.DataFrame:
    """Compare how much budget, activation and mean slope explain of cycles and their errors.

    Over all budgets, and over each with the next larger one: how much a budget explains depends on
    how far apart budgets are. Trainings that have not come to their end are left out, since they
    tell of training alone.
    """
    rising = sorted(set(table["budget"]))
    ranges = {"all": rising}
    ranges |= {f"{low:g} and {high:g}": [low, high] for low, high in pairwise(rising)}
    known = table[table["finished"]]
    # A constant for each budget, so that its effect need not be linear.
    described = known.assign(
        attracting_cycle=known["attracting_cycle"].astype(float),
        budget=known["budget"].map("{:g}".format),
    )
    return pd.concat(
        [
            explained(described[known["budget"].isin(within)], response, COMPARISONS).assign(
                budgets=name
            )
            for name, within in ranges.items()
            for response in ("attracting_cycle", "ln_error")
        ],
        ignore_index=True,
    )
