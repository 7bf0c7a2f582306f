"""What the docstrings of the library tell."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "neural_spectra"


def public_functions(body):
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def unexplained(file):
    """Return the functions of four and more parameters without a section on them."""
    for function in public_functions(ast.parse(file.read_text(encoding="utf-8")).body):
        arguments = function.args
        names = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        many = len([name for name in names if name.arg not in ("self", "cls")]) >= 4
        if many and "Parameters\n----------" not in (ast.get_docstring(function) or ""):
            yield function.name


def test_functions_of_many_parameters_explain_them():
    found = {
        file.relative_to(PACKAGE).as_posix(): names
        for file in PACKAGE.rglob("*.py")
        if (names := list(unexplained(file)))
    }
    assert not found
