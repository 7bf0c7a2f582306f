"""Running again after a kill: what a killed run has locked or left running is cleared up first.

Snakemake locks a folder by files, and these outlive a ``kill -9`` or a loss of power; so do the
jobs that it had started. Each run therefore also holds one of the kernel's own locks, which ends
with its process: a run that finds nobody else holding one knows that the rest are remains.
"""

from __future__ import annotations

import fcntl
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

import psutil


def enter(state: Path) -> None:
    """Hold ``state`` until this process ends; clear it up first if nobody else holds it.

    Which outputs a killed run has not finished, Snakemake knows itself.

    Parameters
    ----------
    state
        Snakemake's own folder, ``.snakemake`` in the one that it runs in; an absolute path.
    """
    state.mkdir(exist_ok=True)
    # Never closed, and not inherited by jobs: the kernel lets go of it when this process ends.
    held = os.open(state, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass  # Another run is alive; Snakemake's files say whether the two are in each other's way.
    except OSError:
        return  # A file system without such locks: nobody can know, the files stay.
    else:
        _clear_up(state)
    fcntl.flock(held, fcntl.LOCK_SH)


def _clear_up(state: Path) -> None:
    locks = list(state.glob("locks/*.lock"))
    if not locks:
        return
    if on_cluster := _jobs_on_a_cluster(state):
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
    print(f"Taking up a killed run; ended {len(jobs)} processes of its jobs.", file=sys.stderr)


def _jobs_on_a_cluster(state: Path) -> list[str]:
    """Return the cluster's names of the jobs that were not finished."""
    marks = [mark.read_text() for mark in state.glob("incomplete/**/*") if mark.is_file()]
    names = [re.search(r'"external_jobid": "?([^"}]+)', mark) for mark in marks]
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
