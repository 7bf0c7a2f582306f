"""Tables 1 to 3 (ours): the numbers of Figs 1, 4 and 5 at a few scales, also for LaTeX."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from neural_spectra.studies.saturation.figure_tables import refined_bound
from neural_spectra.studies.saturation.rows_of_drawn_seed import over_region, with_spectrum
from neural_spectra.studies.tables import in_latex


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

    Parameters
    ----------
    sweep, monodromy, multipliers
        ``scale_sweep``, ``monodromy`` and ``multipliers``.
    network, region, scales
        The network shown, U, and the s.
    """
    rows = over_region(sweep, network, region).query("s in @scales")
    return with_spectrum(rows[["s", "delta"]], monodromy, multipliers, network=network)


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
    rows = refined_bound(sweep, network=network, region=region).query("s in @scales")
    gain = (rows["bound"] - rows["refined_bound"]) * period
    ours = ["improvement_sampled", "improvement_certified", "jacobian_bound"]
    return rows.drop(columns=ours).assign(ln_flow_gain=gain)


TABLES: dict[str, Callable[..., pd.DataFrame]] = {
    table.__name__: table for table in (table_1, table_2, table_3)
}
SHOW_REFINED_BOUND = {"table_3"}

LATEX = {
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


def to_latex(table: pd.DataFrame) -> str:
    """Write a table for a LaTeX document that loads booktabs."""
    return in_latex(table, LATEX, _latex_number)


def _latex_number(value: float) -> str:
    mantissa, _, exponent = f"{value:.4g}".replace("inf", r"\infty").partition("e")
    return rf"${mantissa} \times 10^{{{int(exponent)}}}$" if exponent else f"${mantissa}$"
