"""Ctrl-C: the jobs end without a word, and the run says how far it came."""

from __future__ import annotations

import signal
import sys
import warnings
from contextlib import suppress
from threading import Event
from typing import Any, NoReturn

import psutil


def end_jobs_when_stopped(shell: Any, stopped: Event) -> None:
    """Let Ctrl-C reach this process only, which then ends its jobs.

    A terminal sends it to all processes, and each job would print where it was.

    Parameters
    ----------
    shell
        Snakemake's, which starts the jobs.
    stopped
        Is set then.
    """

    def stop(*_: object) -> NoReturn:
        # A second one ends this process at once, whatever it waits for.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        stopped.set()
        # Of the jobs that are just about to start.
        shell.prefix("exit 1; ")
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        # Objects that were half made in this moment complain when they are thrown away.
        sys.unraisablehook = lambda _: None
        warnings.simplefilter("ignore")
        sys.exit("Stopped; the same command goes on from here.")

    shell.prefix("trap '' INT; ")
    signal.signal(signal.SIGINT, stop)
