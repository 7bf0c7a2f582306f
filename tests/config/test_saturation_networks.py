"""Where the weights of a user's own network are."""

import pytest
from pydantic import ValidationError

from neural_spectra.config.saturation_networks import GivenNetwork


def given(weights):
    return GivenNetwork(method="file", weights=weights, seeds=1).weights


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.safetensors").touch()
    return tmp_path


def test_the_home_folder_may_be_named_by_its_sign(home):
    assert given("~/mine.safetensors") == f"{home}/mine.safetensors"


def test_a_folder_of_that_name_comes_first(home, monkeypatch):
    monkeypatch.chdir(home)
    (home / "~").mkdir()
    (home / "~" / "mine.safetensors").touch()
    assert given("~/mine.safetensors") == "~/mine.safetensors"


def test_a_file_that_is_not_there_is_named_with_its_whole_path(home):
    with pytest.raises(ValidationError, match=rf"there is no file '{home}/no\.safetensors'; give"):
        given("~/no.safetensors")


def test_a_file_that_may_not_be_read_is_named(home, monkeypatch):
    # Root may read anything, so that a mode would prove nothing.
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(ValidationError, match="may not be read; make it readable"):
        given("~/mine.safetensors")
