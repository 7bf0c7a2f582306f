"""What the code behind a script is: its modules, and the packages that these import."""

import ast
from importlib.metadata import version
from pathlib import Path

import pytest

from neural_spectra.errors import InputError
from neural_spectra.workflow import code_hash
from neural_spectra.workflow.code_hash import PACKAGE, code_of, files_behind, installed_versions

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))
FIGURES = sorted((PACKAGE / "figures").glob("*/*.py"))


def modules(*files):
    return {
        file.relative_to(PACKAGE).as_posix()
        for file in files_behind(files)
        if PACKAGE in file.parents
    }


@pytest.fixture
def script(tmp_path):
    def write(text):
        (tmp_path / "script.py").write_text(text, encoding="utf-8")
        return tmp_path / "script.py"

    return write


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout of a script and two modules behind it; gives what changes one of its files."""
    texts = {
        "scripts/study/curve.py": "from neural_spectra.curves import curve",
        "src/neural_spectra/__init__.py": "",
        "src/neural_spectra/curves.py": "from neural_spectra.points import points",
        "src/neural_spectra/points.py": "import numpy, json\nimport yaml",
        "src/neural_spectra/other.py": "import torch",
    }

    def write(file, text):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        forget()

    def forget():
        code_hash._source.cache_clear()
        code_hash._files.cache_clear()

    for file, text in texts.items():
        write(file, text)
    monkeypatch.setattr(code_hash, "ROOT", tmp_path)
    monkeypatch.setattr(code_hash, "PACKAGE", tmp_path / "src" / "neural_spectra")
    yield lambda file: write(file, texts[file] + "\n# changed")
    forget()


def test_the_code_names_the_script_and_the_versions_of_what_its_modules_import(checkout):
    code = code_of("study/curve.py")
    assert code["script"] == "scripts/study/curve.py"
    assert code["versions"] == {"numpy": version("numpy"), "pyyaml": version("pyyaml")}


@pytest.mark.parametrize(
    ("file", "behind"),
    [
        ("scripts/study/curve.py", True),
        ("src/neural_spectra/__init__.py", True),
        ("src/neural_spectra/points.py", True),
        ("src/neural_spectra/other.py", False),
    ],
)
def test_a_change_of_a_file_changes_the_code_of_what_stands_on_it_only(checkout, file, behind):
    before = code_of("study/curve.py")
    checkout(file)
    assert (code_of("study/curve.py") != before) == behind


def test_a_module_that_the_script_is_given_by_name_belongs_to_its_code(checkout):
    given, alone = code_of("study/curve.py", ["other"]), code_of("study/curve.py")
    assert given["versions"].keys() - alone["versions"].keys() == {"torch"}
    checkout("src/neural_spectra/other.py")
    assert code_of("study/curve.py", ["other"])["checksum"] != given["checksum"]


def test_a_package_that_is_not_installed_is_a_sentence_with_the_remedy():
    with pytest.raises(InputError, match=r"package no_such_package is not installed here; set"):
        installed_versions(["no_such_package"])


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


@pytest.mark.parametrize(
    "code",
    [
        "def f():\n    return 1\n\n\ndef g():\n    import neural_spectra.maps\n\n    return 2",
        "from neural_spectra import (\n\n    maps,\n)",
        "try:\n    import neural_spectra.maps\n\nexcept ImportError:\n    pass",
        "import neural_spectra.maps",
    ],
    ids=["last", "in brackets", "in a block", "at the end"],
)
def test_an_import_is_found_wherever_blank_lines_are(script, code):
    assert modules(script(code)) == {"__init__.py", "maps/__init__.py"}


def test_a_file_that_imports_nothing_stands_alone(script):
    assert modules(script("def f():\n    return 1")) == set()


def test_what_only_type_checkers_import_is_left_out(script):
    code = (
        "if TYPE_CHECKING:\n    import neural_spectra.page\nelse:\n    import neural_spectra.maps"
    )
    assert modules(script(code)) == {"__init__.py", "maps/__init__.py"}


def test_the_public_names_add_nothing_to_what_a_script_stands_on(script):
    assert modules(script("import neural_spectra")) == {"__init__.py"}


def test_other_packages_are_left_out(script):
    assert modules(script("import numpy, json")) == set()


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_a_figure_loads_no_torch(path):
    for file in files_behind([ROOT / "scripts" / "draw.py", path]):
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


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_every_package_that_a_script_needs_is_installed_under_the_name_that_is_looked_up(path):
    assert code_of(path.relative_to(ROOT / "scripts").as_posix())["versions"]
