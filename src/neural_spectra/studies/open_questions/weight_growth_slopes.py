"""How fast weights, saturation and periods grow along training, and whether weights make up."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

# A −ln δ that varies by less along training leaves nothing for weights to make up for.
_LEAST_SPREAD = 0.1


def weight_growth_slopes(checkpoints: pd.DataFrame) -> pd.DataFrame:
    """Return the powers of the steps with which C_W, δ, T and their product grow.

    Parameters
    ----------
    checkpoints
        ``weight_growth``.

    Returns
    -------
    DataFrame
        For each system, optimiser, shift and seed: least-squares slopes of ln C_W, ln δ, ln T and
        ln C_W δ T against ln steps over the checkpoints after the first step, the latter two over
        those with a cycle, and ``compensation``, the slope of ln C_W against −ln δ over all: 1
        where weights keep C_W δ as it is. NaN where there is too little to tell.
    """
    rows = []
    keys = ["system", "optimiser", "shift", "seed"]
    for key, training in checkpoints.groupby(keys, sort=False):
        later = training[training["step"] > 0]
        steps = np.log(later["step"].to_numpy(float))
        ln_period = np.log(later["period"].to_numpy(float))
        powers = {
            "power_of_weights": slope(steps, later["ln_weight_factor"].to_numpy()),
            "power_of_delta": slope(steps, -later["minus_ln_delta"].to_numpy()),
            "power_of_period": slope(steps, ln_period),
            "power_of_product": slope(steps, later["ln_bound"].to_numpy() + ln_period),
        }
        saturation = training["minus_ln_delta"].to_numpy()
        compensation = math.nan
        if np.ptp(saturation) >= _LEAST_SPREAD:
            compensation = slope(saturation, training["ln_weight_factor"].to_numpy())
        rows.append(dict(zip(keys, key, strict=True)) | powers | {"compensation": compensation})
    return pd.DataFrame(rows)


def slope(x: np.ndarray, y: np.ndarray) -> float:
    """Return the least-squares slope of y against x where both are known; NaN for one x alone."""
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    if len(x) == 0 or np.ptp(x) == 0:
        return math.nan
    x = x - x.mean()
    return float(x @ y / (x @ x))
