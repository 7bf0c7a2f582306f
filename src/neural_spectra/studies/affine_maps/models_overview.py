"""All models of Appendix D at a glance, and how often they settle on what over the seeds."""

from __future__ import annotations

import pandas as pd

from neural_spectra.studies.affine_maps.class_counts import KINDS


def models_overview(models: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Arrange what the overview figure draws: a cell for each model, and the counts with spread.

    Returns
    -------
    DataFrame
        ``models_overview``; docs/data_dictionary.md has its columns.
    """
    cells = models[["depth", "activation", "bias", "attractor", "rho_max", "certified"]].copy()
    recipes = models[["factorisation", "variant", "lambda_min", "lambda_max"]]
    labels = recipes.apply(_label, axis=1)
    cells.insert(0, "label", labels)
    cells.insert(0, "row", pd.factorize(labels)[0])
    cells.insert(0, "panel", "model")

    totals = counts.groupby(["attractor", "seed"])["count"].sum().groupby("attractor")
    spread = totals.agg(["mean", "std", "min", "max"]).reindex(KINDS)
    spread.columns = pd.Index(["mean", "standard_deviation", "smallest", "largest"])
    drawn = models["attractor"].value_counts().reindex(KINDS, fill_value=0)
    classes = spread.assign(count=drawn).rename_axis("attractor").reset_index()
    classes.insert(0, "panel", "class")
    return pd.concat([cells, classes], ignore_index=True)


def _label(row: pd.Series) -> str:
    name = str(row["factorisation"]).replace("_", "–").title()
    variant = f", {row['variant']}" if row["factorisation"] == "gershgorin" else ""
    if pd.isna(row["lambda_min"]):
        return name + variant
    ends = (f"{row[end]:.2f}".replace("-", "−") for end in ("lambda_min", "lambda_max"))
    return f"{name}{variant} ({', '.join(ends)})"
