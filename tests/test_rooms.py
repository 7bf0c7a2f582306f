"""Which room of the library may import which: arrows only go down. And the README's map of it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "neural_spectra"

# The one table of it. Every room may import `errors` and itself; none imports a script.
MATHEMATICS = ("activations", "networks", "flows", "maps", "bounds")
MAY_IMPORT = {
    "activations": set(),
    "networks": {"activations"},
    "flows": {"activations", "networks"},
    "maps": {"activations", "networks"},
    "bounds": {"activations", "networks"},
    "studies": set(MATHEMATICS),
    "figures": set(),
    "config": set(),
    # What a residual is; the disk and Snakemake are nobody's business below.
    "workflow": {"studies"},
    "claims": {"config", "workflow"},
    "page": {"claims", "workflow"},
}
# Packages that a room must not know.
UNKNOWN = {
    **{room: {"pandas", "matplotlib", "snakemake", "pydantic"} for room in MATHEMATICS},
    "studies": {"matplotlib", "snakemake"},
    "figures": {"torch", "torchdiffeq", "scipy"},
}


def imports(file):
    """Return what the import statements of a file name, wherever they stand in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_has_its_room():
    assert {file.stem for file in PACKAGE.glob("*.py")} == {"__init__", "errors"}
    assert {folder.parent.name for folder in PACKAGE.glob("*/__init__.py")} == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_lies_below_it(room):
    allowed = {room, "errors", *MAY_IMPORT[room]}
    for file in (PACKAGE / room).rglob("*.py"):
        ours = {name.split(".")[1] for name in imports(file) if name.startswith("neural_spectra.")}
        assert ours <= allowed, file


@pytest.mark.parametrize("room", UNKNOWN)
def test_a_room_does_not_know_the_packages_of_others(room):
    for file in (PACKAGE / room).rglob("*.py"):
        assert not {name.split(".")[0] for name in imports(file)} & UNKNOWN[room], file


def test_the_arrows_form_no_circle():
    below = {room: set(allowed) for room, allowed in MAY_IMPORT.items()}
    while free := {room for room, allowed in below.items() if not allowed & set(below)}:
        below = {room: allowed for room, allowed in below.items() if room not in free}
    assert not below


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_the_tests_mirror_the_rooms(room):
    assert any((Path(__file__).parent / room).rglob("test_*.py"))


# The README's map.


def rows_under(head):
    """Return the rows of the README's table whose first column has that head, cell by cell."""
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition(f"\n| {head} |")[2]
    lines = table.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_readme_says_which_room_may_import_which():
    told = {room.strip("`"): imports for room, _, imports in rows_under("room")}
    assert list(told) == list(MAY_IMPORT)
    assert told == {
        room: ", ".join(each for each in MAY_IMPORT if each in below) or "–"
        for room, below in MAY_IMPORT.items()
    }


PATHS = [path for _, paths in rows_under("to change") for path in re.findall(r"`([^`]+)`", paths)]


@pytest.mark.parametrize("path", PATHS)
def test_the_readme_sends_a_reader_to_files_that_exist(path):
    library = path.endswith(".py") and not path.startswith("scripts/")
    assert any((PACKAGE if library else ROOT).glob(re.sub(r"<\w+>", "*", path)))


def test_the_readme_sends_a_reader_to_every_room():
    in_the_library = {path.split("/")[0] for path in PATHS if path.endswith(".py")}
    assert in_the_library - {"scripts"} == set(MAY_IMPORT)
