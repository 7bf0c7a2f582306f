"""Killing the workflow and its jobs at random moments, and taking it up by the same command."""

import random
import re
import time
from contextlib import suppress
from typing import NamedTuple

import psutil
from copies import end, start

STARTING = "Snakemake as it starts"
SNAKEMAKE = "Snakemake, its jobs go on"
EVERYTHING = "Snakemake and its jobs"
JOB = "a job, Snakemake goes on"


class Start(NamedTuple):
    """A start of the workflow and what became of it."""

    killed: str | None
    status: int
    printed: str

    def jobs(self):
        """Return the jobs that were started, by the number that they had here.

        A job is known by what it writes: numbers change from start to start, rules have many jobs.
        """
        block = r"^    output: (.+)\n(?:    .+\n)*?    jobid: (\d+)$"
        return {number: files for files, number in re.findall(block, self.printed, re.MULTILINE)}

    def finished(self):
        """Return the jobs that were reported as finished."""
        jobs = self.jobs()
        numbers = re.findall(r"^Finished jobid: (\d+)", self.printed, re.MULTILINE)
        # The target rule at the end writes nothing.
        return {jobs[number] for number in numbers if number in jobs}


def round_of_kills(folder, *arguments, seed, most_jobs):
    """Start the workflow again after each of a few kills, then once to the end; yield each start.

    A kill comes after at most ``most_jobs`` jobs. A job is killed last: the others go on, and after
    that only few are left.
    """
    chance = random.Random(seed)
    for victim in [*chance.choices([STARTING, SNAKEMAKE, EVERYTHING], k=4), JOB, None]:
        # Its own output numbers the jobs.
        process = start(folder, *arguments, VERBOSE="1")
        if victim == STARTING:
            time.sleep(chance.uniform(0, 2))
        elif victim:
            wait_for_jobs(process, folder, chance.randint(0, most_jobs))
            time.sleep(chance.uniform(0, 1))
        killed = kill(process, victim)
        status, printed = end(process, folder)
        yield Start(killed, status, printed)


def wait_for_jobs(process, folder, count):
    """Wait until so many jobs are finished and another one runs, or all is over."""
    printed = folder / "printed.txt"
    while (
        process.poll() is None
        and printed.read_text(encoding="utf-8").count("Finished jobid") < count
    ):
        time.sleep(0.01)
    while process.poll() is None and not jobs_of(process):
        time.sleep(0.01)


def kill(process, victim):
    """Kill with SIGKILL; return whom, or None if nobody was left to kill."""
    jobs = jobs_of(process)
    if process.poll() is not None or (victim == JOB and not jobs):
        return None
    if victim in (STARTING, SNAKEMAKE, EVERYTHING):
        process.kill()
    for job in {EVERYTHING: jobs, JOB: jobs[:1]}.get(victim, []):
        with suppress(psutil.NoSuchProcess):
            job.kill()
    return victim


def jobs_of(process):
    """Return the processes that run scripts; as it starts, Snakemake calls other programs too."""
    jobs, children = [], []
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(process.pid).children(recursive=True)
    for child in children:
        with suppress(psutil.NoSuchProcess):
            if any("/scripts/" in argument for argument in child.cmdline()):
                jobs.append(child)
    return jobs


def redone(starts):
    """Return the jobs that were started again after they had been reported as finished."""
    finished, again = set(), set()
    for attempt in starts:
        again |= finished.intersection(attempt.jobs().values())
        finished |= attempt.finished()
    return again
