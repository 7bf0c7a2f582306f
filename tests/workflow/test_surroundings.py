"""A process speaks UTF-8 and needs no home, wherever it is started."""

import os
import subprocess
import sys

import pytest

from neural_spectra.errors import InputError
from neural_spectra.workflow.surroundings import require_folder

# In ASCII itself, so that it is code in every locale.
SPEAKS = r"""
import os, sys
from pathlib import Path
from neural_spectra.workflow.surroundings import speak_utf8
speak_utf8(Path("temporary"))
print("\u03c1", open("text").read(), sys.argv[1], os.path.exists("temporary"))
"""
ASKS = """
import getpass, os
from pathlib import Path
from neural_spectra.workflow.surroundings import need_no_home
need_no_home(Path.cwd())
print(getpass.getuser())
import matplotlib
print(os.path.samefile(matplotlib.get_cachedir(), "matplotlib"))
"""


def run(code, folder, *options, **variables):
    """Run code in a new process; return what it prints, in bytes, and what it complains about."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code, "ñ"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)} | variables,
        capture_output=True,
        check=False,
    )
    return done.stdout, done.stderr


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C.UTF-8"},
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
        {"LC_ALL": "xx_YY.ISO-8859-1", "PYTHONUTF8": "0"},
        {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "latin-1:strict", "PYTHONUTF8": "1"},
    ],
    ids=lambda variables: " ".join(variables.values()),
)
def test_what_is_read_printed_and_given_is_utf8_in_every_locale(variables, tmp_path):
    (tmp_path / "text").write_text("Drgoňa", encoding="utf-8")
    printed, complaints = run(SPEAKS, tmp_path, **variables)
    assert (printed.decode(), complaints) == ("ρ Drgoňa ñ False\n", b"")


def test_a_process_that_speaks_it_is_not_started_again(tmp_path):
    (tmp_path / "text").touch()
    (tmp_path / "temporary").mkdir()
    printed, _ = run(SPEAKS, tmp_path, LC_ALL="C.UTF-8")
    assert printed.endswith(b"True\n")


def test_a_process_that_is_made_to_speak_another_encoding_is_started_again_only_once(tmp_path):
    (tmp_path / "text").touch()
    _, complaints = run(SPEAKS, tmp_path, "-X", "utf8=0", LC_ALL="C", PYTHONCOERCECLOCALE="0")
    assert b"UnicodeEncodeError" in complaints


def test_fonts_are_listed_in_the_folder_of_the_run_and_the_user_has_a_name(tmp_path):
    printed, complaints = run(ASKS, tmp_path, HOME="/proc/nowhere")
    assert (printed.split(), complaints) == ([str(os.getuid()).encode(), b"True"], b"")


def test_a_user_keeps_the_name_that_the_machine_knows(tmp_path):
    assert run(ASKS, tmp_path, USER="ada")[0].split()[0] == b"ada"


def test_a_run_outside_of_the_projects_folder_is_told_where_that_is(tmp_path, monkeypatch):
    project = tmp_path / "the project"
    (project / "config").mkdir(parents=True)
    (tmp_path / "elsewhere" / "config").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "elsewhere"):
        monkeypatch.chdir(folder)
        with pytest.raises(InputError) as error:
            require_folder(project)
        assert str(error.value) == (
            f"{folder} is not the folder of the project: run snakemake in {project}, or with "
            f"--directory '{project}'"
        )


def test_a_folder_with_links_to_the_project_will_do(tmp_path, monkeypatch):
    (tmp_path / "project" / "config").mkdir(parents=True)
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "config").symlink_to(tmp_path / "project" / "config")
    monkeypatch.chdir(tmp_path / "linked")
    require_folder(tmp_path / "project")
