"""What lies in the place of a result and is none is named before anything runs."""

import os
from pathlib import Path

import pytest

from neural_spectra.errors import InputError
from neural_spectra.workflow.results_folder import require_files_in_folders

RESULTS = Path("results")
TABLE = RESULTS / "rnn" / "data" / "orbits.csv"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    TABLE.parent.mkdir(parents=True)


def told():
    with pytest.raises(InputError) as error:
        require_files_in_folders(RESULTS)
    return str(error.value).split("\n  ")


def test_results_and_whatever_else_a_user_keeps_there_are_left_alone():
    TABLE.touch()
    (RESULTS / "notes").touch()
    (RESULTS / "old.results").mkdir()
    linked = RESULTS / "rnn" / "data" / "linked.csv"
    linked.symlink_to(TABLE.absolute())
    require_files_in_folders(RESULTS)


def test_without_results_there_is_nothing_to_say():
    require_files_in_folders(Path("nowhere"))


@pytest.mark.parametrize(
    "make",
    [
        Path.mkdir,
        os.mkfifo,
        lambda path: path.symlink_to("nowhere"),
        lambda path: path.symlink_to(path.name),
    ],
    ids=["folder", "pipe", "dangling link", "link to itself"],
)
def test_what_has_the_name_of_a_result_and_is_no_file_is_named(make):
    make(TABLE)
    assert told() == [f"{TABLE} is no file; move it away and run again"]


def test_a_file_in_the_place_of_a_folder_is_named():
    (RESULTS / "rnn" / "logs").touch()
    (RESULTS / "saturation").touch()
    assert told() == [
        f"{RESULTS}/{name} is no folder; move it away and run again"
        for name in ("rnn/logs", "saturation")
    ]


def test_a_file_in_the_place_of_all_results_is_named():
    TABLE.parent.rmdir()
    TABLE.parent.parent.rmdir()
    RESULTS.rmdir()
    RESULTS.touch()
    assert told() == ["results is no folder; move it away and run again"]
