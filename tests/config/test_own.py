"""Networks of the user's own in a config: where they are, what they are, how they are called."""

import os
from dataclasses import fields
from pathlib import Path

import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import save_file

from neural_spectra.config.given_network import FILE, name_after, network_given, write_config
from neural_spectra.config.own import Own, OwnNetwork, OwnSettings, what_is_understood
from neural_spectra.config.yaml_files import read_config
from neural_spectra.errors import InputError
from neural_spectra.studies.own.map_settings import MapSettings
from neural_spectra.studies.own.settings import FlowSettings


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Where the command runs, with the home and the user's folder beside it."""
    for folder in ("project", "home", "user"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("USER_FOLDER", raising=False)
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


def save(path="mine.safetensors"):
    """Write weights of a network from the plane to the plane."""
    layers = {"layer_1": (torch.ones(3, 2), torch.zeros(3)), "layer_2": (torch.ones(2, 3),)}
    tensors = {f"{name}.weight": tensors[0] for name, tensors in layers.items()}
    tensors |= {"layer_1.bias": torch.zeros(3), "layer_2.bias": torch.zeros(2)}
    metadata = {"format": "neural-spectra", "version": "1", "activation": "tanh"}
    save_file(tensors, path, metadata)


def refusal(**network):
    with pytest.raises(ValidationError) as error:
        OwnNetwork(**network)
    (mistake,) = error.value.errors()
    return mistake["msg"].removeprefix("Value error, ")


# Where a file is.


def test_a_file_is_the_one_where_the_user_stands(project, monkeypatch):
    user = project.parent / "user"
    monkeypatch.setenv("USER_FOLDER", str(user))
    save(user / "mine.safetensors")
    assert OwnNetwork(file="mine.safetensors").file == str(user / "mine.safetensors")


def test_a_file_of_the_projects_own_may_be_named_from_elsewhere(project, monkeypatch):
    monkeypatch.setenv("USER_FOLDER", str(project.parent / "user"))
    save()
    assert OwnNetwork(file="mine.safetensors").file == "mine.safetensors"


def test_the_home_folder_may_be_named_by_its_sign_unless_a_file_is_called_so(project):
    home = project.parent / "home"
    save(home / "mine.safetensors")
    assert OwnNetwork(file="~/mine.safetensors").file == f"{home}/mine.safetensors"
    Path("~").mkdir()
    save("~/mine.safetensors")
    assert OwnNetwork(file="~/mine.safetensors").file == "~/mine.safetensors"


def test_a_file_that_is_not_there_is_named():
    said = refusal(file="mine.safetensors")
    assert said == ("there is no file 'mine.safetensors'; give the path of the network's weights")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named():
    save()
    Path("mine.safetensors").chmod(0)
    assert refusal(file="mine.safetensors").endswith("may not be read; make it readable")


@pytest.mark.parametrize("name", ["{mine}.safetensors", "mi\nne.safetensors"])
def test_a_name_that_snakemake_or_a_terminal_would_misread_is_refused(name):
    save(name)
    assert refusal(file=name).endswith("rename the file")


# What it is.


def test_only_a_skew_rnn_has_a_form_and_only_it_must_tell_its_activation():
    save()
    assert refusal(file="mine.safetensors", form="sigma(A x)") == (
        "form is for kind: skew-rnn, not for a flow; leave it out"
    )
    assert refusal(file="mine.safetensors", kind="skew-rnn") == (
        "a skew-rnn needs its activation; add activation: tanh, say"
    )


def test_two_names_that_are_one_folder_on_some_machines_are_refused():
    save()
    mine = {"file": "mine.safetensors"}
    with pytest.raises(ValidationError, match="'mine' and 'Mine' are one folder"):
        Own(networks={"mine": mine, "Mine": mine})


@pytest.mark.parametrize("name", ["../mine", "a/b", ".", "..", "-mine", "mi ne", "m" * 65])
def test_a_name_that_is_no_folder_of_the_results_is_refused(name):
    save()
    with pytest.raises(ValidationError, match="String should match pattern"):
        Own(networks={name: {"file": "mine.safetensors"}})
    with pytest.raises(InputError, match="is no name of a network"):
        network_given("mine.safetensors", name=name)


def test_all_files_that_cannot_be_read_are_told_at_once():
    for name in ("a", "b"):
        Path(f"{name}.safetensors").write_text("nothing", encoding="utf-8")
    networks = {name: OwnNetwork(file=f"{name}.safetensors") for name in ("a", "b")}
    with pytest.raises(InputError) as error:
        what_is_understood(networks)
    assert [line.strip()[:14] for line in str(error.value).split("\n")] == [
        "a.safetensors:",
        "b.safetensors:",
    ]


# What an analysis may cost.


@pytest.mark.parametrize(("kind", "settings"), [("flow", FlowSettings), ("map", MapSettings)])
def test_the_settings_are_those_that_the_analyses_take(kind, settings):
    every = OwnSettings(
        starts=9, seed=1, evaluations=2000, cells=2048, turns=9.0, scales=[1.0], plane=[1, 2]
    )
    assert set(every.of_kind(kind)) == {field.name for field in fields(settings)}
    assert every.of_kind("skew-rnn") == {"seed": 1}
    assert OwnSettings().of_kind(kind) == {}


# On a command line.


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("folder/mine.safetensors", "mine"),
        ("my net (final).safetensors", "my_net_final"),
        ("Zoë.v2.safetensors", "Zo_v2"),
        ("--.safetensors", "network"),
        ("ζ.safetensors", "network"),
        ("a" * 80, "a" * 64),
    ],
)
def test_a_network_is_called_after_its_file_as_far_as_a_folder_can_be(path, name):
    assert name_after(path) == name


def test_what_the_command_line_leaves_empty_is_left_out():
    save()
    name, network = network_given("mine.safetensors", kind="", activation="", form="", name="")
    assert (name, network) == ("mine", OwnNetwork(file="mine.safetensors"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "flwo"}, "unknown kind of network 'flwo'; did you mean 'flow'?; known are flow"),
        (
            {"kind": "skew-rnn", "activation": "tanh", "form": "A sigma x"},
            "unknown form 'A sigma x'",
        ),
        ({"form": "sigma(A x)"}, "form is for kind: skew-rnn"),
        ({"kind": "skew-rnn"}, "a skew-rnn needs its activation"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(given, words):
    save()
    with pytest.raises(InputError) as error:
        network_given("mine.safetensors", **given)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_the_config_made_of_a_command_says_the_same():
    save()
    write_config(*network_given("mine.safetensors", name="yours"), others="")
    content = read_config(FILE)["own"]
    assert Own(**content).networks == {"yours": OwnNetwork(file="mine.safetensors")}


def test_a_name_that_the_other_config_uses_already_is_refused():
    save()
    Path("my.yaml").write_text("own: {networks: {mine: {file: other}}}", encoding="utf-8")
    with pytest.raises(InputError, match=r"my\.yaml: there is a network 'mine' already"):
        write_config(*network_given("mine.safetensors"), others="my.yaml")
    assert not FILE.exists()
