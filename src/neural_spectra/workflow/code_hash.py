"""What results depend on beside their inputs: their code, and the packages that it imports.

A rule has this as a parameter, so that Snakemake makes its results again when a module behind its
script or a package that these import is another one, and only then.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple, TypedDict

from neural_spectra.errors import InputError

PACKAGE = Path(__file__).parents[1]
ROOT = PACKAGE.parents[1]
# Packages that are installed under another name than they are imported by.
INSTALLED_AS = {"yaml": "pyyaml", "PIL": "pillow"}


class Code(TypedDict):
    """What a script stands on.

    Its path, the modules that it imports by a name it is given, the SHA-256 of all its code, and
    the versions of the packages that the code imports.
    """

    script: str
    modules: list[str]
    checksum: str
    versions: dict[str, str]


class _Source(NamedTuple):
    """A file: its SHA-256, the modules of ours that it imports, and the packages of others."""

    digest: bytes
    modules: tuple[Path, ...]
    packages: frozenset[str]


def code_of(script: str, modules: Sequence[str] = ()) -> Code:
    """Return the code behind a script.

    It is found from the import statements themselves, wherever they stand in a file, so that
    nothing has to be kept in step by hand.

    Parameters
    ----------
    script
        Its path below ``scripts``.
    modules
        What the script imports by a name that it is given: ``figures.rnn.orbits``.

    Raises
    ------
    InputError
        If a package that the code imports is not installed.
    """
    path = ROOT / "scripts" / script
    given = [file for module in modules for file in _files(f"{PACKAGE.name}.{module}")]
    return _code(path, [path, *given], modules)


def code_behind(module: str) -> Code:
    """Return the code behind a module of ours, ``studies.own.analyse``, as that of a script.

    Raises
    ------
    InputError
        If a package that the code imports is not installed.
    """
    *_, path = _files(f"{PACKAGE.name}.{module}")
    return _code(path, [path], [])


def _code(path: Path, start: Sequence[Path], modules: Sequence[str]) -> Code:
    files = files_behind(start)
    whole = hashlib.sha256()
    for file in sorted(files):
        whole.update(file.relative_to(ROOT).as_posix().encode() + _source(file).digest)
    packages = sorted(frozenset().union(*(_source(file).packages for file in files)))
    return Code(
        script=path.relative_to(ROOT).as_posix(),
        modules=list(modules),
        checksum=whole.hexdigest(),
        versions=installed_versions(INSTALLED_AS.get(name, name) for name in packages),
    )


def files_behind(files: Iterable[Path]) -> list[Path]:
    """Return files and every module of this package that they import, directly or not."""
    found = dict.fromkeys(files)
    pending = list(found)
    while pending:
        new = [module for module in _source(pending.pop()).modules if module not in found]
        found.update(dict.fromkeys(new))
        pending += new
    return list(found)


def installed_versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions of packages, without what tells builds of one version apart.

    Raises
    ------
    InputError
        If one is not installed.
    """
    return {name: _version(name) for name in packages}


@lru_cache
def _version(package: str) -> str:
    try:
        return version(package).split("+")[0]
    except PackageNotFoundError as error:
        raise InputError(
            f"the package {package} is not installed here; set the environment up anew, as the "
            f"README says"
        ) from error


@cache
def _source(file: Path) -> _Source:
    content = file.read_bytes()
    modules: dict[Path, None] = {}
    packages: set[str] = set()
    for name in _imported(_parsed(content)):
        package = name.partition(".")[0]
        if package == PACKAGE.name:
            modules.update(dict.fromkeys(_files(name)))
        elif package not in sys.stdlib_module_names:
            packages.add(package)
    return _Source(hashlib.sha256(content).digest(), tuple(modules), frozenset(packages))


def _parsed(content: bytes) -> ast.Module:
    """Parse a file as far as it imports: up to a blank line after the last ``import`` in it.

    What follows is four fifths of the code, which every call of Snakemake would take apart.
    """
    content += b"\n\n"
    with suppress(SyntaxError):
        return ast.parse(content[: content.find(b"\n\n", content.rfind(b"import"))])
    # The blank line stands within a statement.
    return ast.parse(content)


def _imported(block: ast.AST) -> Iterator[str]:
    """Yield what import statements name; "from package import name" as ``package.name``.

    Unlike ast.walk, this leaves the expressions out, which are ten times more than the statements.
    """
    for node in ast.iter_child_nodes(block):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            # What type checkers read there is never run.
            yield from _imported(ast.Module(node.orelse, []))
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _imported(node)


@cache
def _files(module: str) -> tuple[Path, ...]:
    """Return the files that importing ``a.b.c`` runs: each package on the way, then the module."""
    folder, files = PACKAGE, [PACKAGE / "__init__.py"]
    for part in module.split(".")[1:]:
        file, folder = folder / f"{part}.py", folder / part
        if file.exists():
            files.append(file)
        elif (folder / "__init__.py").exists():
            files.append(folder / "__init__.py")
    return tuple(files)
