"""Which modules a script stands on."""

import ast
from pathlib import Path

import pytest

from neural_spectra.workflow.code_hash import PACKAGE, code_of

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))


def modules(script):
    return {
        file.relative_to(PACKAGE).as_posix() for file in code_of(script) if PACKAGE in file.parents
    }


@pytest.fixture
def script(tmp_path):
    def write(text):
        (tmp_path / "script.py").write_text(text, encoding="utf-8")
        return tmp_path / "script.py"

    return write


def test_an_import_is_followed_through_the_modules_it_imports(script):
    found = modules(script("from neural_spectra.networks.weights_file import load_network"))
    assert "__init__.py" in found
    assert {"networks/weights_file.py", "activations/torch_activations.py"} <= found
    assert "config/checking.py" not in found


def test_a_module_imported_as_a_name_is_found(script):
    assert "workflow/records.py" in modules(script("from neural_spectra.workflow import records"))


def test_an_import_inside_a_function_is_found(script):
    assert "workflow/records.py" in modules(
        script("def f():\n    import neural_spectra.workflow.records")
    )


def test_other_packages_are_left_out(script):
    assert modules(script("import numpy, json")) == set()


def test_every_script_names_only_files_that_exist():
    assert SCRIPTS
    for path in SCRIPTS:
        assert all(file.exists() for file in code_of(path))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_drawing_script_loads_no_torch(path):
    if not path.stem.startswith("draw_"):
        return
    for file in code_of(path):
        imported = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert not imported & {"torch", "torchdiffeq"}, file
