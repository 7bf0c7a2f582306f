"""What a run clears up before it starts, and what it leaves alone."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"

ENTER = """
import sys
from pathlib import Path
from neural_spectra.interrupted_runs import enter
enter(Path(sys.argv[1]))
print("entered", flush=True)
sys.stdin.readline()
"""


class Run:
    """A process that holds a folder as a run of the workflow does, until it is ended."""

    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-c", ENTER, folder / ".snakemake"],
            cwd=SOURCE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout.readline() == "entered\n"

    def end(self):
        """Let it end; return what it has said on the screen."""
        return self.process.communicate("\n")[1]

    def kill(self):
        self.process.kill()
        self.process.communicate()


def lock(folder):
    """Lock a folder as Snakemake does while it runs."""
    (folder / ".snakemake" / "locks").mkdir(parents=True, exist_ok=True)
    (folder / ".snakemake" / "locks" / "0.output.lock").write_text("results/table.csv\n")


@pytest.fixture
def locked(tmp_path):
    lock(tmp_path)
    return tmp_path


def is_locked(folder):
    return any((folder / ".snakemake" / "locks").iterdir())


@pytest.fixture
def start_job():
    """Start a process as Snakemake starts its jobs; it is gone after the test."""
    started = []

    def start(folder):
        script = folder / ".snakemake" / "scripts" / "tmp1.table.py"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text("import time\ntime.sleep(60)\n")
        started.append(subprocess.Popen([sys.executable, script], cwd=folder))
        return started[-1]

    yield start
    for job in started:
        job.kill()
        job.wait()


def test_the_lock_of_a_killed_run_is_removed(locked):
    assert "Taking up a killed run" in Run(locked).end()
    assert not is_locked(locked)


def test_a_first_run_has_nothing_to_say(tmp_path):
    assert Run(tmp_path).end() == ""


def test_the_lock_of_a_living_run_stays_until_that_is_killed(tmp_path):
    living = Run(tmp_path)
    lock(tmp_path)
    Run(tmp_path).end()
    assert is_locked(tmp_path)
    living.kill()
    Run(tmp_path).end()
    assert not is_locked(tmp_path)


def test_of_two_living_runs_each_counts(tmp_path):
    first, second = Run(tmp_path), Run(tmp_path)
    lock(tmp_path)
    first.end()
    Run(tmp_path).end()
    assert is_locked(tmp_path)
    second.end()


def test_a_job_that_a_killed_run_has_left_is_ended(locked, start_job):
    job = start_job(locked)
    Run(locked).end()
    assert job.wait(timeout=5) == -signal.SIGKILL


def test_a_job_of_a_living_run_and_one_of_another_folder_go_on(locked, start_job, tmp_path_factory):
    elsewhere = start_job(tmp_path_factory.mktemp("elsewhere"))
    Run(locked).end()
    assert elsewhere.poll() is None
    living = Run(locked)
    job = start_job(locked)
    lock(locked)
    Run(locked).end()
    assert job.poll() is None
    living.end()


def test_jobs_on_a_cluster_are_named_and_keep_the_lock(locked):
    marks = locked / ".snakemake" / "incomplete" / "@long"
    marks.mkdir(parents=True)
    (marks / "a").write_text('{"external_jobid": "17"}')
    (marks / "b").write_text('{"external_jobid": null}')
    (marks / "c").write_text("")
    said = Run(locked).end()
    assert said == (
        "A killed run has left jobs on the cluster (17): cancel them, then run snakemake --unlock."
        "\n"
    )
    assert is_locked(locked)
