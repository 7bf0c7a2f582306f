"""One run of the tiny configuration that the tests here share, and copies of it."""

import fcntl
import os
import shutil

import pytest
from copies import Workflow, copy_repository, end, start


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A finished run, at 2 cores; made once, also when several processes test."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "finished"
    with (shared / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "results/index.html").exists():
            run = start(copy_repository(folder), "--configfile", "config/ci.yaml", "--cores", 2)
            status, printed = end(run, folder)
            assert status == 0, printed
    return Workflow(folder)


@pytest.fixture
def workflow(finished, tmp_path):
    """A copy of the finished run, to change at will."""
    return _copied(finished, tmp_path / "copy")


@pytest.fixture(scope="module")
def shared(finished, tmp_path_factory):
    """A copy of the finished run for all tests of a module that leave it fit for the others."""
    return _copied(finished, tmp_path_factory.mktemp("shared") / "copy")


@pytest.fixture
def clean(tmp_path):
    """A copy of the repository without results."""
    return Workflow(copy_repository(tmp_path / "copy"))


def _copied(finished, folder):
    shutil.copytree(finished.folder, folder, symlinks=True)
    return Workflow(folder)
