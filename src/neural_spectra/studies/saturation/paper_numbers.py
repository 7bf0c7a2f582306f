"""The numbers that depend on the seed, and the claims that judge them (Matzakos 2026)."""

from __future__ import annotations

import pandas as pd

# By the name of the quantity in tables.
CLAIMS = {
    "det at s = 1": "determinant_scale_1",
    "det at s = 4": "determinant_scale_4",
    "improvement at s = 30": "improvement_ninefold",
}


def with_paper(table: pd.DataFrame, paper: pd.DataFrame) -> pd.DataFrame:
    """Add what the paper states of each row's quantity, and what agrees with it.

    Parameters
    ----------
    table
        With a column quantity.
    paper
        A row for each claim of `CLAIMS`: claim, and the columns that are added (NaN where the paper
        states nothing).
    """
    by_quantity = paper.set_index("claim").loc[list(CLAIMS.values())].set_axis(list(CLAIMS))
    return table.join(by_quantity, on="quantity")
