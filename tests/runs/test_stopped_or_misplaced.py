"""A run that the user stops, that finds something else than results, or that starts elsewhere."""

import os
import signal
import subprocess
import sys
import time

import pytest
from copies import end, environment, start
from kills import jobs_of

ARGUMENTS = ("--configfile", "config/ci.yaml", "--cores", "2", "--")
FIGURES = ["results/rnn/figures/orbits.pdf", "results/rnn/figures/euler_instability.pdf"]


def start_in_a_terminal(folder):
    """Start a run in a group of processes of its own, all of which Ctrl-C reaches."""
    with (folder / "printed.txt").open("w", encoding="utf-8") as printed:
        return subprocess.Popen(
            [sys.executable, "-m", "snakemake", *ARGUMENTS, *FIGURES],
            cwd=folder,
            stdout=printed,
            stderr=printed,
            env=environment(),
            start_new_session=True,
        )


def stop_while_jobs_run(run, delay):
    """Press Ctrl-C so many seconds after the first job has started; return how many there were."""
    while not (jobs := jobs_of(run)):
        assert run.poll() is None
        time.sleep(0.01)
    time.sleep(delay)
    os.killpg(run.pid, signal.SIGINT)
    return jobs


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.6])
def test_ctrl_c_ends_all_jobs_at_once_and_says_how_to_go_on(delay, clean):
    run = start_in_a_terminal(clean.folder)
    jobs = stop_while_jobs_run(run, delay)
    status, printed = end(run, clean.folder)
    assert status == 1
    assert "Traceback" not in printed
    assert "failed" not in printed
    assert printed.endswith("\nThe same command goes on from here.\n")
    assert not any(job.is_running() for job in jobs)


def test_what_ctrl_c_has_stopped_is_taken_up_by_the_same_command(clean):
    run = start_in_a_terminal(clean.folder)
    stop_while_jobs_run(run, 0.5)
    run.wait()
    status, printed = end(start(clean.folder, *ARGUMENTS, *FIGURES), clean.folder)
    assert status == 0, printed
    assert all((clean.folder / figure).exists() for figure in FIGURES)


def test_ctrl_c_before_the_first_job_is_one_sentence(clean):
    # What would be there as soon as all rules were read.
    state = clean.folder / ".snakemake" / "locks"
    run = start_in_a_terminal(clean.folder)
    while not state.exists():
        time.sleep(0.001)
    os.killpg(run.pid, signal.SIGINT)
    status, printed = end(run, clean.folder)
    assert status == 1
    assert "Traceback" not in printed
    assert printed.count("goes on from here.") == 1


@pytest.mark.parametrize("what", ["rnn/data/periods.csv", "rnn/data/periods.json", "index.html"])
def test_a_folder_in_the_place_of_a_result_is_named_and_nothing_runs(what, workflow):
    before = workflow.contents()
    (workflow.results / what).rename(workflow.folder / "kept")
    (workflow.results / what).mkdir()
    status, printed = workflow.run()
    assert status == 1
    assert printed.splitlines()[1:] == [f"results/{what} is no file; move it away and run again"]
    assert workflow.contents() == {name: before[name] for name in before if name != what}


def test_snakemake_from_elsewhere_is_told_where_to_run(clean, tmp_path):
    arguments = ["--snakefile", f"{clean.folder}/Snakefile", "--cores", "1"]
    status, printed = end(start(tmp_path, *arguments), tmp_path)
    assert status == 1
    assert printed.splitlines()[1:] == [
        f"{tmp_path} is not the folder of the project: run snakemake in {clean.folder}, or with "
        f"--directory {clean.folder}"
    ]
    assert not (tmp_path / ".snakemake" / "locks").exists()
    directed = [*arguments, "--directory", clean.folder, "--dry-run"]
    status, printed = end(start(tmp_path, *directed), tmp_path)
    assert status == 0, printed
