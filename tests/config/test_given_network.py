"""Which networks `make analyse NETWORK=… CONFIG=…` means."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import save_file

ROOT = Path(__file__).parents[2]
# An environment in which Snakemake only says with what it is called.
PYTHON = f"""#!/bin/sh
if [ "$2" = snakemake ]; then
    echo "$@"
else
    exec {sys.executable} "$@"
fi
"""


@pytest.fixture
def project(tmp_path):
    """What make needs, with the user's folder and a network in it beside."""
    folder, user = tmp_path / "project", tmp_path / "it's mine"
    (folder / ".venv/bin").mkdir(parents=True)
    user.mkdir()
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    (folder / "src").symlink_to(ROOT / "src")
    shutil.copy(ROOT / "requirements.lock", folder / ".venv")
    python = folder / ".venv/bin/python"
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)
    tensors = {"0.weight": torch.ones(3, 2), "2.weight": torch.ones(2, 3)}
    save_file(tensors, user / "my net.safetensors", {"activation": "tanh"})
    (user / "my.yaml").write_text("own: {settings: {seed: 1}}", encoding="utf-8")
    return folder


def make(project, *arguments, **variables):
    """Call make -C from the user's folder; return all that it prints."""
    user = project.parent / "it's mine"
    done = subprocess.run(
        ["make", "-C", str(project), *arguments],
        cwd=user,
        env=os.environ | {"PWD": str(user)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def networks(project):
    file = project / ".snakemake/given_network.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))["own"]["networks"]


def test_make_takes_the_file_from_where_the_user_stands(project):
    printed = make(project, "analyse", "NETWORK=my net.safetensors", "AS=map")
    assert "--cores all --configfile .snakemake/given_network.yaml -- analyse\n" in printed
    file = f"{project.parent}/it's mine/my net.safetensors"
    (network,) = networks(project).items()
    assert network == ("my_net", {"file": file, "kind": "map", "output_activation": False})


def test_the_environments_own_words_are_none_of_the_users(project):
    make(project, "analyse", "NETWORK=my net.safetensors", AS="gas", NAME="host", FORM="a")
    assert networks(project)["my_net"]["kind"] == "flow"


def test_a_config_lies_below_the_network(project):
    printed = make(project, "analyse", "NETWORK=my net.safetensors", "CONFIG=my.yaml")
    config = f"{project.parent}/it's mine/my.yaml"
    assert f"--configfile {config} .snakemake/given_network.yaml -- analyse\n" in printed


def test_a_config_may_name_the_networks_itself(project):
    printed = make(project, "analyse", "CONFIG=my.yaml")
    assert f"--configfile {project.parent}/it's mine/my.yaml -- analyse\n" in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "make analyse: say which network, by NETWORK=mine.safetensors or by a config, CONFIG"),
        (["NETWORK=no.safetensors"], "there is no file 'no.safetensors'"),
        (["NETWORK=my net.safetensors", "AS=flwo"], "did you mean 'flow'?"),
        (["NETWORK=my net.safetensors", "NAME=../x"], "'../x' is no name of a network"),
        (["NETWORK=my net.safetensors", "ACTIVATION=tanj"], "tanj"),
    ],
)
def test_a_mistake_is_one_sentence_before_snakemake_starts(project, arguments, words):
    printed = make(project, "analyse", *arguments)
    assert words in printed
    assert "snakemake --cores" not in printed
    assert "Traceback" not in printed
