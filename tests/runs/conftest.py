"""Two runs of the tiny configuration that the tests here share."""

import fcntl
import os
import shutil

import pytest
from copies import Workflow, copy_repository, end, start


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """Two finished runs, at 2 cores and at 1; made once, also when several processes test."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folders = {cores: shared / f"finished_at_{cores}" for cores in (2, 1)}
    with (shared / "lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "finished").exists():
            arguments = ["--configfile", "config/ci.yaml", "--cores"]
            started = [
                (start(copy_repository(folder), *arguments, cores), folder)
                for cores, folder in folders.items()
            ]
            for status, printed in [end(*process) for process in started]:
                assert status == 0, printed
            (shared / "finished").touch()
    return {cores: Workflow(folder) for cores, folder in folders.items()}


@pytest.fixture
def workflow(finished, tmp_path):
    """A copy of the finished run, to change at will."""
    shutil.copytree(finished[2].folder, tmp_path / "copy", symlinks=True)
    return Workflow(tmp_path / "copy")
