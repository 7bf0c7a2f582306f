"""Tables on disk: a CSV that reads back to the last bit, and the record of how it was made.

A record lies beside each result and tells what made it and what was written, with checksums. It
carries a checksum of itself too, so that a change to a result or to its record does not go unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.errors import InputError

PACKAGES = (
    *("numpy", "pandas", "pyarrow", "scipy", "torch", "torchdiffeq"),
    *("matplotlib", "seaborn"),
)
CHANGED = "was changed after it was written; delete it and run again"


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
    """Write a record as JSON with sorted keys and its own checksum, the same bytes on every run."""
    # What is read back: JSON turns tuples into lists and every key into text.
    content = json.loads(_json(record))
    Path(path).write_text(_json({**content, "checksum": _own_checksum(content)}), encoding="utf-8")


def read_record(path: str | Path) -> dict[str, Any]:
    """Read a record written by :func:`write_record`.

    Raises
    ------
    InputError
        If there is no such file, or it is not what was written.
    """
    try:
        record: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
        if record.pop("checksum") == _own_checksum(record):
            return record
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such record; run the rule that writes it") from error
    except (ValueError, AttributeError, KeyError, TypeError):
        # Cut off, or no longer a record at all.
        pass
    raise InputError(f"{path} {CHANGED}")


def record_of(result: str | Path) -> Path:
    """Return the record that tells about a result: beside it, named as it up to the first dot."""
    path = Path(result)
    return path.with_name(f"{path.name.partition('.')[0]}.json")


def checksum(path: str | Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
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


def _json(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, default=float)
    return text + "\n"


def _own_checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_json(content).encode()).hexdigest()
