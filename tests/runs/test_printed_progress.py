"""What a run prints in a terminal, into a file, when a job fails, and when it is asked for all."""

import os
import pty
import re
import subprocess
import sys

import pytest
from copies import copy_repository, end, environment, start

TABLE = "results/rnn/data/periods.csv"
SELECTION = "results/rnn/data/period_backbone.csv"
LOG = "results/rnn/logs/period_backbone.log"
ARGUMENTS = ("--configfile", "config/ci.yaml", "--cores", "1")
# Snakemake says it before it reads the Snakefile.
PROFILE = (
    "Using workflow specific profile profiles/default for setting default command line arguments."
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of the repository for all tests here, each of which makes its results anew."""
    return copy_repository(tmp_path_factory.mktemp("printed"))


@pytest.fixture(scope="module")
def damaged(folder):
    """The same copy, with a table that was edited after it had been written."""
    status, printed = end(start(folder, *ARGUMENTS, "--force", "--", TABLE), folder)
    assert status == 0, printed
    with (folder / TABLE).open("a", encoding="utf-8") as table:
        table.write("an edit\n")
    return folder


def into_a_file(folder, *arguments):
    """Run Snakemake; return its exit status and the lines that it prints, without times."""
    status, printed = end(start(folder, *ARGUMENTS, *arguments), folder)
    return status, without_times(printed).splitlines()


def in_a_terminal(folder, *arguments):
    """Run Snakemake; return its exit status, all bars that it shows, and the lines that stay."""
    here, there = pty.openpty()
    command = [sys.executable, "-m", "snakemake", *ARGUMENTS, *arguments]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(), stdin=there, stdout=there, stderr=there
    )
    os.close(there)
    shown = b""
    try:
        while some := os.read(here, 4096):
            shown += some
    except OSError:  # So a terminal says that nobody writes to it any more.
        os.close(here)
    shown = without_times(shown.decode()).replace("\r\n", "\n")
    lines = [line.rpartition("\r\033[K")[2] for line in shown.removesuffix("\n").split("\n")]
    return process.wait(), re.findall(r"\[[#.]+\].*?(?=\r|$)", shown), lines


def without_times(printed):
    return re.sub(r"\d:\d\d:\d\d", "TIME", printed)


def test_a_run_into_a_file_is_a_line_a_job(folder):
    assert into_a_file(folder, "--forceall", "--", SELECTION) == (
        0,
        [
            PROFILE,
            "1 of 2, TIME: periods",
            "2 of 2, TIME: period_backbone",
            "2 of 2 jobs done in TIME.",
        ],
    )


def test_a_run_in_a_terminal_is_one_bar_that_ends_with_a_line(folder):
    status, bars, lines = in_a_terminal(folder, "--forceall", "--", SELECTION)
    assert (status, lines) == (0, [PROFILE, "2 of 2 jobs done in TIME."])
    order = [
        "[................] 0 of 2 done, 1 running, TIME: periods",
        "[########........] 1 of 2 done, 1 running, TIME: period_backbone",
        "[################] 2 of 2 done, 0 running, TIME: ",
    ]
    assert [bar for bar in dict.fromkeys(bars) if bar in order] == order


@pytest.mark.parametrize("where", ["file", "terminal"])
def test_a_failed_job_ends_the_run_with_its_one_sentence_and_its_log(where, damaged):
    run = {"file": into_a_file, "terminal": in_a_terminal}[where]
    status, *_, lines = run(damaged, "--force", "--", SELECTION)
    assert (status, lines) == (
        1,
        [
            PROFILE,
            "failed, TIME: period_backbone",
            "0 of 1 jobs done in TIME, 1 failed.",
            "The same command goes on from here.",
            f"period_backbone failed, its log: {LOG}",
            f"period_backbone: {TABLE} was changed after it was written; delete it and run again",
        ],
    )


def test_snakemakes_own_output_is_there_when_it_is_asked_for(damaged):
    run = start(damaged, *ARGUMENTS, "--force", "--", SELECTION, VERBOSE="1")
    status, printed = end(run, damaged)
    assert status == 1
    assert "Building DAG of jobs..." in printed
    assert "Error in rule period_backbone:" in printed
    assert f"    input: {TABLE}" in printed


def test_a_run_of_everything_ends_with_what_came_out(finished):
    lines = without_times(
        (finished.folder / "printed.txt").read_text(encoding="utf-8")
    ).splitlines()
    jobs = [line for line in lines if re.match(r"\d+ of \d+, TIME: ", line)]
    # The last job is the target, which is no work.
    assert f"{len(jobs) + 1} of {len(jobs) + 1} jobs done in TIME." in lines
    assert len({line.partition(": ")[2] for line in jobs}) == len(jobs)
    assert lines.index(jobs[0]) == 1
    assert re.match(r"Matzakos 2026: of \d+ claims, \d+ ", lines[len(jobs) + 2])
    assert lines[-1] == "Look at results/index.html: every figure, table and claim, on one page."
