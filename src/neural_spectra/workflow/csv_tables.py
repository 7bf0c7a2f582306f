"""Tables as CSV that reads back to the last bit."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from neural_spectra.errors import InputError


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
