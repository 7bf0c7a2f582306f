"""The tiny configuration through a real SLURM of one machine: `make test-slurm`, and `-all`."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import one_machine
import pytest
from copies import Workflow, copy_repository, end, start

CONFIGURATION = ("--configfile", "config/ci.yaml")
# The cluster here keeps no accounts, and its one user may ask it often.
ON_THE_CLUSTER = (
    *("--profile", "profiles/slurm", "--slurm-no-account", "--slurm-status-command", "squeue"),
    *("--slurm-init-seconds-before-status-checks", 3, "--seconds-between-status-checks", 2),
)
EXPONENTS = "results/rnn/parts/lyapunov/0-1.csv"


@pytest.fixture(scope="module")
def cluster():
    """A running cluster, or the sentence that says why there is none."""
    try:
        one_machine.start()
    except one_machine.NoClusterError as error:
        pytest.exit(str(error), returncode=1)
    yield
    one_machine.stop()


def on_the_cluster(folder, *arguments):
    return start(folder, *CONFIGURATION, *ON_THE_CLUSTER, *arguments)


def slurm(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def jobs_of(rule):
    """What SLURM says about every job of a rule so far, in the order in which they were sent."""
    listed = slurm("squeue", "--noheader", "--states=all", "--sort=i", "--format=%i %m %l %T %k")
    rows = [line.split() for line in listed.splitlines()]
    return [row for row in rows if re.match(rf"rule_{rule}(_|$)", row[-1])]


def processes_of(job):
    """The processes of a job, found by the number that SLURM gives all of them."""
    mark = f"SLURM_JOB_ID={job}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)
        except OSError:  # gone by now
            continue


def results_here_and_there(tmp_path, *arguments, there=()):
    """Run Snakemake on this machine and on the cluster at once; return the results of both."""
    folders = [copy_repository(tmp_path / name) for name in ("here", "there")]
    runs = [
        start(folders[0], *CONFIGURATION, "--cores", 2, *arguments),
        on_the_cluster(folders[1], *there, *arguments),
    ]
    for status, printed in [end(*run) for run in zip(runs, folders, strict=True)]:
        assert status == 0, printed
    return [Workflow(folder).contents() for folder in folders]


def differing(one, other):
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def test_a_study_sent_as_arrays_gives_the_same_bytes_as_on_this_machine(cluster, tmp_path):
    arrays = ["--slurm-array-jobs=all"]
    here, there = results_here_and_there(tmp_path, "--", "rnn", there=arrays)
    assert len(here) > 50
    assert differing(here, there) == set()
    assert {number.partition("_")[2] for number, *_ in jobs_of("lyapunov")} == {"1", "2"}


@pytest.mark.release
def test_the_cluster_computes_the_same_bytes_as_this_machine(cluster, tmp_path):
    here, there = results_here_and_there(tmp_path)
    assert len(here) > 300
    assert differing(here, there) == set()


def test_a_job_killed_in_the_middle_is_sent_again_and_may_use_more(cluster, tmp_path):
    folder = copy_repository(tmp_path / "killed")
    process = on_the_cluster(folder, "--", EXPONENTS)
    log = folder / "results/rnn/logs/lyapunov/0-1.log"
    while not log.exists():  # written by the job's script, at its beginning
        assert process.poll() is None, end(process, folder)
        time.sleep(0.05)
    ((number, *_),) = jobs_of("lyapunov")[-1:]
    for victim in processes_of(number):
        os.kill(victim, signal.SIGKILL)
    status, printed = end(process, folder)
    assert status == 0, printed
    assert (folder / EXPONENTS).exists()
    first, second = jobs_of("lyapunov")[-2:]
    assert (first[0], first[3], second[3]) == (number, "FAILED", "COMPLETED")
    assert [second[1], second[2]] == ["4400M", "40:00"]
    assert [first[1], first[2]] == ["2200M", "20:00"]


def test_a_slurm_of_the_machine_is_refused_and_left_alone(tmp_path, monkeypatch):
    theirs = tmp_path / "slurm.conf"
    theirs.write_text("ClusterName=theirs\n", encoding="utf-8")
    monkeypatch.setattr(one_machine, "CONFIGURATION", theirs)
    with pytest.raises(one_machine.NoClusterError, match="belongs to a SLURM of this machine"):
        one_machine.start()
    assert theirs.read_text(encoding="utf-8") == "ClusterName=theirs\n"
