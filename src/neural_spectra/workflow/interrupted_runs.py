"""One run in a folder at a time, and running again after a kill.

Snakemake locks a folder by files, and these outlive a ``kill -9`` or a loss of power; so do the
jobs that it had started. Each run therefore also holds one of the kernel's own locks, which ends
with its process: a run that gets it knows that whatever else it finds are remains. Nor would the
files keep runs apart: Snakemake removes those of all runs when the first of them ends.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from neural_spectra.errors import InputError

# What Snakemake itself writes before the first job, and more.
_LEAST_SPACE = 10_000_000
# Ways to call Snakemake that run nothing.
_ONLY_TELL = {
    *("--dry-run", "--dryrun", "--lint", "--list", "--list-rules", "--list-target-rules"),
    *("--dag", "--rulegraph", "--filegraph", "--d3dag", "--summary", "--detailed-summary"),
    *("--list-input-changes", "--list-params-changes", "--list-untracked", "--report"),
    *("--unlock", "-S", "-D", "-l", "-L"),
}
_DRY = re.compile("-[a-zA-Z]*n[a-zA-Z]*")


def runs_jobs(arguments: Sequence[str]) -> bool:
    """Say whether Snakemake, called with these arguments, may run jobs or only tells something."""
    return not any(
        argument.split("=")[0] in _ONLY_TELL or _DRY.fullmatch(argument) for argument in arguments
    )


def enter(state: Path) -> None:
    """Hold ``state`` until this process ends; clear up what a killed run has left.

    Which outputs a killed run has not finished, Snakemake knows itself.

    Parameters
    ----------
    state
        Snakemake's own folder, ``.snakemake`` in the one that it runs in; an absolute path.

    Raises
    ------
    InputError
        If another run is at work there, or nothing can be written there.
    """
    if state.exists() and not state.is_dir():
        raise InputError(f"{state} is no folder; move it away and run again")
    try:
        state.mkdir(exist_ok=True)
        writable = os.access(state, os.W_OK)
    except OSError:
        writable = False
    if not writable:
        raise InputError(
            f"{state.parent}: nothing can be written here; make it writable, or run in a copy of "
            f"this folder"
        )
    if shutil.disk_usage(state).free < _LEAST_SPACE:
        raise InputError(f"{state.parent}: the disk is full; free some space and run again")
    # Never closed, and not inherited by jobs: the kernel lets go of it when this process ends.
    held = os.open(state, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError(
            f"{state.parent}: another run is at work here; wait until it has ended, or stop it"
        ) from error
    except OSError:
        return  # A file system without such locks: nobody can know, the files stay.
    _clear_up(state)


def _clear_up(state: Path) -> None:
    locks, marks = list(state.glob("locks/*.lock")), _unfinished(state)
    if not locks and not marks:
        return
    # Who has unlocked the folder has seen to these.
    if locks and (on_cluster := _jobs_on_a_cluster(marks)):
        print(
            f"A killed run has left jobs on the cluster ({', '.join(on_cluster)}): "
            "cancel them, then run snakemake --unlock.",
            file=sys.stderr,
        )
        return
    jobs = _jobs_here(state)
    for job in jobs:
        with suppress(psutil.NoSuchProcess):
            job.kill()
    # Not for ever: where nobody collects dead processes they never quite go.
    psutil.wait_procs(jobs, timeout=1)
    for lock in locks:
        lock.unlink()
    if locks or jobs:
        print(f"Taking up a killed run; ended {len(jobs)} processes of its jobs.", file=sys.stderr)


def _unfinished(state: Path) -> list[Path]:
    """Return Snakemake's marks of the outputs that were not finished."""
    return [mark for mark in state.glob("incomplete/**/*") if mark.is_file()]


def _jobs_on_a_cluster(marks: Sequence[Path]) -> list[str]:
    """Return the cluster's names of the jobs that were not finished."""
    names = [
        re.search(r'"external_jobid": "?([^"}]+)', mark.read_text(encoding="utf-8"))
        for mark in marks
    ]
    return sorted({name[1] for name in names if name and name[1] != "null"})


def _jobs_here(state: Path) -> list[psutil.Process]:
    """Return the processes, shells included, that run a script which Snakemake put in ``state``."""
    scripts = f"{state.name}/scripts/"
    return [
        process
        for process in psutil.process_iter(["cwd", "cmdline"])
        if process.info["cwd"] == str(state.parent)
        and any(scripts in argument for argument in process.info["cmdline"] or [])
    ]
