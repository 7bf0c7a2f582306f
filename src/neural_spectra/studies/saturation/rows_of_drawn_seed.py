"""The rows of the replicate that the figures draw, in the tables of all replicates."""

from __future__ import annotations

import pandas as pd

from neural_spectra.studies.saturation import DRAWN_SEED


def over_region(sweep: pd.DataFrame, network: str, region: str) -> pd.DataFrame:
    """Return the rows of ``scale_sweep`` for the drawn replicate over one region."""
    return sweep.query(f"network == @network and region == @region and seed == {DRAWN_SEED}")


def along_circle(table: pd.DataFrame, network: str) -> pd.DataFrame:
    """Return the rows of ``monodromy`` or ``multipliers`` along the reference circle for it."""
    return table.query(f"network == @network and seed == {DRAWN_SEED} and orbit == 'reference'")


def with_spectrum(
    rows: pd.DataFrame, monodromy: pd.DataFrame, multipliers: pd.DataFrame, *, network: str
) -> pd.DataFrame:
    """Add ln_det, det and ln_modulus_1, … along the reference circle to rows with a scale s each.

    Parameters
    ----------
    rows
        Of which those are kept whose s stands in both tables.
    monodromy, multipliers
        The tables of all networks and replicates.
    network
        The network's name.
    """
    determinants = along_circle(monodromy, network)[["s", "ln_det_liouville", "det"]]
    determinants = determinants.rename(columns={"ln_det_liouville": "ln_det"})
    by_scale = along_circle(multipliers, network).pivot(
        index="s", columns="index", values="ln_modulus"
    )
    moduli = by_scale.add_prefix("ln_modulus_").reset_index()
    return rows.merge(determinants, on="s").merge(moduli, on="s")
