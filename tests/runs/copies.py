"""Copies of the repository in which the workflow can run."""

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
SUMMARIES = {"judge_claims", "page_text", "page", "report_tables"}


def copy_repository(folder):
    folder.mkdir(exist_ok=True)
    for name in NEEDED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True, ignore=ignored)
        else:
            shutil.copy2(ROOT / name, folder / name)
    return folder


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


def environment(**variables):
    """Return the environment of a run, in which nothing of the user's changes what is tested."""
    own = ("SNAKEMAKE_PROFILE", "VERBOSE")
    return {key: value for key, value in os.environ.items() if key not in own} | variables


def end(process, folder):
    """Wait for Snakemake; return its exit status and everything that it printed."""
    return process.wait(), (folder / "printed.txt").read_text(encoding="utf-8")


class Workflow:
    """A copy of the repository in which the tiny configuration can run."""

    def __init__(self, folder):
        self.folder = folder
        self.results = folder / "results"

    def run(self, *arguments, changes=""):
        """Run Snakemake to its end; return its exit status and everything that it printed.

        ``changes`` is YAML, laid over the tiny configuration.
        """
        (self.folder / "changes.yaml").write_text(changes, encoding="utf-8")
        configuration = ["--configfile", "config/ci.yaml", *["changes.yaml"][: len(changes)]]
        process = start(self.folder, *configuration, "--cores", 1, *arguments)
        return end(process, self.folder)

    def scheduled(self, changes=""):
        """Return the rules that a run would now execute, of the studies: see SUMMARIES."""
        status, printed = self.run("--dry-run", changes=changes)
        assert status == 0, printed
        return rules_in(printed) - SUMMARIES

    def scheduled_chunks(self, changes):
        """Return the chunks of seeds that a run would now compute: rule, network if any, chunk."""
        status, printed = self.run("--dry-run", changes=changes)
        assert status == 0, printed
        return chunks_in(printed)

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
