"""Whether what lies among the results can be results: files in folders."""

from __future__ import annotations

from pathlib import Path

from neural_spectra.workflow.records import complain
from neural_spectra.workflow.table_of_figures import PAPERS

_FILES = {
    *(".csv", ".html", ".json", ".log", ".parquet", ".pdf"),
    *(".png", ".rst", ".safetensors", ".tex", ".tsv"),
}
_FOLDERS = {
    *(*PAPERS, "claims", "own", "report"),
    *("benchmarks", "data", "figures", "logs", "parts", "tables", "weights"),
}


def require_files_in_folders(results: Path) -> None:
    """Make sure that everything with the name of a result is a file, and of a folder a folder.

    Snakemake asks only whether there is something of that name.

    Raises
    ------
    InputError
        With a line for each that is not.
    """
    if results.exists() and not results.is_dir():
        complain([f"{results} is no folder; move it away and run again"])
    found = sorted(results.rglob("*"))
    no_files = [path for path in found if path.suffix in _FILES and not path.is_file()]
    no_folders = [path for path in found if path.name in _FOLDERS and not path.is_dir()]
    complain(
        [
            *(f"{path} is no file; move it away and run again" for path in no_files),
            *(f"{path} is no folder; move it away and run again" for path in no_folders),
        ]
    )
