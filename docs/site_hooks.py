"""What the documentation site is made of besides the pages here: mkdocs.yml names this file.

The files that stand elsewhere in the repository are pages too, and each room of the library gets
one from its docstrings. Links are written as they work in the repository, and changed here to work
on the site.
"""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "neural_spectra"
REPOSITORY = "https://github.com/neural-spectra/neural-spectra/blob/main"
# The pages that stand elsewhere.
ELSEWHERE = {
    "index.md": "README.md",
    "configuration.md": "config/README.md",
    "changelog.md": "CHANGELOG.md",
}
LINK = re.compile(r"(?<=\]\()([^()\s#]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that do not stand in the folder of the documentation."""
    pages = {page: (ROOT / file).read_text(encoding="utf-8") for page, file in ELSEWHERE.items()}
    pages |= {f"api/{room.name}.md": api_of(room) for room in rooms()}
    for page, text in pages.items():
        files.append(File.generated(config, page, content=text))
    return files


def rooms() -> list[Path]:
    """Return the folders of the library."""
    return sorted(file.parent for file in PACKAGE.glob("*/__init__.py"))


def api_of(room: Path) -> str:
    """Return the page of a room: a section for each of its modules."""
    modules = [file for file in sorted(room.rglob("*.py")) if file.name != "__init__.py"]
    names = [".".join(file.relative_to(PACKAGE).with_suffix("").parts) for file in modules]
    sections = [f"## {name}\n\n::: neural_spectra.{name}" for name in names]
    about = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    return "\n\n".join([f"# {room.name}", about, *sections])


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let the links of a page lead to pages of the site, and to the repository otherwise."""
    here = page.file.src_uri
    written = PurePosixPath(ELSEWHERE.get(here, f"docs/{here}"))
    return LINK.sub(lambda link: site_link(link[0], here, written, files), markdown)


def site_link(link: str, here: str, written: PurePosixPath, files: Files) -> str:
    """Return what a link has to be on the site.

    Parameters
    ----------
    link
        The link as it stands in a file of the repository.
    here
        The page of the site that is made of this file.
    written
        The file, from the root of the repository.
    files
        Those of the site.
    """
    if ":" in link:
        return link
    target = os.path.normpath(written.parent / link)
    pages = {file: page for page, file in ELSEWHERE.items()}
    page = pages.get(target, target.removeprefix("docs/"))
    found = files.get_file_from_path(page)
    if found is None or not found.inclusion.is_included():
        return f"{REPOSITORY}/{target}"
    return os.path.relpath(page, PurePosixPath(here).parent)
