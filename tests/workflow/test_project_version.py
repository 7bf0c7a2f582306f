"""Which version of the project a run says it is."""

import subprocess

from neural_spectra import __version__
from neural_spectra.workflow.project_version import project_version


def git(folder, *arguments):
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_a_repository_has_its_commit(tmp_path):
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert project_version(tmp_path) == f"{__version__}, commit {commit[:12]}"


def test_a_folder_without_one_or_inside_anothers_has_the_version(tmp_path):
    assert project_version(tmp_path) == __version__
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "first")
    (tmp_path / "inside").mkdir()
    assert project_version(tmp_path / "inside") == __version__
