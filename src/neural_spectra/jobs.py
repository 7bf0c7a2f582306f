"""What every script of the workflow does around its one call: log, save, record, fail clearly."""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from neural_spectra.errors import InputError
from neural_spectra.records import (
    Computed,
    checksum,
    merged,
    package_versions,
    read_record,
    write_record,
    write_table,
)

# Scripts import this module before torch. Python's search for unreachable objects, during imports
# and once more at the end, takes a third of the time of a short job.
gc.set_threshold(100_000)


class Job:
    """The running Snakemake job, as seen from its script."""

    def __init__(self, snakemake: Any) -> None:
        self.snakemake = snakemake

    def provenance(self) -> dict[str, Any]:
        """Say what made a result: rule, script, parameters, inputs with checksums, versions."""
        job = self.snakemake
        return {
            "rule": job.rule,
            "script": f"scripts/{job.input.code[0].split('scripts/')[-1]}",
            "wildcards": dict(job.wildcards.items()),
            "parameters": dict(job.params.items()),
            "inputs": {
                Path(file).as_posix(): checksum(file) for file in job.input if _is_data(file)
            },
            "versions": package_versions(),
        }

    def inherited(self) -> dict[str, float]:
        """Return the residuals of the tables that this job selects from: they are its own too."""
        tables = [Path(file) for file in self.snakemake.input if str(file).endswith(".csv")]
        return merged(read_record(table.with_suffix(".json"))["residuals"] for table in tables)

    def save(self, computed: Computed, table: str = "table", record: str = "record") -> None:
        """Write a table and its record to the outputs of those names."""
        write_table(self.snakemake.output[table], computed.table)
        self.save_record(computed.residuals, record)

    def save_record(self, residuals: Mapping[str, float], record: str = "record") -> None:
        """Write the record of this job's result: what made it, and how good it is."""
        write_record(self.snakemake.output[record], {**self.provenance(), "residuals": residuals})


@contextmanager
def job(snakemake: Any) -> Iterator[Job]:
    """Run a script's body with its output in the rule's log, where a mistake is one sentence.

    Raises
    ------
    SystemExit
        With status 1, after an :class:`InputError` has been written to the log.
    """
    with Path(snakemake.log[0]).open("w") as log, redirect_stdout(log), redirect_stderr(log):
        try:
            yield Job(snakemake)
        except InputError as error:
            log.write(f"{snakemake.rule}: {error}\n")
            sys.exit(1)
        except Exception:
            traceback.print_exc()
            sys.exit(1)
        finally:
            gc.freeze()


def _is_data(file: str) -> bool:
    return Path(file).suffix in {".csv", ".safetensors", ".json"}
