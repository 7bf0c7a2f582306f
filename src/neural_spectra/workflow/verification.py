"""Whether results are still what the jobs that wrote them recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from neural_spectra.errors import InputError
from neural_spectra.workflow.code_hash import ROOT, code_of
from neural_spectra.workflow.records import (
    CHANGED,
    checksum,
    complain,
    is_result,
    read_record,
    record_of,
)


def verify(records: Iterable[str | Path]) -> int:
    """Compare every result of a run with what it recorded, and return how many there are.

    What went into the results and is none itself, such as weights of the user's, must be unchanged
    as well, where it is still there; and so must the code that made them.

    Parameters
    ----------
    records
        The records of the run's last jobs, which say what results there are.

    Raises
    ------
    InputError
        With a line for each file that is missing, changed or made again since, for each script
        whose code is another now, and for each package of which several versions were used, or if
        one of ``records`` is missing.
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
    told = {
        record: read_record(record)
        for record in sorted({record_of(file) for file in written} - set(map(Path, wrong)))
        if record.exists()
    }
    given = {
        file: digest
        for content in told.values()
        for file, digest in content["inputs"].items()
        if not is_result(file)
    }
    wrong |= {
        file: "was changed after results had been made from it; run again"
        for file, digest in given.items()
        if Path(file).exists() and checksum(file) != digest
    }
    complaints = [f"{file} {happened}" for file, happened in wrong.items()]
    complain([*complaints, *_other_code(told), *mixed_versions(told)])
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


def mixed_versions(records: Mapping[Path, Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each package of which results were made with several versions."""
    used = [
        (package, version, record)
        for record, content in records.items()
        for package, version in content["versions"].items()
    ]
    return _mixed(used)


def mixed_code(records: Mapping[Path, Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each script whose results were not all made with the same code."""
    used = [
        (" and ".join([content["script"], *content["modules"]]), content["code"][:12], record)
        for record, content in records.items()
    ]
    return _mixed(used)


def _mixed(used: Iterable[tuple[str, str, Path]]) -> list[str]:
    """Return a sentence for each thing that was used in several versions: thing, version, for."""
    found: dict[str, dict[str, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for thing, version, record in used:
        found[thing][version].append(record)
    return [
        f"{thing}: "
        + ", ".join(
            f"{version} made {len(made)} result{'s' * (len(made) > 1)} (such as {made[0]})"
            for version, made in sorted(versions.items())
        )
        + "; run again with one of them"
        for thing, versions in found.items()
        if len(versions) > 1
    ]


def _other_code(records: Mapping[Path, Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each script that would make its results with other code today."""
    made: dict[tuple[str, tuple[str, ...]], dict[Path, str]] = defaultdict(dict)
    for record, content in records.items():
        made[content["script"], tuple(content["modules"])][record] = content["code"]
    changed: dict[str, list[Path]] = defaultdict(list)
    for (script, modules), codes in made.items():
        exists = (ROOT / script).exists()
        here = code_of(script.removeprefix("scripts/"), modules)["checksum"] if exists else None
        changed[script] += [record for record, code in codes.items() if code != here]
    return [
        f"{script}: it or a module behind it is another than the one that made "
        f"{len(others)} result{'s' * (len(others) > 1)} (such as {others[0]}); run again, and if "
        f"that does nothing, delete them before"
        for script, others in changed.items()
        if others
    ]
