"""Tables 1 to 3 (ours): the numbers of Figs 1, 4 and 5 at a few scales, also for LaTeX."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from neural_spectra.studies.saturation.figure_tables import bounds_and_ratios
from neural_spectra.studies.saturation.rows_of_drawn_seed import (
    along_circle,
    over_region,
    with_spectrum,
)
from neural_spectra.studies.tables import Latex, in_latex


def table_1(sweep: pd.DataFrame, *, network: str, region: str, scales: list[float]) -> pd.DataFrame:
    """Jacobian norm, saturation, weight factor and bound for each s.

    Parameters
    ----------
    sweep
        ``scale_sweep``.
    network, region, scales
        The network shown, U, and the s.
    """
    rows = over_region(sweep, network, region).query("s in @scales")
    return rows[["s", "jacobian_norm", "delta", "weight_factor", "uniform_bound"]]


def table_2(
    sweep: pd.DataFrame,
    monodromy: pd.DataFrame,
    multipliers: pd.DataFrame,
    *,
    network: str,
    region: str,
    scales: list[float],
) -> pd.DataFrame:
    """Saturation, determinant and multipliers on the reference circle for each s.

    A ln|μ| that is smaller than its estimated error, the last column, is NaN.

    Parameters
    ----------
    sweep, monodromy, multipliers
        ``scale_sweep``, ``monodromy`` and ``multipliers``.
    network, region, scales
        The network shown, U, and the s.
    """
    rows = over_region(sweep, network, region).query("s in @scales")
    table = with_spectrum(rows[["s", "delta"]], monodromy, multipliers, network=network)
    errors = along_circle(multipliers, network).groupby("s")["error_estimate"].max()
    table["error_estimate"] = table["s"].map(errors)
    for name in table.filter(like="ln_modulus_"):
        table[name] = table[name].where(table[name].abs() > table["error_estimate"])
    return table


def table_3(
    sweep: pd.DataFrame, *, network: str, region: str, period: float, scales: list[float]
) -> pd.DataFrame:
    """Refined against original bound, and the flow-level gain (C − C̃)·T as ln.

    Parameters
    ----------
    sweep
        ``scale_sweep``.
    network, region, scales
        The network shown, U, and the s.
    period
        T.
    """
    rows = bounds_and_ratios(sweep, network=network, region=region).query("s in @scales")
    gain = (rows["bound"] - rows["refined_bound"]) * period
    ours = ["improvement_sampled", "improvement_certified", "jacobian_bound"]
    return rows.drop(columns=ours).assign(ln_flow_gain=gain)


TABLES: dict[str, Callable[..., pd.DataFrame]] = {
    table.__name__: table for table in (table_1, table_2, table_3)
}
SHOW_REFINED_BOUND = {"table_3"}

HEADS = {
    "s": "$s$",
    "jacobian_norm": r"$\|Df_s\|_2$",
    "delta": r"$\delta$",
    "weight_factor": "$C_W$",
    "uniform_bound": r"$C_W\,\delta$",
    "bound": "$C$",
    "refined_bound": r"$\widetilde{C}$",
    "refined_gap": r"gap of $\widetilde{C}$",
    "improvement": r"$C/\widetilde{C}$",
    "ln_flow_gain": r"$(C-\widetilde{C})\,T$",
    "ln_det": r"$\ln\det M$",
    "det": r"$\det M$",
    "ln_modulus_1": r"$\ln|\mu_1|$",
    "ln_modulus_2": r"$\ln|\mu_2|$",
}
CAPTIONS = {
    "table_1": r"Norm of the Jacobian, saturation $\delta$, weight factor $C_W$ and the bound "
    r"$C_W\,\delta$ for several pre-activation scales $s$.",
    "table_2": r"Saturation $\delta$, determinant and multipliers of the monodromy matrix along "
    r"the reference circle for several pre-activation scales $s$.",
    "table_3": r"Norm of the Jacobian, refined bound $\widetilde{C}$ with its gap to the largest "
    r"value found, original bound $C$, and the gain $\exp((C-\widetilde{C})\,T)$ at the level of "
    r"the flow, for several pre-activation scales $s$.",
}


def to_latex(name: str, table: pd.DataFrame) -> str:
    """Write a table for a LaTeX document that loads booktabs and array.

    A ln|μ| that is not told from 0 is said to be below the power of ten of its estimated error.

    Parameters
    ----------
    name
        ``table_1``, ``table_2`` or ``table_3``.
    table
        What the function of that name returns.
    """
    label = f"saturation-{name.replace('_', '-')}"
    look = Latex(label, CAPTIONS[name], HEADS, wide=name == "table_2")
    if "error_estimate" not in table:
        return in_latex(table, look, _latex_number)
    errors = table.loc[table.isna().any(axis=1), "error_estimate"]
    bound = f"$<10^{{{round(math.log10(errors.max()))}}}$" if len(errors) else ""
    return in_latex(table.drop(columns="error_estimate"), look, _latex_number, bound)


def _latex_number(value: float) -> str:
    mantissa, _, exponent = f"{value:.4g}".replace("inf", r"\infty").partition("e")
    if not exponent:
        return f"${mantissa}$"
    return rf"${mantissa} \cdot 10^{{{int(exponent)}}}$"
