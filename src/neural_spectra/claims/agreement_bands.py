"""What the paper states in numbers and what agrees with it, for figures that draw both."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from neural_spectra.claims.claim_files import read_claims
from neural_spectra.errors import InputError


def agreements(path: str | Path, ids: Collection[str]) -> pd.DataFrame:
    """Read what the paper states of some claims, and the range in which the ledger says "agrees".

    Parameters
    ----------
    path
        One paper's file of claims.
    ids
        Which of its claims.

    Returns
    -------
    DataFrame
        claim; paper, the paper's number; lowest and highest that agree; axis, "logarithmic" where a
        factor is allowed, otherwise "linear".

    Raises
    ------
    InputError
        If a claim is missing, or has no number of the paper or no range on both sides of it.
    """
    claims = {claim.id: claim for claim in read_claims(path).claims}
    rows = []
    for name in ids:
        claim = claims.get(name)
        criterion = None if claim is None else claim.criterion
        if claim is None or claim.paper_value is None or criterion is None:
            raise InputError(
                f"{path}: figures draw the claim '{name}', which needs paper_value and criterion"
            )
        lowest, highest = criterion.limits()
        if not math.isfinite(highest - lowest):
            raise InputError(
                f"{path}: figures draw what agrees with the claim '{name}'; give its criterion "
                "near, or at_least and at_most"
            )
        axis = "linear" if criterion.factor is None else "logarithmic"
        rows.append((name, claim.paper_value, lowest, highest, axis))
    return pd.DataFrame(rows, columns=["claim", "paper", "lowest", "highest", "axis"])
