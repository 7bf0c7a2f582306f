"""Which version of the project this is."""

from __future__ import annotations

import subprocess
from pathlib import Path

import neural_spectra


def project_version(folder: Path) -> str:
    """Return the version, with the commit that is checked out where the folder is a repository."""
    command = ["git", "-C", str(folder), "rev-parse", "--show-toplevel"]
    command += ["--short=12", "--verify", "HEAD"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        top, _, commit = told.strip().rpartition("\n")
    except (OSError, subprocess.CalledProcessError):
        return neural_spectra.__version__
    if Path(top) != folder.resolve():
        return neural_spectra.__version__
    return f"{neural_spectra.__version__}, commit {commit}"
