"""What `make` says before it installs anything where the environment could not work."""

import shutil
import subprocess
import sys

import pytest
from copies import ROOT

sys.path.insert(0, str(ROOT / "workflow"))
from check_machine import complaint

HERE = {"version": (3, 12), "system": "Linux", "machine": "x86_64"}


@pytest.mark.parametrize(
    "machine",
    [
        {},
        {"version": (3, 11)},
        {"version": (3, 13)},
        {"system": "Darwin", "machine": "arm64", "macos": "14.0"},
        {"machine": "aarch64"},
    ],
)
@pytest.mark.parametrize("folder", ["/home/user/project/.venv", "/home/Zoë/a-b_c.d+e/.venv"])
def test_a_machine_that_can_have_the_environment_gets_no_sentence(machine, folder):
    assert complaint(folder, **HERE | machine) is None


@pytest.mark.parametrize(
    ("machine", "remedy"),
    [
        ({"version": (3, 10)}, "3.11 to 3.13 are needed: set PYTHON="),
        ({"version": (3, 14)}, "has no wheel yet: set PYTHON="),
        ({"system": "Darwin", "machine": "x86_64", "macos": "14.0"}, "use a Python for arm64"),
        ({"system": "Darwin", "machine": "arm64", "macos": "13.6"}, "this is macOS 13.6: update"),
    ],
)
def test_a_machine_that_cannot_gets_the_remedy(machine, remedy):
    assert remedy in complaint("/home/user/.venv", **HERE | machine)


@pytest.mark.parametrize("sign", list(" '\"$`\\;&|<>()*?[]#!{}~\t\n"))
def test_a_path_that_a_shell_would_take_apart_is_named(sign):
    found = complaint(f"/home/my{sign}project/.venv", **HERE)
    assert repr(sign) in found
    assert "set VENV to a folder without such signs" in found


@pytest.mark.parametrize("name", ["a folder", "it's", "50 % (old) & new"])
def test_in_such_a_folder_make_installs_nothing_and_works_with_another_venv(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    for needed in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / needed, folder)
    shutil.copytree(ROOT / "workflow", folder / "workflow")

    def make(*arguments):
        command = ["make", f"PYTHON={sys.executable}", *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    refused = make("verify")
    assert "set VENV to a folder without such signs" in refused.stderr
    assert not (folder / ".venv").exists()
    elsewhere = tmp_path / "venv"
    elsewhere.mkdir()
    shutil.copy(ROOT / "requirements.lock", elsewhere)
    assert "set VENV" not in make("verify", f"VENV={elsewhere}").stderr


def test_a_job_runs_in_such_a_folder_with_the_environment_elsewhere(tmp_path):
    folder = tmp_path / "it's a folder"
    names = ("Snakefile", "config", "environment.yml", "profiles", "scripts", "src", "workflow")
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(ROOT / name)
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "results/rnn/data/level_sets.csv"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (folder / "results/rnn/data/level_sets.csv").exists()
