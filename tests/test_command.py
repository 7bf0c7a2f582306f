"""The command ``neural-spectra analyse``, which needs no checkout of the project."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from neural_spectra.command import main
from neural_spectra.workflow.records import read_record

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where the user stands, with a network that falls to rest."""
    monkeypatch.chdir(tmp_path)
    tensors = {"0.weight": torch.eye(2), "2.weight": -torch.eye(2)}
    save_file({**tensors, "0.bias": torch.zeros(2), "2.bias": torch.zeros(2)}, "mine.safetensors")
    return tmp_path


def test_it_leaves_a_folder_with_a_page_and_says_what_a_person_reads_first(capsys):
    main(["analyse", "mine.safetensors", "--activation", "tanh"])
    printed = capsys.readouterr().out.splitlines()
    folder = Path("results/own/mine")
    summary = read_record(folder / "summary.json")
    assert printed == [
        "mine: flow, d = 2, layers 2-2-2, tanh, float32",
        *summary["sentences"],
        "Look at results/own/mine/index.html.",
    ]
    assert "<title>mine:" in (folder / "index.html").read_text(encoding="utf-8")


def test_the_results_have_the_name_and_the_place_that_are_asked_for():
    main([
        *("analyse", "mine.safetensors", "--activation", "tanh"),
        *("--name", "yours", "--results", "there"),
    ])  # fmt: skip
    assert Path("there/yours/index.html").is_file()
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no.safetensors"], "there is no file 'no.safetensors'; give the path of the network's"),
        (["mine.safetensors", "--as", "flwo"], "unknown kind of network 'flwo'; did you mean 'fl"),
        (["mine.safetensors", "--name", "../x"], "'../x' is no name of a network"),
        (["mine.safetensors"], "activation"),
    ],
)
def test_a_mistake_is_one_sentence_and_leaves_nothing(arguments, words):
    with pytest.raises(SystemExit) as error:
        main(["analyse", *arguments])
    assert words in str(error.value)
    assert [path.name for path in Path().iterdir()] == ["mine.safetensors"]


def test_it_is_the_command_of_the_installed_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"neural-spectra": "neural_spectra.command:main"}


def test_help_comes_without_the_slow_packages():
    code = (
        "import sys, neural_spectra.command as c\n"
        "try: c.main(['analyse', '--help'])\n"
        "except SystemExit: print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "src",
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"torch", "pandas", "matplotlib"} & set(run.stdout.split())
