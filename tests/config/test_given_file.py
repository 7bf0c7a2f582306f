"""Which file `make figures CONFIG=…` means."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from neural_spectra.config.given_file import meant

ROOT = Path(__file__).parents[2]


@pytest.fixture
def user(tmp_path, monkeypatch):
    """Where the user stands, beside the folder of the project, with the home above."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder in ("project", "user"):
        (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "user"


def test_it_is_the_one_where_the_user_stands(user):
    Path("my.yaml").touch()
    (user / "my.yaml").touch()
    assert meant("my.yaml", str(user)) == str(user / "my.yaml")
    assert meant("my.yaml", "") == "my.yaml"


def test_one_of_the_projects_own_may_be_named_from_elsewhere(user):
    Path("ci.yaml").touch()
    assert meant("ci.yaml", str(user)) == "ci.yaml"


def test_the_home_folder_may_be_named_by_its_sign(user):
    assert meant("~/my.yaml", str(user)) == str(user.parent / "my.yaml")


def test_a_whole_path_is_what_it_is(user):
    assert meant("/somewhere/my.yaml", str(user)) == "/somewhere/my.yaml"


# By make itself.

PYTHON = f"""#!/bin/sh
if [ "$2" = snakemake ]; then
    for argument in "$@"; do last="$argument"; done
    echo "given: $last"
else
    exec {sys.executable} "$@"
fi
"""


@pytest.fixture
def project(tmp_path):
    """What make needs to call Snakemake, and an environment in which that only says with what."""
    folder = tmp_path / "project"
    (folder / ".venv/bin").mkdir(parents=True)
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    (folder / "src").symlink_to(ROOT / "src")
    shutil.copy(ROOT / "requirements.lock", folder / ".venv")
    python = folder / ".venv/bin/python"
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)
    return folder


def make(folder, *arguments, **variables):
    """Call make as a shell does in a folder; return all that it prints."""
    # The tests may themselves be run by make.
    ours = {k: v for k, v in os.environ.items() if k not in {"MAKELEVEL", "MAKEFLAGS", "MFLAGS"}}
    environment = ours | {"PWD": str(folder)} | variables
    done = subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_make_takes_it_from_where_the_user_stands(project, tmp_path):
    user = tmp_path / "it's $HOME"
    user.mkdir()
    (user / "my own.yaml").write_text("style: {font_size: 9.0}", encoding="utf-8")
    printed = make(user, "-C", str(project), "figures", "CONFIG=my own.yaml")
    assert f"given: {user}/my own.yaml\n" in printed


def test_make_takes_it_from_its_folder_whatever_the_shell_says_that_is(project, tmp_path):
    for folder in (project, tmp_path):
        (folder / "my.yaml").write_text("style: {font_size: 9.0}", encoding="utf-8")
    printed = make(project, "figures", "CONFIG=my.yaml", PWD=str(tmp_path))
    assert printed == "given: my.yaml\n"


def test_make_knows_the_home_folder_by_its_sign(project, tmp_path):
    (tmp_path / "my.yaml").write_text("style: {font_size: 9.0}", encoding="utf-8")
    printed = make(project, "figures", "CONFIG=~/my.yaml", HOME=str(tmp_path))
    assert printed == f"given: {tmp_path}/my.yaml\n"


def test_make_says_where_there_is_no_such_file(project, tmp_path):
    printed = make(project, "figures", "CONFIG=~/no.yaml", HOME=str(tmp_path))
    assert f"{tmp_path}/no.yaml: there is no such config file; give its path\n" in printed
    assert "given" not in printed


def test_make_outside_of_the_projects_folder_says_so(project, tmp_path):
    printed = make(tmp_path, "-f", "project/Makefile", "figures")
    assert f"There is no requirements.lock in {tmp_path}: run make in the folder of" in printed
