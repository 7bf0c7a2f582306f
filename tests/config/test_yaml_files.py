"""What a config file may hold, and what is said of everything else."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from neural_spectra.config.yaml_files import read_config
from neural_spectra.errors import InputError

ROOT = Path(__file__).parents[2]

NO_CONFIG = {
    "nothing": ("", "holds no block of keys"),
    "a comment": ("# saturation: {}\n", "holds no block of keys"),
    "a list": ("- saturation\n", "holds no block of keys"),
    "a tab": ("style:\n\tfont_size: 9.0\n", r", line 2: is no plain YAML \(found character"),
    "an open bracket": ("studies: [rnn\n", r", line 2: is no plain YAML \(did not find"),
    "a control character": ("style: \x07\n", r": is no plain YAML \(unacceptable character"),
    "thousands of brackets": ("a: " + "[" * 5000, "is no plain YAML"),
    "an object": ("style: !!python/name:os.system\n", r", line 1: is no plain YAML \(could not"),
    "a key twice": (
        "rnn: {}\nstyle: {}\nrnn: {}\n",
        ", line 3: the key 'rnn' stands in line 1 already; join the two",
    ),
    "a key twice further in": ("rnn: {orbits: {}, orbits: {}}\n", "the key 'orbits' stands in"),
    "a number as a key": ("1: 2\n", ", line 1: the key 1 is not text; put it in quotes"),
    "nothing as a key": ("null: 2\n", ", line 1: the key null is not text; put it in quotes"),
    "a list as a key": ("[rnn]: 2\n", ", line 1: the key .* is not text"),
    "leave to run code": (
        "__use_yte__: true\nstudies: '?1'\n",
        ": __use_yte__: Snakemake would run code in this file; remove the key",
    ),
}


@pytest.mark.parametrize("mistake", NO_CONFIG)
def test_what_is_no_plain_block_of_keys_is_refused_with_its_place(mistake, tmp_path):
    content, words = NO_CONFIG[mistake]
    file = tmp_path / "mine.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=f"^{file}{'' if words[0] in ':,' else '.*'}{words}"):
        read_config(file)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(InputError, match="there is no such config file; give its path"):
        read_config(tmp_path / "nowhere.yaml")
    with pytest.raises(InputError, match=r"cannot be read \(Is a directory\); give a file"):
        read_config(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("note: für\n".encode("latin-1"))
    with pytest.raises(InputError, match="is not text in UTF-8; save it as that"):
        read_config(tmp_path / "latin.yaml")


def test_a_block_may_be_written_once_and_merged_elsewhere(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("one: &one {a: 1, b: 2}\ntwo: {<<: *one, b: 3}\n", encoding="utf-8")
    assert read_config(file) == {"one": {"a": 1, "b": 2}, "two": {"a": 1, "b": 3}}


@pytest.fixture
def environment(tmp_path):
    """What `make` takes for a finished environment: this Python, and the copy of the lock."""
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (tmp_path / "venv" / "requirements.lock").touch()
    return tmp_path / "venv"


@pytest.mark.parametrize("name", ["nowhere.yaml", "my file.yaml", "$(touch marker).yaml"])
def test_make_looks_at_a_config_file_before_snakemake_does(name, environment, tmp_path):
    marker = tmp_path / "marker"
    code = f"""'?__import__("os").system("touch {marker}") + 8.0'"""
    if name != "nowhere.yaml":
        (tmp_path / name).write_text(
            f"__use_yte__: true\nstyle: {{font_size: {code}}}\n", encoding="utf-8"
        )
    done = subprocess.run(
        ["make", "figures", f"VENV={environment}", "CORES=1"],
        env={**os.environ, "CONFIG": str(tmp_path / name)},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path / name}: ")
    assert "snakemake" not in done.stdout + done.stderr.splitlines()[1]
    assert not marker.exists()
