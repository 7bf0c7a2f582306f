"""Copies of the repository in which the workflow can run."""

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What a run needs; results of an earlier one are left behind.
FOLDERS = ("config", "docs", "profiles", "scripts", "src", "workflow")
NEEDED = ("Snakefile", "environment.yml", *FOLDERS)
# What is made again after any job: they read every table or every figure.
SUMMARIES = {"judge_claims", "page_text", "page", "report_tables", "gallery"}
# Of the variables of the user's and of these tests, those that must not change a run.
OTHERS = ("SNAKEMAKE_PROFILE", "OMP_NUM_THREADS", "VERBOSE")
# A copy of a process that has imported Snakemake plans a run in half the time of a new process.
COPIED = multiprocessing.get_context("forkserver")
COPIED.set_forkserver_preload(["snakemake.cli"])


def copy_repository(folder):
    folder.mkdir(exist_ok=True)
    for name in NEEDED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True, ignore=ignored)
        else:
            shutil.copy2(ROOT / name, folder / name)
    return folder


def environment(**variables):
    """Return the environment of a run, in which nothing of the user's changes what is tested."""
    return {key: value for key, value in os.environ.items() if key not in OTHERS} | variables


def start(folder, *arguments, **variables):
    """Start Snakemake in a folder; what it prints goes to a file there, see :func:`end`."""
    with (folder / "printed.txt").open("w", encoding="utf-8") as printed:
        return subprocess.Popen(
            [sys.executable, "-m", "snakemake", *map(str, arguments)],
            cwd=folder,
            stdout=printed,
            stderr=printed,
            env=environment(**variables),
        )


def end(process, folder):
    """Wait for Snakemake; return its exit status and everything that it printed."""
    return process.wait(), (folder / "printed.txt").read_text(encoding="utf-8")


def plan(folder, *arguments):
    """Return what Snakemake prints of a run that it only plans, which must be possible."""
    command = ["snakemake", "--dry-run", "--cores", "1", *map(str, arguments)]
    process = COPIED.Process(target=_snakemake, args=(folder, command, environment()))
    process.start()
    process.join()
    printed = (folder / "printed.txt").read_text(encoding="utf-8")
    assert process.exitcode == 0, printed
    return printed


def _snakemake(folder, command, variables):
    """Be what a new process would be in a folder; see :data:`COPIED`."""
    from snakemake.cli import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    sys.path[:0] = variables.get("PYTHONPATH", "").split(os.pathsep)
    sys.argv = command
    with open("printed.txt", "w", encoding="utf-8") as printed:
        for stream in (1, 2):
            os.dup2(printed.fileno(), stream)
    main()


class Workflow:
    """A copy of the repository in which the tiny configuration can run."""

    def __init__(self, folder):
        self.folder = folder
        self.results = folder / "results"

    def run(self, *arguments, changes=""):
        """Run Snakemake to its end; return its exit status and everything that it printed.

        ``changes`` is YAML, laid over the tiny configuration.
        """
        process = start(self.folder, *self._configured(changes), "--cores", 1, *arguments)
        return end(process, self.folder)

    def plan(self, *arguments, changes=""):
        """Return what Snakemake prints of a run that it only plans, which must be possible."""
        return plan(self.folder, *self._configured(changes), *arguments)

    def _configured(self, changes):
        (self.folder / "changes.yaml").write_text(changes, encoding="utf-8")
        return ["--configfile", "config/ci.yaml", *["changes.yaml"][: len(changes)]]

    def scheduled(self, changes=""):
        """Return the rules that a run would now execute, of the studies: see SUMMARIES."""
        return rules_in(self.plan(changes=changes)) - SUMMARIES

    def scheduled_with_chunks(self, changes):
        """Return those rules, and the chunks of seeds: rule, network if any, chunk."""
        printed = self.plan(changes=changes)
        return rules_in(printed) - SUMMARIES, chunks_in(printed)

    def contents(self):
        """Return the bytes of every result, by path; timings and logs are no results."""
        files = (file for file in self.results.rglob("*") if file.is_file())
        return {
            file.relative_to(self.results).as_posix(): file.read_bytes()
            for file in files
            if not {"logs", "benchmarks"} & set(file.parts)
        }


def rules_in(printed):
    """Return the names of the rules that Snakemake says it executes, without the target rule."""
    return set(re.findall(r"^(?:local)?rule (\w+):", printed, re.MULTILINE)) - {"all"}


def chunks_in(printed):
    """Return the jobs that take some of the seeds: rule, network if any, chunk."""
    jobs = re.split(r"^(?:local)?rule (\w+):$", printed, flags=re.MULTILINE)[1:]
    wildcards = (
        (rule, dict(re.findall(r"(\w+)=([^,\s]+)", found[1])))
        for rule, job in zip(jobs[::2], jobs[1::2], strict=True)
        if (found := re.search(r"^    wildcards: (.*)$", job, re.MULTILINE))
    )
    return {
        (rule, *(values[name] for name in ("network", "chunk") if name in values))
        for rule, values in wildcards
        if "chunk" in values
    }
