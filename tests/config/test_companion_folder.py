"""The folder of the companion paper's networks: what has to be in it."""

import json

import pytest

from neural_spectra.config.companion_folder import (
    companion_networks,
    companion_scaling,
    complete_folder,
)

RANGES = {"t": [0, 300], "V": [-50.0, 40.0], "N": [0.0, 0.5], "samples": 3000}
SCALING = {"hopf": RANGES, "snlc": RANGES}
ERRORS = "set,epochs,MSE_V_mV2,MSE_N\nhopf,1000,428.8,0.01\nsnlc,2000,78.9,0.001\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "published_errors.csv").write_text(ERRORS, encoding="utf-8")
    (tmp_path / "scaling.json").write_text(json.dumps(SCALING), encoding="utf-8")
    for name in ("hopf_1000", "snlc_2000"):
        (tmp_path / f"{name}.safetensors").write_bytes(b"")
    return tmp_path


def test_a_complete_folder_lists_its_networks(folder):
    assert complete_folder(str(folder)) == str(folder)
    first, second = companion_networks(str(folder))
    assert (first.set, first.epochs, first.published) == ("hopf", 1000, 428.8)
    assert second.file == f"{folder}/snlc_2000.safetensors"


@pytest.mark.parametrize("name", ["scaling.json", "published_errors.csv", "snlc_2000.safetensors"])
def test_a_file_that_is_missing_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ValueError, match=f"there is no file .*{name}"):
        complete_folder(str(folder))


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"there is no folder .*nowhere"):
        complete_folder(f"{tmp_path}/nowhere")


@pytest.mark.parametrize(
    "text", ["set,epochs\nhopf,1000\n", "set,epochs,MSE_V_mV2\nhopf,many,1\n", "hopf\n1000\n"]
)
def test_errors_that_are_no_table_of_numbers_are_refused(folder, text):
    (folder / "published_errors.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="the columns set, epochs and MSE_V_mV2 are needed"):
        complete_folder(str(folder))


def test_the_scaling_is_read_as_numbers(folder):
    assert companion_scaling(str(folder))["hopf"]["V"] == [-50.0, 40.0]


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"hopf": 1}', json.dumps({"hopf": RANGES | {"V": "ab"}}), "[" * 100_000]
)
def test_a_scaling_that_is_none_is_refused(folder, text):
    (folder / "scaling.json").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"scaling\.json: for each set the ranges t, V and N"):
        complete_folder(str(folder))


def test_a_set_without_a_scaling_is_named(folder):
    (folder / "scaling.json").write_text(json.dumps({"hopf": RANGES}), encoding="utf-8")
    with pytest.raises(ValueError, match="says nothing of the set 'snlc'"):
        complete_folder(str(folder))
