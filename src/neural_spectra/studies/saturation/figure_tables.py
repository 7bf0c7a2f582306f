"""The figures' tables that select rows and take ratios: what each draws of the tables of all."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from neural_spectra.studies.saturation.paper_numbers import with_paper
from neural_spectra.studies.saturation.rows_of_drawn_seed import along_circle, over_region


def attenuation(sweep: pd.DataFrame, *, network: str, region: str) -> pd.DataFrame:
    """Fig. 1: norm, its certified bounds and the original one's two factors for the drawn seed."""
    columns = ["s", "jacobian_norm", "jacobian_bound", "uniform_bound", "weight_factor", "delta"]
    rows = over_region(sweep, network, region)[columns]
    return rows.rename(columns={"uniform_bound": "bound"})


def refined_bound(
    sweep: pd.DataFrame, paper: pd.DataFrame, *, network: str, region: str
) -> pd.DataFrame:
    """Fig. 5: `bounds_and_ratios`, with the paper's improvement at the s for which it states one.

    Parameters
    ----------
    sweep
        ``scale_sweep``.
    paper
        See `with_paper`.
    network, region
        The network shown, and U.
    """
    rows = bounds_and_ratios(sweep, network=network, region=region)
    quantity = rows["s"].map("improvement at s = {:g}".format)
    return with_paper(rows.assign(quantity=quantity), paper).drop(columns="quantity")


def bounds_and_ratios(sweep: pd.DataFrame, *, network: str, region: str) -> pd.DataFrame:
    """Take the norm, the three bounds on it and their ratios for the drawn seed.

    ``refined_gap`` is how far, relatively, the certified C̃ lies above its largest value found.
    """
    rows = over_region(sweep, network, region)
    return rows[["s", "jacobian_norm", "jacobian_bound", "refined_bound", "bound"]].assign(
        refined_gap=rows["refined_bound"] / rows["refined_bound_sampled"] - 1,
        improvement=rows["bound"] / rows["refined_bound"],
        improvement_sampled=rows["bound"] / rows["refined_bound_sampled"],
        improvement_certified=rows["bound"] / rows["jacobian_bound"],
    )


def multipliers_window(
    sweep: pd.DataFrame, multipliers: pd.DataFrame, *, network: str, region: str, period: float
) -> pd.DataFrame:
    """Fig. 4: ln|μ_i| along the reference circle and the window C(U)·T for the drawn seed.

    Beside it the window that the logarithmic norm proves along the circle.

    Parameters
    ----------
    sweep, multipliers
        ``scale_sweep`` and ``multipliers``.
    network, region
        The network shown, and U.
    period
        T.
    """
    window = over_region(sweep, network, region)[["s", "bound"]]
    columns = [
        *("s", "index", "ln_modulus", "error_estimate", "method"),
        *("window_lower", "window_upper"),
    ]
    rows = along_circle(multipliers, network)[columns].merge(window, on="s")
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

    Parameters
    ----------
    monodromy, multipliers
        The tables of all orbits.
    networks, seeds
        The networks compared, and how many replicates of each.
    exact_ln_det
        Of the oscillator's orbit, repeated in each row.
    """
    own = "orbit == 'own' and network in @networks and seed < @seeds"
    floquet, keys = multipliers.query(own), ["network", "seed", "s"]
    trivial = floquet.assign(distance=floquet["ln_modulus"].abs()).sort_values("distance")
    transverse = trivial[trivial.duplicated(keys)].sort_values("ln_modulus", ascending=False)
    transverse = transverse.drop_duplicates(keys)[[*keys, "ln_modulus", "error_estimate", "method"]]
    table = monodromy.query(own)[[*keys, "status", "period", "ln_det"]]
    return table.merge(transverse, on=keys, how="left").assign(exact_ln_det=exact_ln_det)


def certified_cycles(
    monodromy: pd.DataFrame,
    certificates: pd.DataFrame,
    limits: pd.DataFrame,
    *,
    networks: list[str],
    region: str,
) -> pd.DataFrame:
    """List what is proved of each network at each s, beside what simulation found.

    Parameters
    ----------
    monodromy, certificates, limits
        ``monodromy``, ``certificates`` and ``yorke_limit``.
    networks, region
        Which networks, and the region that may have no closed orbit.
    """
    keys = ["network", "seed", "s"]
    found = monodromy.query("orbit == 'own' and network in @networks")[[*keys, "status"]]
    proofs = certificates.query("verdict == 'proved'")
    cycles = proofs.query("statement == 'one attracting cycle'")[keys].assign(cycle=True)
    none = proofs.query("statement == 'no closed orbit' and region == @region")
    table = found.merge(cycles, on=keys, how="left")
    table = table.merge(none[keys].assign(excluded=True), on=keys, how="left")
    proved = pd.Series("nothing", table.index).mask(table["excluded"].notna(), "no closed orbit")
    table["proved"] = proved.mask(table["cycle"].notna(), "cycle")
    scales = limits.drop_duplicates(["network", "seed"])[["network", "seed", "scale_of_limit"]]
    table = table.merge(scales, on=["network", "seed"], how="left")
    return table.drop(columns=["cycle", "excluded"])


def seed_spread(
    sweep: pd.DataFrame,
    monodromy: pd.DataFrame,
    paper: pd.DataFrame,
    *,
    determinant: str,
    determinant_scales: list[float],
    refined: str,
    region: str,
    improvement_scale: float,
) -> pd.DataFrame:
    """Take the paper's seed-dependent numbers over all seeds: det M and the improvement.

    Parameters
    ----------
    sweep, monodromy
        ``scale_sweep`` and ``monodromy``.
    paper
        See `with_paper`.
    determinant, determinant_scales
        The network whose det M along the reference circle is taken, and the s at which it is.
    refined, region, improvement_scale
        The network whose C/C̃ is taken, U, and s.
    """
    tables = []
    for s in determinant_scales:
        rows = monodromy.query("orbit == 'reference' and network == @determinant and s == @s")
        tables.append(_quantity(rows, f"det at s = {s:g}", rows["det"]))
    rows = sweep.query("network == @refined and region == @region and s == @improvement_scale")
    ratio = rows["bound"] / rows["refined_bound"]
    tables.append(_quantity(rows, f"improvement at s = {improvement_scale:g}", ratio))
    return with_paper(pd.concat(tables, ignore_index=True), paper)


def _quantity(rows: pd.DataFrame, name: str, values: pd.Series) -> pd.DataFrame:
    columns = {"network": rows["network"], "seed": rows["seed"], "value": values}
    return pd.DataFrame({"quantity": name, **columns})


def sensitivity(variants: pd.DataFrame, paper: pd.DataFrame) -> pd.DataFrame:
    """Set the numbers of all variants beside the paper's.

    Parameters
    ----------
    variants
        The table of that name.
    paper
        See `with_paper`.
    """
    return with_paper(variants, paper)


TABLES: dict[str, Callable[..., pd.DataFrame]] = {
    table.__name__: table
    for table in (
        attenuation,
        refined_bound,
        multipliers_window,
        silu_converse,
        certified_cycles,
        seed_spread,
        sensitivity,
    )
}
SHOW_REFINED_BOUND = {"refined_bound", "seed_spread"}
