"""What a config file may hold, and what is said of everything else."""

import os
import re
import shlex
import subprocess
import sys
from itertools import pairwise
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


def unfolding(first, blocks):
    """Return YAML in which every line holds the one before so many times."""
    names = "abcdefghijkl"
    lines = [f"{after}: &{after} {blocks(f'*{name}')}" for name, after in pairwise(names)]
    return "\n".join([f"a: &a {first}", *lines])


NO_DATA = {
    "a month that there is not": "a: 2024-13-45",
    "a date": "a: 2024-01-01",
    "a time": "a: 2024-01-01 10:00:00",
    "no whole number": "a: !!int abc",
    "an empty whole number": "a: !!int ''",
    "no number": "a: !!float abc",
    "neither yes nor no": "a: !!bool abc",
    "something called nothing": "a: !!null abc",
    "no time": "a: !!timestamp abc",
    "bytes": "a: !!binary YWJj",
    "no bytes": "a: !!binary a",
    "a set": "a: !!set {b, c}",
    "an ordered block": "a: !!omap [b: 1]",
    "a block that is text": "a: !!map abc",
    "a list that is a block": "a: !!seq {b: 1}",
    "a number that is a list": "a: !!int [1]",
    "a mark of its own": "a: !mine 1",
    "the sign of a default": "a: =",
    "a merged sign": "a: <<",
    "thousands of digits": f"a: {'9' * 5000}",
    "hundreds of digits": f"a: {'9' * 400}",
    "hundreds of digits and a point": f"a: {'9' * 400}.0",
    "thousands of digits in base 16": f"a: 0x{'f' * 5000}",
    "base 8": "a: 010",
    "base 60": "a: 1:30",
    "base 60 and a point": "a: 1:30.5",
    "an overflow": "a: 1.0e+999",
    "an underflow": "a: -1.0e-999",
    "lists in lists": f"a: {'[' * 100_000}{']' * 100_000}",
    "lists in lists that never end": f"a: {'[' * 100_000}",
    "blocks in blocks": f"a: {'{a: ' * 100_000}1{'}' * 100_000}",
    "lists in lists, in lines": f"a:\n{'- ' * 100_000}1",
    "blocks in blocks, in lines": "\n".join(f"{' ' * k}a:" for k in range(1000)),
    "keys in keys": f"{'? ' * 100_000}a",
    "a list in itself": "a: &a [*a]",
    "a block in itself": "a: &a {b: *a}",
    "a block merged into itself": "a: &a {<<: *a}",
    "a name for nothing": "a: *b",
}


@pytest.mark.parametrize("mistake", NO_DATA)
def test_what_is_no_data_is_refused_in_one_sentence_before_it_is_built(mistake, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(NO_DATA[mistake], encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_config(file)
    assert re.match(rf"{file}, line \d+: is no plain YAML \(", str(error.value))
    assert len(str(error.value)) < 1000
    assert str(error.value).isprintable()


BOMBS = {
    "a list": unfolding("[x, x]", lambda name: f"[{', '.join([name] * 10)}]"),
    "an empty list": unfolding("[]", lambda name: f"[{', '.join([name] * 10)}]"),
    "a block": unfolding(
        "{x: 1}", lambda name: f"{{{', '.join(f'k{k}: {name}' for k in range(10))}}}"
    ),
    "a merged block": unfolding("{x: 1}", lambda name: f"{{<<: [{', '.join([name] * 10)}]}}"),
    "a list in lines": unfolding("[x]", lambda name: "".join(f"\n- {name}" for _ in range(10))),
    "a long text": f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 1000)}]",
    "nothing else": "a: " + "x" * 2_000_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_would_fill_a_machine_is_refused_before_it_is_written_out(bomb, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(BOMBS[bomb], encoding="utf-8")
    with pytest.raises(InputError, match=r"more than 1000000 characters.*; leave some out"):
        read_config(file)


def test_a_file_without_an_end_is_refused():
    with pytest.raises(InputError, match="/dev/zero: has more than 1000000 characters"):
        read_config("/dev/zero")


@pytest.mark.parametrize(
    "character",
    [r"\e", r"\a", r"\0", r"\x7f", r"\x9b", r"\r", r"\u202e", r"\u2066", r"\u200b", r"\u2028"],
)
@pytest.mark.parametrize("place", ['a: "x{}"', '"x{}": 1', 'a: [{{b: "{}"}}]', '!!str "{}": 1'])
def test_a_character_that_nobody_sees_is_refused_wherever_it_stands(place, character, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(place.format(character), encoding="utf-8")
    with pytest.raises(
        InputError, match=f"^{file}, line 1: .*which nobody sees; leave it"
    ) as error:
        read_config(file)
    assert str(error.value).isprintable()


def test_plain_data_is_read_as_it_is_written(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "text: [a, '1.0', 'nan', \"d\\te\", ς ≥ µ, 1e-9]\n"
        "lines: |\n  one\n  two\n"
        "numbers: [0, -7, 1_000, 0.5, 1.0e-300, -1.0e+308, 00.5, .inf, -.inf]\n"
        "others: [yes, Off, ~, null, '']\n"
        "nothing:\n",
        encoding="utf-8",
    )
    assert read_config(file) == {
        "text": ["a", "1.0", "nan", "d\te", "ς ≥ µ", "1e-9"],
        "lines": "one\ntwo\n",
        "numbers": [0, -7, 1000, 0.5, 1e-300, -1e308, 0.5, float("inf"), -float("inf")],
        "others": [True, False, None, None, ""],
        "nothing": None,
    }


def test_a_merged_key_that_is_no_text_is_refused(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("a: {<<: {1: 2}}", encoding="utf-8")
    with pytest.raises(InputError, match="line 1: the key 1 is not text; put it in quotes"):
        read_config(file)


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
