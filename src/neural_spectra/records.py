"""Tables on disk: a CSV that reads back to the last bit, and the record of how it was made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.errors import InputError

PACKAGES = ("numpy", "pandas", "pyarrow", "scipy", "torch", "torchdiffeq")


@dataclass(frozen=True)
class Computed:
    """A table and how good it is.

    Parameters
    ----------
    table
        The rows.
    residuals
        The largest magnitude of every residual, by name: what tells a reader how far to trust the
        numbers.
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


def write_record(path: str | Path, record: Mapping[str, Any]) -> None:
    """Write a record as JSON with sorted keys, the same bytes on every run."""
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False, default=float)
    Path(path).write_text(text + "\n")


def read_record(path: str | Path) -> dict[str, Any]:
    """Read a record written by :func:`write_record`."""
    record: dict[str, Any] = json.loads(Path(path).read_text())
    return record


def checksum(path: str | Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that the numbers depend on."""
    return {name: version(name).split("+")[0] for name in PACKAGES}


def merged(residuals: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the largest residual of each name; a NaN wins over any number, to stay visible."""
    largest: dict[str, float] = {}
    for part in residuals:
        for name, value in part.items():
            largest[name] = float(np.maximum(value, largest.get(name, -np.inf)))
    return largest


def joined(parts: Iterable[Computed]) -> Computed:
    """Concatenate tables computed in parts; a residual is the largest over the parts."""
    parts = list(parts)
    table = pd.concat([part.table for part in parts], ignore_index=True)
    return Computed(table, merged(part.residuals for part in parts))
