"""What a user may rely on: every public name is there, explained, and its example runs."""

import ast
import doctest
import inspect
from pathlib import Path

import pytest

import neural_spectra


@pytest.mark.parametrize("name", neural_spectra.__all__)
def test_a_public_name_is_there_and_explained(name):
    public = getattr(neural_spectra, name)
    assert len(inspect.getdoc(public).splitlines()) >= 3
    assert name in dir(neural_spectra)


@pytest.mark.many_steps
@pytest.mark.parametrize("name", neural_spectra.__all__)
def test_the_example_of_a_public_name_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    public = inspect.unwrap(getattr(neural_spectra, name))
    (test,) = doctest.DocTestFinder(recurse=False).find(public, name, globs={})
    assert test.examples, f"{name} has no example"
    assert doctest.DocTestRunner().run(test).failed == 0


def test_type_checkers_see_the_same_names_as_programs():
    tree = ast.parse(Path(neural_spectra.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module.removeprefix("neural_spectra.")
        for node in block.body
        for alias in node.names
    }
    assert seen == neural_spectra._MODULES
    assert list(seen)
    assert sorted(seen) == sorted(neural_spectra.__all__)


def test_a_name_that_is_not_there_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'analyze'"):
        neural_spectra.analyze  # noqa: B018
