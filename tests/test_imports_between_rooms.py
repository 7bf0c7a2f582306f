"""Which room of the library may import which: arrows only go down."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "neural_spectra"

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
    # What can be checked without torch: names, ranges, and how many there are of them.
    "config": {"activations", "networks"},
    # What a residual is; the disk and Snakemake are nobody's business below.
    "workflow": {"studies"},
    "claims": {"config", "workflow"},
    # What a network is called on figures.
    "page": {"claims", "figures", "studies", "workflow"},
}
# Packages that a room must not know.
UNKNOWN = {
    **{room: {"pandas", "matplotlib", "snakemake", "pydantic"} for room in MATHEMATICS},
    "studies": {"matplotlib", "snakemake"},
    "figures": {"torch", "torchdiffeq", "scipy"},
}
# Not to be imported even on the way: every call of Snakemake reads the settings.
SLOW = {"torch", "scipy", "pandas", "matplotlib"}


def imports(file):
    """Return what the import statements of a file name, wherever they stand in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_has_its_room():
    modules = {"__init__", "command", "errors", "library"}
    assert {file.stem for file in PACKAGE.glob("*.py")} == modules
    assert {folder.parent.name for folder in PACKAGE.glob("*/__init__.py")} == set(MAY_IMPORT)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_lies_below_it(room):
    allowed = {room, "errors", *MAY_IMPORT[room]}
    for file in (PACKAGE / room).rglob("*.py"):
        ours = {name.split(".")[1] for name in imports(file) if name.startswith("neural_spectra.")}
        assert ours <= allowed, file


def test_what_a_user_imports_takes_no_torch_until_it_is_used():
    code = "import sys, time; t = time.process_time(); import neural_spectra; "
    code += "print(time.process_time() - t, *sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    duration, *modules = run.stdout.split()
    assert float(duration) < 0.1
    assert not set(modules) & {*SLOW, "numpy"}


def test_the_library_imports_the_mathematics_only():
    ours = {name.split(".")[1] for name in imports(PACKAGE / "library.py") if "spectra." in name}
    assert ours <= {*MATHEMATICS, "errors"}


@pytest.mark.parametrize("room", UNKNOWN)
def test_a_room_does_not_know_the_packages_of_others(room):
    for file in (PACKAGE / room).rglob("*.py"):
        assert not {name.split(".")[0] for name in imports(file)} & UNKNOWN[room], file


def test_the_settings_are_read_without_slow_packages():
    code = "import sys, neural_spectra.config.whole_run; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    assert not set(run.stdout.split()) & SLOW


def test_the_arrows_form_no_circle():
    below = {room: set(allowed) for room, allowed in MAY_IMPORT.items()}
    while free := {room for room, allowed in below.items() if not allowed & set(below)}:
        below = {room: allowed for room, allowed in below.items() if room not in free}
    assert not below


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_the_tests_mirror_the_rooms(room):
    assert any((Path(__file__).parent / room).rglob("test_*.py"))
