"""The curated models, as the figures read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from safetensors import safe_open

from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap, deep_map
from neural_spectra.studies.tables import Computed, joined


class CuratedNetwork(NamedTuple):
    """A panel of a figure: a row of ``curated_seeds``, whose kind is the attractor, and its map."""

    panel: str
    row: int
    label: str
    seed: int
    attractor: str
    lyapunov: float
    satisfied: bool
    network: DeepMap


def curated_networks(seeds: pd.DataFrame, weights: str | Path, figure: str) -> list[CuratedNetwork]:
    """Return the models of a figure, in the order of their panels.

    Parameters
    ----------
    seeds
        ``curated_seeds``.
    weights
        The safetensors file written beside it.

    Raises
    ------
    InputError
        If the table has no such figure.
    """
    rows = seeds.query("figure == @figure")
    if rows.empty:
        raise InputError(f"no curated model belongs to the figure '{figure}': add it to the config")
    found = []
    with safe_open(weights, framework="np") as file:
        for row in rows.to_dict("records"):
            name = f"{figure}_{row['panel']}"
            parts = (list(file.get_tensor(f"{name}.{kind}")) for kind in ("weights", "biases"))
            network = deep_map(row["activation"], *parts)
            shared = {key: row[key] for key in CuratedNetwork._fields if key in row}
            found.append(CuratedNetwork(**shared, attractor=row["kind"], network=network))
    return found


def by_panel(
    models: Sequence[CuratedNetwork],
    describe: Callable[[CuratedNetwork], Computed],
    columns: Sequence[str],
) -> Computed:
    """Join what is computed of each model; columns that it lacks are taken from the model.

    Parameters
    ----------
    models
        The panels of a figure.
    describe
        Gives the rows of a panel, with their residuals.
    columns
        Of the whole table, in this order.
    """
    parts = []
    for model in models:
        part = describe(model)
        names = {name: getattr(model, name) for name in columns if name not in part.table}
        parts.append(Computed(part.table.assign(**names)[list(columns)], part.residuals))
    return joined(parts)
