"""Print how a figure was made: ``make explain FIGURE=phase_portraits``.

From the figure back to the weights, for each step: the rule and its script, the settings, how good
the result is, and what went in, with checksums.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml

from neural_spectra.errors import InputError, did_you_mean, in_one_sentence, printable
from neural_spectra.workflow.records import RESULTS, checksum, is_result, read_record, record_of
from neural_spectra.workflow.table_of_figures import read_figures


def find_figure(name: str) -> Path:
    """Return the record of the figure of that name, such as ``orbits`` or ``rnn/orbits``.

    Raises
    ------
    InputError
        If there is no such figure, not yet, or one in several studies.
    """
    records = sorted(Path(RESULTS).glob("*/figures/*.json"))
    figures = {f"{record.parts[-3]}/{record.stem}": record for record in records}
    if not figures:
        raise InputError(f"{RESULTS}: there are no figures yet; run the workflow first")
    short = [record.stem for record in records]
    found = [figure for figure in figures if name in (figure, figures[figure].stem)]
    if len(found) > 1:
        raise InputError(f"several studies have a figure '{name}': say {' or '.join(found)}")
    known = [figure for figure in read_figures() if name in (figure, Path(figure).name)]
    if known and not found:
        raise InputError(f"{RESULTS}: the figure '{name}' is not drawn yet; run again, to the end")
    if not found:
        hint = did_you_mean(name, [*short, *figures]) or f"; there are: {', '.join(short)}"
        raise InputError(f"{RESULTS}: there is no figure '{name}'{hint}")
    return figures[found[0]]


def explain(record: Path) -> str:
    """Return the whole chain of jobs that made the results of a record, as text.

    Raises
    ------
    InputError
        If a record in the chain is missing or was changed, or tells about a result that was made
        again since, as by a run that did not come to its end.
    """
    steps = dict(_chain(record))
    versions = steps[record]["versions"]
    told = [_step(path, content, versions) for path, content in steps.items()]
    return "\n\n".join([*told, f"versions\n  {_pairs(versions)}"])


def _chain(record: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield a record and those of all results that went in, on and on, each once."""
    pending, seen = [record], {record}
    for path in pending:
        content = read_record(path)
        yield path, content
        for file, digest in content["inputs"].items():
            if not is_result(file):
                continue
            source = record_of(file)
            if digest != _recorded(file, source):
                raise InputError(
                    f"{path} tells of another {file} than there is; run again, to the end"
                )
            if source not in seen:
                seen.add(source)
                pending.append(source)


def _recorded(result: str, record: Path) -> str | None:
    """Return the checksum of a result as its record tells it; of a record itself, what it is."""
    content = read_record(record)
    if Path(result) == record:
        return checksum(record)
    digest: str | None = content["outputs"].get(result)
    return digest


def _step(record: Path, content: Mapping[str, Any], versions: Mapping[str, str]) -> str:
    """Tell how the results of one record were made, and its versions where they are others."""
    results = [file for file in content["outputs"] if record_of(file) == record]
    inputs = [
        f"{digest}  {file}"
        for file, digest in content["inputs"].items()
        # Records are told about as steps of their own.
        if not (is_result(file) and file == record_of(file).as_posix())
    ]
    settings = yaml.safe_dump(
        content["wildcards"] | content["parameters"],
        default_flow_style=None,
        allow_unicode=True,
        width=88,
    )
    told = {
        "made by": f"rule {content['rule']}, {content['script']}",
        "settings": settings.rstrip() if settings != "{}\n" else "",
        "residuals": _pairs(content["residuals"]),
        "inputs": "\n".join(inputs),
        "versions": _pairs(content["versions"]) if content["versions"] != versions else "",
    }
    lines = [f"  {what}\n{indent(text, '    ')}" for what, text in told.items() if text]
    return "\n".join([*results, *lines])


def _pairs(values: Mapping[str, Any]) -> str:
    shown = {name: f"{x:.2g}" if isinstance(x, float) else x for name, x in values.items()}
    return ", ".join(f"{name} {value}" for name, value in shown.items())


if __name__ == "__main__":
    with in_one_sentence():
        told = explain(find_figure("".join(sys.argv[1:])))
        print(*map(printable, told.split("\n")), sep="\n")
