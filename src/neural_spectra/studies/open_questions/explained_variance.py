"""How much of the differences between networks their properties explain, and how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

RESAMPLES = 1000
BOOTSTRAP_SEED = 0
# Of a response's size: what varies less is the same everywhere, up to rounding.
_CONSTANT = 1e-12
Predictors = Sequence[str]


def adjusted_r_squared(
    table: pd.DataFrame, response: str, predictors: Predictors, counts: np.ndarray
) -> np.ndarray:
    """Return the share of a response's variance that a linear model explains, beyond chance.

    Parameters
    ----------
    table
        A row for each case, with a column ``seed``.
    response
        The column to explain.
    predictors
        The columns that explain it: a number by its multiple, a text by a constant for each value.
    counts
        How often the cases of each seed, in rising order, are taken; a row for each sample, shape
        (samples, seeds).

    Returns
    -------
    array
        R² = 1 − (1 − R₀²) (n − 1)/(n − p) for each sample, with R₀² of the least-squares fit of p
        parameters to n cases; it is 0 on average for predictors drawn at random. NaN where the
        response is the same in all cases, or there are as many parameters as cases.
    """
    y = table[response].to_numpy(dtype=float)
    numbers = pd.get_dummies(table[list(predictors)], dtype=float)
    numbers = numbers - numbers.mean()
    columns = np.column_stack([np.ones(len(y)), numbers, y - y.mean()])
    seeds = table["seed"].to_numpy()
    of_seed = [columns[seeds == seed] for seed in np.unique(seeds)]
    # All that a fit needs are the products of columns, and those add up over the seeds.
    products = np.stack([part.T @ part for part in of_seed])
    summed = np.einsum("rs,sij->rij", counts, products)
    inner, mixed, squares = summed[:, :-1, :-1], summed[:, :-1, -1:], summed[:, -1, -1]
    cases, rank = summed[:, 0, 0], np.linalg.matrix_rank(inner, hermitian=True)
    total = squares - summed[:, 0, -1] ** 2 / cases
    fitted = (mixed.mT @ np.linalg.pinv(inner, hermitian=True) @ mixed)[:, 0, 0]
    unknown = (total <= _CONSTANT * np.square(y).sum()) | (cases <= rank)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 1 - (squares - fitted) / total * (cases - 1) / (cases - rank)
    return np.where(unknown, np.nan, share)


def explained(
    table: pd.DataFrame, response: str, comparisons: Mapping[str, tuple[Predictors, Predictors]]
) -> pd.DataFrame:
    """Return how much more of a response some predictors explain than others.

    Parameters
    ----------
    table
        A row for each case, with a column ``seed``.
    response
        The column to explain; cases where it is NaN are left out.
    comparisons
        Predictors, and those that they are compared with, by the comparison's name.

    Returns
    -------
    DataFrame
        response, comparison, explained (adjusted R² of the first minus that of the second, which
        is 0 for no predictors), and lowest and highest, its 95 % interval by a bootstrap over the
        seeds: percentiles over `RESAMPLES` draws of as many seeds with replacement. NaN where all
        cases are alike, or there are too few.
    """
    table = table[table[response].notna()]
    seeds = table["seed"].nunique()
    if seeds:
        generator = np.random.default_rng(BOOTSTRAP_SEED)
        drawn = generator.multinomial(seeds, np.full(seeds, 1 / seeds), size=RESAMPLES)
        counts = np.vstack([np.ones(seeds), drawn])
    rows = []
    for name, (model, other) in comparisons.items():
        gain, interval = np.array([np.nan]), (np.nan, np.nan)
        if seeds:
            gain = adjusted_r_squared(table, response, model, counts)
            if other:
                gain = gain - adjusted_r_squared(table, response, other, counts)
        if np.isfinite(gain[1:]).any():
            interval = tuple(np.nanpercentile(gain[1:], [2.5, 97.5]))
        rows.append((response, name, gain[0], *interval))
    return pd.DataFrame(rows, columns=["response", "comparison", "explained", "lowest", "highest"])
