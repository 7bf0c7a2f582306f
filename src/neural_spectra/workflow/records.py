"""The record that lies beside each result: what made it and what was written, with checksums.

It carries a checksum of itself too, so that a change to a result or to its record does not go
unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from neural_spectra.errors import InputError

PACKAGES = (
    *("numpy", "pandas", "pyarrow", "scipy", "torch", "torchdiffeq"),
    *("matplotlib", "seaborn"),
)
CHANGED = "was changed after it was written; delete it and run again"


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


def _json(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, default=float)
    return text + "\n"


def _own_checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_json(content).encode()).hexdigest()
