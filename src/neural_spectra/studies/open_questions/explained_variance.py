"""How much of the differences between networks their properties explain, and how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

RESAMPLES = 500
BOOTSTRAP_SEED = 0
Predictors = Sequence[str]


def adjusted_r_squared(table: pd.DataFrame, response: str, predictors: Predictors) -> float:
    """Return the share of a response's variance that a linear model explains, beyond chance.

    Parameters
    ----------
    table
        A row for each case.
    response
        The column to explain.
    predictors
        The columns that explain it: a number by its multiple, a text by a constant for each value.

    Returns
    -------
    float
        R² = 1 − (1 − R₀²) (n − 1)/(n − p), with R₀² of the least-squares fit of p parameters to n
        cases; it is 0 on average for predictors that are drawn at random. NaN where the response
        is the same in all cases, or there are as many parameters as cases.
    """
    y = table[response].to_numpy(dtype=float)
    numbers = pd.get_dummies(table[list(predictors)], dtype=float).to_numpy()
    design = np.column_stack([np.ones(len(y)), numbers])
    fit, _, rank, _ = np.linalg.lstsq(design, y, rcond=None)
    total, left = np.square(y - y.mean()).sum(), np.square(y - design @ fit).sum()
    if total == 0 or len(y) <= rank:
        return float("nan")
    return float(1 - left / total * (len(y) - 1) / (len(y) - rank))


def explained(
    table: pd.DataFrame, response: str, comparisons: Mapping[str, tuple[Predictors, Predictors]]
) -> pd.DataFrame:
    """Return how much more of a response some predictors explain than others.

    Parameters
    ----------
    table
        A row for each case, with a column ``seed``.
    response
        The column to explain.
    comparisons
        Predictors, and those that they are compared with, by the comparison's name.

    Returns
    -------
    DataFrame
        response, comparison, explained (adjusted R² of the first minus that of the second, which
        is 0 for no predictors), and lowest and highest, its 95 % interval by a bootstrap over the
        seeds: percentiles over `RESAMPLES` draws of as many seeds with replacement.
    """
    models = {tuple(model) for pair in comparisons.values() for model in pair if model}
    of_seed = [rows for _, rows in table.groupby("seed")]
    generator = np.random.default_rng(BOOTSTRAP_SEED)
    drawn = [table] + [
        pd.concat([of_seed[k] for k in generator.integers(len(of_seed), size=len(of_seed))])
        for _ in range(RESAMPLES)
    ]
    found = {
        model: np.array([adjusted_r_squared(rows, response, model) for rows in drawn])
        for model in sorted(models)
    }
    rows = []
    for name, (model, other) in comparisons.items():
        gain = found[tuple(model)] - (found[tuple(other)] if other else 0.0)
        lowest, highest = np.nanpercentile(gain[1:], [2.5, 97.5])
        row = {"response": response, "comparison": name, "explained": gain[0]}
        rows.append(row | {"lowest": lowest, "highest": highest})
    return pd.DataFrame(rows)
