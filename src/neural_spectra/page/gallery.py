"""All figures at a glance: a page of pictures beside the results, and the one in the docs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from neural_spectra.workflow.table_of_figures import PAPERS, read_figures

DOCS = Path("docs/gallery.md")
BEGIN, END = "<!-- figures: written by `python -m neural_spectra.page.gallery` -->", "<!-- end -->"


def gallery(template: str, figures: Iterable[str]) -> str:
    """Return the page of pictures.

    Parameters
    ----------
    template
        Its HTML, a Jinja template.
    figures
        Those of the run, as ``study/name``, in the order of the page.
    """
    known = read_figures()
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    shown = [known[name] for name in figures]
    return environment.from_string(template).render(figures=shown, papers=PAPERS)


def figures_table() -> str:
    """Return the table of all figures in Markdown, for the page of the docs."""
    lines = ["| figure | of the paper | shows | file |", "| --- | --- | --- | --- |"]
    for figure in read_figures().values():
        file = f"`results/{figure.study}/figures/{figure.name}.pdf`"
        lines.append(f"| `{figure.name}` | {figure.figure or 'ours'} | {figure.shows} | {file} |")
    return "\n".join([BEGIN, *lines, END])


if __name__ == "__main__":
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text(f"{before}{figures_table()}{after}", encoding="utf-8")
