"""What every script of the workflow does around its one call: log, save, record, fail clearly."""

from __future__ import annotations

import errno
import gc
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neural_spectra.errors import InputError
from neural_spectra.studies.residuals import merged
from neural_spectra.workflow.code_hash import installed_versions
from neural_spectra.workflow.records import (
    check_unchanged,
    checksum,
    is_result,
    read_record,
    record_of,
    write_record,
)

if TYPE_CHECKING:
    from neural_spectra.studies.tables import Computed

# Scripts import this module before torch. Python's search for unreachable objects, during imports
# and once more at the end, takes a third of the time of a short job.
gc.set_threshold(100_000)

# What a user can do when a result cannot be written into its folder.
REMEDIES = {
    errno.ENOSPC: "free some space and run again",
    errno.EDQUOT: "free some space and run again",
    errno.EROFS: "make it writable and run again",
    errno.EACCES: "make it writable and run again",
}
# When there is something else in a file's place.
MISPLACED = (errno.EISDIR, errno.ENOTDIR)


class Job:
    """The running Snakemake job, as seen from its script.

    Raises
    ------
    InputError
        If a result that the job takes in is not what was written.
    """

    def __init__(self, snakemake: Any) -> None:
        self.snakemake = snakemake
        self.inputs = {Path(file).as_posix(): checksum(file) for file in snakemake.input}
        self.residuals: dict[str, Mapping[str, float]] = {}
        check_unchanged(self.inputs)

    def provenance(self) -> dict[str, Any]:
        """Say what makes a result: rule, code, parameters, inputs with checksums, versions."""
        parameters = dict(self.snakemake.params.items())
        code = parameters.pop("code")
        return {
            "rule": self.snakemake.rule,
            "script": code["script"],
            "modules": code["modules"],
            "code": code["checksum"],
            "wildcards": dict(self.snakemake.wildcards.items()),
            "parameters": parameters,
            "inputs": self.inputs,
            "versions": installed_versions(code["versions"]),
        }

    def inherited(self) -> dict[str, float]:
        """Return the residuals of the tables that this job selects from: they are its own too."""
        kinds = (".csv", ".parquet")
        tables = [file for file in self.inputs if file.endswith(kinds) and is_result(file)]
        return merged(read_record(record_of(table))["residuals"] for table in tables)

    def save(self, computed: Computed, table: str = "table", record: str = "record") -> None:
        """Write a table to the output of that name, and keep its residuals for its record."""
        # Not above, because jobs without a table need no pandas.
        from neural_spectra.workflow.csv_tables import write_table

        write_table(self.snakemake.output[table], computed.table)
        self.residuals[record] = computed.residuals

    def write_records(self) -> None:
        """Write the records of what this job has made: what made it, how good it is, checksums.

        They are the outputs with "record" in their name. A result without residuals of its own has
        those of the tables that it is made from.
        """
        output = self.snakemake.output
        records = {name: files for name, files in output.items() if "record" in name}
        paths = [path for files in records.values() for path in _listed(files)]
        outputs = {str(file): checksum(file) for file in output if file not in paths}
        made = {**self.provenance(), "outputs": outputs}
        for name, files in records.items():
            residuals = self.residuals[name] if name in self.residuals else self.inherited()
            for path in _listed(files):
                write_record(path, {**made, "residuals": residuals})


@contextmanager
def job(snakemake: Any) -> Iterator[Job]:
    """Run a script's body with its output in the rule's log, where a mistake is one sentence.

    Raises
    ------
    SystemExit
        With status 1, after the error has been written to the log, or to the screen if the log
        itself cannot be written.
    """
    try:
        with (
            Path(snakemake.log[0]).open("w", encoding="utf-8") as log,
            redirect_stdout(log),
            redirect_stderr(log),
        ):
            try:
                running = Job(snakemake)
                yield running
                running.write_records()
            except Exception as error:
                place = (*snakemake.output, snakemake.log[0])[0]
                log.write(f"{snakemake.rule}: {_explained(error, place)}\n")
                sys.exit(1)
            finally:
                gc.freeze()
    except OSError as error:
        sys.exit(f"{snakemake.rule}: {_explained(error, snakemake.log[0])}")


def _explained(error: Exception, place: str) -> str:
    """Return one sentence for what a user can mend, and the whole trace for everything else."""
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        file, reason = error.filename, os.strerror(error.errno or 0)
        if error.errno in MISPLACED:
            return f"{file}: {reason}; move it away and run again"
        if error.errno == errno.EACCES and Path(file).is_file() and not os.access(file, os.R_OK):
            return f"{file}: {reason}; make it readable and run again"
    if isinstance(error, OSError) and error.errno in REMEDIES:
        # Writing to an open file, unlike opening it, does not say which file it was.
        folder = Path(error.filename or place).parent
        return f"{folder}: {os.strerror(error.errno)}; {REMEDIES[error.errno]}"
    return traceback.format_exc()


def _listed(files: Any) -> list[str]:
    return [files] if isinstance(files, str) else list(files)
