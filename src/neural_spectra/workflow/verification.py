"""Whether results are still what the jobs that wrote them recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from neural_spectra.errors import InputError
from neural_spectra.workflow.records import CHANGED, checksum, read_record, record_of

RESULTS = "results"


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
    _complain(complaints)


def verify(records: Iterable[str | Path]) -> int:
    """Compare every result of a run with what it recorded, and return how many there are.

    What went into the results and is none itself, such as weights of the user's, must be unchanged
    as well, where it is still there.

    Parameters
    ----------
    records
        The records of the run's last jobs, which say what results there are.

    Raises
    ------
    InputError
        With a line for each file that is missing, changed or made again since, or if one of
        ``records`` is missing.
    """
    written: dict[str, str] = {}
    for last in records:
        if not Path(last).exists():
            raise InputError(f"{last} is missing: it is written at the end of a complete run")
        content = read_record(last)
        written |= content["inputs"] | content.get("outputs", {})
    wrong = {
        file: _what_happened_to(file)
        for file, digest in written.items()
        if not Path(file).exists() or checksum(file) != digest
    }
    given: dict[str, str] = {}
    for record in sorted({record_of(file) for file in written} - set(map(Path, wrong))):
        if record.exists():
            given |= {k: v for k, v in read_record(record)["inputs"].items() if not is_result(k)}
    wrong |= {
        file: "was changed after results had been made from it; run again"
        for file, digest in given.items()
        if Path(file).exists() and checksum(file) != digest
    }
    _complain([f"{file} {happened}" for file, happened in wrong.items()])
    return len(written)


def _what_happened_to(file: str) -> str:
    """Say what happened to a result that is not what a run has left."""
    if not Path(file).exists():
        return "is missing; run again"
    record = record_of(file)
    try:
        outputs = read_record(record).get("outputs", {})
    except InputError:
        return CHANGED
    made_again = file == record.as_posix() or outputs.get(file) == checksum(file)
    return "was made again after the last complete run; run again" if made_again else CHANGED


def _complain(complaints: list[str]) -> None:
    if complaints:
        raise InputError("\n  ".join(complaints))
