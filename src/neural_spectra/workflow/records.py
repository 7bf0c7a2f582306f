"""The record that lies beside each result: what made it and what was written, with checksums.

It carries a checksum of itself too, so that a change to a result or to its record does not go
unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neural_spectra.errors import InputError

RESULTS = "results"
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
        raise InputError(f"{path}: there is no such record; run again, to the end") from error
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; put the record back or run again") from error
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


def is_result(file: str) -> bool:
    """Say whether a job of the workflow wrote a file, so that a record tells about it."""
    return Path(file).parts[0] == RESULTS


def check_unchanged(found: Mapping[str, str]) -> None:
    """Make sure that files are what the jobs that wrote them recorded, before they are built on.

    Without this, a table edited by hand would look like a new one, and everything made from it
    would be made again from what nothing ever computed.

    Parameters
    ----------
    found
        The checksum that each file has now. Files that no job wrote are the user's own.

    Raises
    ------
    InputError
        With a line for each file that was changed or that no record tells about.
    """
    results = [file for file in found if is_result(file)]
    records = {record_of(file) for file in results}
    written = {
        file: digest
        for record in sorted(records)
        for file, digest in read_record(record).get("outputs", {}).items()
    }
    complaints = []
    for file in results:
        if file == record_of(file).as_posix():
            continue
        if file not in written:
            complaints.append(
                f"{file}: its record {record_of(file)} does not know it; delete both and run again"
            )
        elif found[file] != written[file]:
            complaints.append(f"{file} {CHANGED}")
    complain(complaints)


def complain(complaints: list[str]) -> None:
    """Raise an `InputError` with a line for each complaint, if there are any."""
    if complaints:
        raise InputError("\n  ".join(complaints))


def _json(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, default=float)
    return text + "\n"


def _own_checksum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(_json(content).encode()).hexdigest()
