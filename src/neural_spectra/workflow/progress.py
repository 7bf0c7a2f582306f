"""What a run prints: a bar in a terminal, a line a job elsewhere; at the end, how it went.

Snakemake hands everything that it has to say to a logger, record by record. `show_progress` puts a
handler of ours in the place of the one that prints it all. Snakemake's own account of a run still
goes to ``.snakemake/log``.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from io import TextIOBase
from typing import Any

from snakemake_interface_logger_plugins.common import LogEvent

from neural_spectra.errors import printable
from neural_spectra.workflow.interrupted_runs import runs_jobs
from neural_spectra.workflow.run_summary import what_came_out, what_failed, what_networks_do

BAR_WIDTH = 16
# What Snakemake, or its plugin for SLURM, says on the way that a user needs to know.
TO_BE_TOLD = (
    *("Nothing to be done", "Creating conda environment", "SLURM run ID"),
    *("Terminating processes", "Will exit after"),
)
# What Snakemake says about a failed job, which has written into its log what happened.
ABOUT_A_FAILED_JOB = (
    "RuleException:\nCalledProcessError",
    "Exiting because a job execution failed",
    "WorkflowError:\nAt least one job did not complete successfully",
)


def show_progress(workflow: Any, stopped: threading.Event) -> None:
    """Print the progress of a run instead of Snakemake's own output.

    That stays where no jobs are run, as in a dry run, in the Snakemake that runs a single job on a
    cluster, and where a user asks for it: by ``VERBOSE=1`` in the environment, or by Snakemake's
    options ``--verbose``, ``--quiet`` and ``--logger``.

    Parameters
    ----------
    workflow
        Snakemake's workflow, as a Snakefile knows it.
    stopped
        Is set when the user has stopped the run.
    """
    settings = workflow.output_settings
    if os.environ.get("VERBOSE") or settings.verbose or settings.quiet:
        return
    if not (workflow.is_main_process and runs_jobs(sys.argv)):
        return

    def results() -> list[str]:
        targets = set(workflow.dag_settings.targets)
        if targets == {"analyse"}:
            return what_networks_do(workflow.globals["config"]["own"]["networks"])
        return what_came_out() if targets <= {"all"} else []

    logger = workflow.logger_manager.logger
    for handler in list(logger.handlers):
        if handler.name == "DefaultStreamHandler":
            logger.removeHandler(handler)
            logger.addHandler(Progress(handler.stream, results, stopped))


class Progress(logging.Handler):
    """Tells a user about a run, from the records of Snakemake's logger.

    Parameters
    ----------
    stream
        Where to. In a terminal, the last line is a bar that is drawn anew at every record and every
        second.
    results
        Returns the lines to end with when everything is done.
    stopped
        Is set when the user has stopped the run: jobs that end then have not failed.
    """

    def __init__(
        self, stream: TextIOBase, results: Callable[[], Sequence[str]], stopped: threading.Event
    ) -> None:
        super().__init__()
        self.stream = stream
        self.results = results
        self.stopped = stopped
        self.is_terminal = stream.isatty()
        self.clear_line = "\r\033[K" * self.is_terminal
        self.started: float | None = None
        self.ended = threading.Event()
        self.done = self.total = 0
        # What Snakemake has told of each job, by the job's number.
        self.running: dict[int, Mapping[str, Any]] = {}
        self.failed: dict[int, Mapping[str, Any]] = {}
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take in one record and show what it changes; a run does not end because this fails."""
        try:
            self._take(record)
            self._draw()
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """End with what came out or, if anything went wrong, with that; the first time only."""
        if not self.ended.is_set():
            self.ended.set()
            self._print(*self._last_lines())
        super().close()

    def _take(self, record: logging.LogRecord) -> None:
        told = vars(record)
        match told.get("event"):
            case LogEvent.WORKFLOW_STARTED:
                self.started = time.monotonic()
                if self.is_terminal:
                    threading.Thread(target=self._draw_every_second, daemon=True).start()
            case LogEvent.RUN_INFO:
                self.total = told["stats"]["total"]
            case LogEvent.JOB_INFO:
                # Perhaps its next attempt.
                self.failed.pop(told["jobid"], None)
                self.running[told["jobid"]] = told
            case LogEvent.JOB_FINISHED:
                self.done += 1
                job = self.running.pop(told["job_id"])
                if job["output"] and not self.is_terminal:
                    self._print(f"{self.done} of {self.total}, {self._time()}: {_name(job)}")
            case LogEvent.JOB_ERROR if not self.stopped.is_set():
                job = {**self.running.pop(told["jobid"]), **told}
                self.failed[told["jobid"]] = job
                self._print(f"failed, {self._time()}: {_name(job)}")
            case None | LogEvent.ERROR:
                self._take_message(record.levelno, record.getMessage())

    def _take_message(self, level: int, message: str) -> None:
        if message.startswith(ABOUT_A_FAILED_JOB):
            return
        if level >= logging.ERROR:
            self.errors.append(message)
        elif level >= logging.WARNING or message.startswith(TO_BE_TOLD):
            self._print(message)

    def _last_lines(self) -> list[str]:
        lines = []
        if self.done or self.running or self.failed:
            failed = f", {len(self.failed)} failed" * bool(self.failed)
            lines.append(f"{self.done} of {self.total} jobs done in {self._time()}{failed}.")
            if self.done < self.total:
                lines.append("The same command goes on from here.")
        complete = self.started is not None and self.done == self.total
        if complete and not self.errors and not self.stopped.is_set():
            lines += self.results()
        failures = [what_failed(_name(job), job) for job in self.failed.values()]
        return lines + self.errors + failures

    def _draw_every_second(self) -> None:
        nothing_new = logging.makeLogRecord({"levelno": logging.DEBUG})
        while not self.ended.wait(timeout=1.0):
            self.handle(nothing_new)

    def _draw(self) -> None:
        if not self.is_terminal or not self.total or self.ended.is_set():
            return
        self.stream.write(self.clear_line)
        # A job that writes no file prints something itself.
        if all(job["output"] for job in self.running.values()):
            columns = os.get_terminal_size(self.stream.fileno()).columns or 80
            self.stream.write(self._bar()[: columns - 1])
        self.stream.flush()

    def _bar(self) -> str:
        bar = "#" * (BAR_WIDTH * self.done // self.total)
        names = ", ".join(map(_name, self.running.values()))
        return (
            f"[{bar:.<{BAR_WIDTH}}] {self.done} of {self.total} done, "
            f"{len(self.running)} running, {self._time()}: {names}"
        )

    def _print(self, *lines: str) -> None:
        # What a job says may quote anything.
        told = [printable(line) for each in lines for line in each.split("\n")]
        self.stream.write(self.clear_line + "".join(f"{line}\n" for line in told))
        self.stream.flush()

    def _time(self) -> timedelta:
        now = time.monotonic()
        return timedelta(seconds=int(now - (self.started or now)))


def _name(job: Mapping[str, Any]) -> str:
    return " ".join([job["rule_name"], *job["wildcards"].values()])
