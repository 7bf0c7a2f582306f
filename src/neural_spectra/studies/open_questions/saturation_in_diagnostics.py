"""Whether what one watches in training, the loss and its gradient, tells saturated networks."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pandas as pd

# δ(U) below which a network counts as saturated.
SATURATED = 0.1
DIAGNOSTICS = ("loss", "gradient_norm")
POOLED = "all"


def saturation_in_diagnostics(checkpoints: pd.DataFrame) -> pd.DataFrame:
    """Return how well each diagnostic tells saturated networks from others, by its AUC.

    Parameters
    ----------
    checkpoints
        ``weight_growth``.

    Returns
    -------
    DataFrame
        For each diagnostic, system, way to train (and all of them pooled), choice of networks (all,
        or those whose loss has reached the target) and seed: the numbers of checkpoints with
        δ(U) < 0.1 and of the others, and the AUC.
    """
    optimisers = [*dict.fromkeys(checkpoints["optimiser"]), POOLED]
    chosen = {"all": checkpoints, "at target": checkpoints[checkpoints["target_met"]]}
    seeds = sorted(set(checkpoints["seed"]))
    systems = dict.fromkeys(checkpoints["system"])
    rows = []
    for system, optimiser, (among, table), seed in product(
        systems, optimisers, chosen.items(), seeds
    ):
        of_seed = table[(table["system"] == system) & (table["seed"] == seed)]
        watched = of_seed if optimiser == POOLED else of_seed[of_seed["optimiser"] == optimiser]
        is_saturated = watched["minus_ln_delta"].to_numpy() > -math.log(SATURATED)
        count = int(is_saturated.sum())
        row = {"system": system, "optimiser": optimiser, "among": among, "seed": seed}
        row |= {"saturated": count, "others": len(is_saturated) - count}
        for diagnostic in DIAGNOSTICS:
            area = area_under_curve(watched[diagnostic].to_numpy(), is_saturated)
            rows.append({"diagnostic": diagnostic, **row, "auc": area})
    return pd.DataFrame(rows)


def area_under_curve(values: np.ndarray, is_positive: np.ndarray) -> float:
    """Return the area under the receiver operating characteristic of a number.

    It is the probability that the number is larger for a positive case than for another, ties
    counted by half: 1/2 where it tells nothing, 0 or 1 where it tells all (Hanley and McNeil 1982).
    NaN where all cases are of one kind.
    """
    positive = int(is_positive.sum())
    others = len(is_positive) - positive
    if positive == 0 or others == 0:
        return math.nan
    ranks = pd.Series(values).rank().to_numpy()
    excess = ranks[is_positive].sum() - positive * (positive + 1) / 2
    return float(excess / (positive * others))
