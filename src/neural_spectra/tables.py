"""Tables: as CSV that reads back to the last bit, and with what tells how good they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from neural_spectra.errors import InputError
from neural_spectra.records import merged


@dataclass(frozen=True)
class Computed:
    """A table and how good it is.

    Parameters
    ----------
    table
        The rows.
    residuals
        The largest magnitude of every residual, by name: what tells a reader how far to trust the
        numbers. Large has to mean bad, because of a table's parts the largest is kept.
    """

    table: pd.DataFrame
    residuals: Mapping[str, float] = field(default_factory=dict)


def write_table(path: str | Path, table: pd.DataFrame) -> None:
    """Write a CSV with 17 significant digits, the same bytes on every run."""
    table.to_csv(path, index=False, float_format="%.17g", lineterminator="\n", na_rep="nan")


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a CSV written by :func:`write_table` without losing a bit.

    Raises
    ------
    InputError
        If there is no such file or it holds no table.
    """
    try:
        return pd.read_csv(path, keep_default_na=False, na_values="nan")
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such table; run the rule that writes it") from error
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise InputError(f"{path}: not a readable table ({error}); delete it and rerun") from error


def joined(parts: Iterable[Computed]) -> Computed:
    """Concatenate tables computed in parts; a residual is the largest over the parts."""
    parts = list(parts)
    table = pd.concat([part.table for part in parts], ignore_index=True)
    return Computed(table, merged(part.residuals for part in parts))
