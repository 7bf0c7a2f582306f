"""What a run clears up before it starts, and what it leaves alone."""

import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from neural_spectra.errors import InputError
from neural_spectra.workflow.interrupted_runs import enter, runs_jobs

SOURCE = Path(__file__).parents[2] / "src"

ENTER = """
import sys
from pathlib import Path
from neural_spectra.workflow.interrupted_runs import enter
from neural_spectra.errors import InputError
try:
    enter(Path(sys.argv[1]))
except InputError as error:
    print(f"refused: {error}", flush=True)
    sys.exit()
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
        self.said_first = self.process.stdout.readline()

    @property
    def refused(self):
        return "another run is at work here; wait" in self.said_first

    def end(self):
        """Let it end; return what it has said on the screen."""
        return self.process.communicate("\n")[1]

    def kill(self):
        self.process.kill()
        self.process.communicate()


def lock(folder):
    """Lock a folder as Snakemake does while it runs."""
    (folder / ".snakemake" / "locks").mkdir(parents=True, exist_ok=True)
    (folder / ".snakemake" / "locks" / "0.output.lock").write_text(
        "results/table.csv\n", encoding="utf-8"
    )


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
        script.write_text("import time\ntime.sleep(60)\n", encoding="utf-8")
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


def test_a_second_run_is_refused_until_the_first_has_ended_or_is_killed(tmp_path):
    for leave in (Run.end, Run.kill):
        first = Run(tmp_path)
        lock(tmp_path)
        second = Run(tmp_path)
        assert not first.refused
        assert second.refused
        second.end()
        assert is_locked(tmp_path)
        leave(first)
    last = Run(tmp_path)
    assert not last.refused
    assert not is_locked(tmp_path)
    last.end()


def test_a_job_that_a_killed_run_has_left_is_ended(locked, start_job):
    job = start_job(locked)
    Run(locked).end()
    assert job.wait(timeout=5) == -signal.SIGKILL


def test_a_job_whose_run_has_lost_its_locks_is_ended_too(tmp_path, start_job):
    mark(tmp_path, "{}")
    job = start_job(tmp_path)
    assert "ended 1 processes" in Run(tmp_path).end()
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


def mark(folder, *contents):
    """Mark outputs as Snakemake does until they are finished."""
    marks = folder / ".snakemake" / "incomplete" / "@long"
    marks.mkdir(parents=True)
    for number, content in enumerate(contents):
        (marks / str(number)).write_text(content, encoding="utf-8")


def test_jobs_on_a_cluster_are_named_and_keep_the_lock(locked):
    mark(locked, '{"external_jobid": "17"}', '{"external_jobid": null}', "")
    said = Run(locked).end()
    assert said == (
        "A killed run has left jobs on the cluster (17): cancel them, then run snakemake --unlock."
        "\n"
    )
    assert is_locked(locked)


def test_who_has_unlocked_a_folder_is_not_told_about_the_cluster_again(tmp_path):
    mark(tmp_path, '{"external_jobid": "17"}')
    assert Run(tmp_path).end() == ""


@pytest.mark.parametrize(
    "arguments", ["--cores 2", "--cores=2 -- verify", "--profile profiles/slurm", "-c1 -k -p"]
)
def test_runs_are_told_from_calls_that_run_nothing(arguments):
    assert runs_jobs(arguments.split())


@pytest.mark.parametrize(
    "arguments", ["-n", "--cores 1 -np", "--dry-run", "--report=a.html", "--dag dot", "--unlock"]
)
def test_calls_that_run_nothing_are_told_from_runs(arguments):
    assert not runs_jobs(arguments.split())


def test_a_folder_that_cannot_be_written_to_is_one_sentence(monkeypatch, tmp_path):
    # Root may write anywhere, so that a mode would prove nothing.
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(InputError, match="nothing can be written here; make it writable"):
        enter(tmp_path / ".snakemake")


def test_a_file_in_the_place_of_snakemakes_folder_is_one_sentence(tmp_path):
    (tmp_path / ".snakemake").touch()
    with pytest.raises(InputError, match=r"\.snakemake is no folder; move it away and run again"):
        enter(tmp_path / ".snakemake")


def test_a_full_disk_is_one_sentence(monkeypatch, tmp_path):
    full = SimpleNamespace(free=4096)
    monkeypatch.setattr("shutil.disk_usage", lambda path: full)
    with pytest.raises(InputError, match="the disk is full; free some space"):
        enter(tmp_path / ".snakemake")
