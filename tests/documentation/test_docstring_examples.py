"""The examples in the docstrings, which the API pages show: each gives what it says."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "neural_spectra"
# Rooms that a reader uses from Python.
USED_FROM_PYTHON = ("activations", "networks", "flows", "maps", "bounds", "claims")


WITH_EXAMPLES = [
    ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
    for file in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in file.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_give_what_they_say(name, tmp_path, monkeypatch):
    # Some write files.
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(import_module(name))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("room", USED_FROM_PYTHON)
def test_a_room_that_is_used_from_python_has_an_example(room):
    assert any(name.startswith(f"neural_spectra.{room}.") for name in WITH_EXAMPLES)
