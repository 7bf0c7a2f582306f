"""Tables for Snakemake's report, which shows HTML but no CSV: each a page with a caption."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from neural_spectra.page.data_dictionary import read_dictionary
from neural_spectra.page.table_previews import Table, table

ROWS = 200


def write_tables(
    tables: Iterable[str | Path],
    dictionaries: Iterable[str | Path],
    template: str | Path,
    pages: Iterable[str | Path],
    captions: Iterable[str | Path],
) -> None:
    """Write a page and a caption (reStructuredText) for each table, in their order.

    Parameters
    ----------
    tables
        Paths of CSV files, ``results/<study>/…/<table>.csv``.
    dictionaries
        Paths of what describes them; see `read_dictionary`.
    template
        Path of the page's template (Jinja).
    pages, captions
        Paths to write to, one for each table.
    """
    described = read_dictionary(*dictionaries)
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    page = environment.from_string(Path(template).read_text(encoding="utf-8"))
    for file, html, rst in zip(tables, pages, captions, strict=True):
        found = table(file, described, ROWS)
        Path(html).write_text(page.render(table=found), encoding="utf-8")
        Path(rst).write_text(_caption(found), encoding="utf-8")


def _caption(found: Table) -> str:
    rows = f"{found.rows} rows of {len(found.columns)} columns"
    shown = f", of which the first {ROWS} are shown" if found.rows > ROWS else ""
    # Jinja fills captions in: braces of a table's description are not its own.
    about = found.about.replace("`", "``").replace("{", "{{ '{' }}")
    return f"{about}\n\n{rows}{shown}. Below them: unit and meaning of each column.\n"
