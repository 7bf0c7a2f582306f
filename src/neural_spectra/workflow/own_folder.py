"""The folder that the analysis of a user's network ends in: a summary, and tables with records."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neural_spectra.studies.own.analysis import Analysis
from neural_spectra.studies.residuals import merged
from neural_spectra.workflow.csv_tables import write_table
from neural_spectra.workflow.records import checksum, write_record


def write_analysis(analysis: Analysis, folder: str | Path, made: Mapping[str, Any]) -> None:
    """Write ``data/<table>.csv``, a record beside each, and ``summary.json`` into a folder.

    The summary is a record too: beside the answers it tells what they were made from.

    Parameters
    ----------
    analysis
        The answers and the tables behind them.
    folder
        Where to; it is made if there is none.
    made
        What has made the tables, for their records.
    """
    data = Path(folder) / "data"
    data.mkdir(parents=True, exist_ok=True)
    files = {name: data / f"{name}.csv" for name in analysis.tables}
    for name, file in files.items():
        write_table(file, analysis.tables[name])
    written = {**made, "outputs": {file.as_posix(): checksum(file) for file in files.values()}}
    for name, file in files.items():
        residuals = analysis.residuals.get(name, {})
        write_record(file.with_suffix(".json"), {**written, "residuals": residuals})
    residuals = merged(analysis.residuals.values())
    write_record(
        Path(folder) / "summary.json", {**analysis.answers, **written, "residuals": residuals}
    )
