"""Which modules a script stands on, and the order of the floors."""

import ast
from pathlib import Path

import pytest

from neural_spectra.code_dependencies import PACKAGE, code_of

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))


def modules(script):
    return {
        file.relative_to(PACKAGE).as_posix() for file in code_of(script) if PACKAGE in file.parents
    }


@pytest.fixture
def script(tmp_path):
    def write(text):
        (tmp_path / "script.py").write_text(text)
        return tmp_path / "script.py"

    return write


def test_an_import_is_followed_through_the_modules_it_imports(script):
    found = modules(script("from neural_spectra.weights_file import load_network"))
    assert {"__init__.py", "weights_file.py", "networks.py", "activations.py"} <= found
    assert "config.py" not in found


def test_a_module_imported_as_a_name_is_found(script):
    assert "records.py" in modules(script("from neural_spectra import records"))


def test_an_import_inside_a_function_is_found(script):
    assert "records.py" in modules(script("def f():\n    import neural_spectra.records"))


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
            for node in ast.walk(ast.parse(file.read_text()))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }
        assert not imported & {"torch", "torchdiffeq"}, file


@pytest.mark.parametrize(
    ("floor", "forbidden"),
    [
        ("*.py", ("studies", "figures")),
        ("studies/**/*.py", ("figures",)),
        ("figures/**/*.py", ("studies",)),
    ],
)
def test_arrows_only_go_down(floor, forbidden):
    files = sorted(PACKAGE.glob(floor))
    assert files
    for file in files:
        for module in modules(file):
            assert not module.startswith(tuple(f"{name}/" for name in forbidden)), (file, module)
