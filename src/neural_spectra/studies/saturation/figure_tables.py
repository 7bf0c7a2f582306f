"""The figures' tables and the paper's: rows of computed tables, and ratios of their columns."""

from __future__ import annotations

import pandas as pd

from neural_spectra.studies.saturation.shared_numbers import DRAWN_SEED, PAPER


def attenuation(sweep: pd.DataFrame, *, network: str, region: str) -> pd.DataFrame:
    """Fig. 1: norm, bound and the bound's two factors for the drawn seed."""
    columns = ["s", "jacobian_norm", "uniform_bound", "weight_factor", "delta"]
    return _drawn(sweep, network, region)[columns].rename(columns={"uniform_bound": "bound"})


def refined_bound(sweep: pd.DataFrame, *, network: str, region: str) -> pd.DataFrame:
    """Fig. 5: norm, refined bound, original bound and their ratio for the drawn seed."""
    rows = _drawn(sweep, network, region)
    columns = ["s", "jacobian_norm", "refined_bound", "bound"]
    return rows[columns].assign(
        refined_gap=_refined_gap(rows),
        improvement=rows["bound"] / rows["refined_bound"],
        improvement_sampled=rows["bound"] / rows["refined_bound_sampled"],
    )


def multipliers_window(
    sweep: pd.DataFrame, multipliers: pd.DataFrame, *, network: str, region: str, period: float
) -> pd.DataFrame:
    """Fig. 4: ln|μ_i| along the reference circle and the window C(U)·T for the drawn seed."""
    window = _drawn(sweep, network, region)[["s", "bound"]]
    circle = f"network == @network and seed == {DRAWN_SEED} and orbit == 'reference'"
    columns = ["s", "index", "ln_modulus", "error_estimate", "method"]
    rows = multipliers.query(circle)[columns].merge(window, on="s")
    return rows.assign(window=rows["bound"] * period).drop(columns="bound")


def silu_converse(
    monodromy: pd.DataFrame,
    multipliers: pd.DataFrame,
    *,
    networks: list[str],
    seeds: int,
    exact_ln_det: float,
) -> pd.DataFrame:
    """List each network's own orbits against s: status, period, and the non-trivial multiplier.

    One multiplier of an orbit is 1. The multiplier nearest 1 is dropped; of the rest the largest is
    given, which decides attraction: the orbit attracts where its ln_modulus is negative.
    """
    own = monodromy.query("orbit == 'own' and network in @networks and seed < @seeds")
    floquet = multipliers.query("orbit == 'own' and network in @networks and seed < @seeds")
    keys = ["network", "seed", "s"]
    trivial = floquet.assign(distance=floquet["ln_modulus"].abs()).sort_values("distance")
    transverse = trivial[trivial.duplicated(keys)].sort_values("ln_modulus", ascending=False)
    transverse = transverse.drop_duplicates(keys)[[*keys, "ln_modulus", "error_estimate", "method"]]
    columns = [*keys, "status", "period", "ln_det"]
    table = own[columns].merge(transverse, on=keys, how="left")
    return table.assign(exact_ln_det=exact_ln_det)


def seed_spread(
    sweep: pd.DataFrame,
    monodromy: pd.DataFrame,
    *,
    determinant: str,
    determinant_scales: list[float],
    refined: str,
    region: str,
    improvement_scale: float,
) -> pd.DataFrame:
    """Take the paper's seed-dependent numbers over all seeds: det M and the improvement."""
    tables = []
    for s in determinant_scales:
        rows = monodromy.query("orbit == 'reference' and network == @determinant and s == @s")
        tables.append(_quantity(rows, f"det at s = {s:g}", rows["det"]))
    rows = sweep.query("network == @refined and region == @region and s == @improvement_scale")
    ratio = rows["bound"] / rows["refined_bound"]
    tables.append(_quantity(rows, f"improvement at s = {improvement_scale:g}", ratio))
    return pd.concat(tables, ignore_index=True)


def table_1(sweep: pd.DataFrame, *, network: str, region: str, scales: list[float]) -> pd.DataFrame:
    """Table 1 (ours): Jacobian norm, saturation, weight factor and bound for each s."""
    rows = _drawn(sweep, network, region).query("s in @scales")
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
    """Table 2 (ours): saturation, determinant, multipliers on the reference circle for each s."""
    circle = f"network == @network and seed == {DRAWN_SEED} and orbit == 'reference'"
    rows = f"{circle} and s in @scales"
    moduli = multipliers.query(rows).pivot(index="s", columns="index", values="ln_modulus")
    moduli.columns = [f"ln_modulus_{index}" for index in moduli.columns]
    delta = _drawn(sweep, network, region)[["s", "delta"]]
    determinants = monodromy.query(rows)[["s", "ln_det_liouville", "det"]]
    determinants = determinants.rename(columns={"ln_det_liouville": "ln_det"})
    return delta.merge(determinants, on="s").merge(moduli.reset_index(), on="s")


def table_3(
    sweep: pd.DataFrame, *, network: str, region: str, period: float, scales: list[float]
) -> pd.DataFrame:
    """Table 3 (ours): refined against original bound, and the flow-level gain (C − C̃)·T as ln."""
    rows = _drawn(sweep, network, region).query("s in @scales")
    return rows[["s", "jacobian_norm", "refined_bound", "bound"]].assign(
        refined_gap=_refined_gap(rows),
        improvement=rows["bound"] / rows["refined_bound"],
        ln_flow_gain=(rows["bound"] - rows["refined_bound"]) * period,
    )


def to_latex(table: pd.DataFrame) -> str:
    """Write a table for a LaTeX document that loads booktabs."""
    text = table.rename(columns=lambda name: LATEX.get(name, name)).to_latex(
        index=False, escape=False, float_format=_latex_number
    )
    return str(text)


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


def _latex_number(value: float) -> str:
    mantissa, _, exponent = f"{value:.4g}".partition("e")
    return rf"${mantissa} \times 10^{{{int(exponent)}}}$" if exponent else f"${mantissa}$"


def _quantity(rows: pd.DataFrame, name: str, values: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "quantity": name,
            "network": rows["network"],
            "seed": rows["seed"],
            "value": values,
            "paper": PAPER.get(name, float("nan")),
        }
    )


def _refined_gap(rows: pd.DataFrame) -> pd.Series:
    """Return how far, relatively, the certified C̃ lies above its largest value found."""
    return rows["refined_bound"] / rows["refined_bound_sampled"] - 1


def _drawn(sweep: pd.DataFrame, network: str, region: str) -> pd.DataFrame:
    return sweep.query(f"network == @network and region == @region and seed == {DRAWN_SEED}")
