"""The page of one network of the user's own: sentences, figures, tables, how it was computed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from neural_spectra.page.content_policy import policy
from neural_spectra.page.data_dictionary import Entry, entry, read_dictionary
from neural_spectra.page.embedded_data import with_pictures
from neural_spectra.page.table_previews import Table, marked_up, preview
from neural_spectra.studies.own.table_names import FIGURES, TABLES
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.records import read_record

HERE = Path(__file__).parent
TEMPLATE, STYLE = HERE / "page_of_network.html", HERE / "page.css"
# What is said about the tables, and about the figures of the same names.
DICTIONARY = HERE / "own_tables.md"
# Of each table; one with no more stands open.
ROWS, FEW = 20, 8


def page_of_network(folder: str | Path) -> str:
    """Put what an analysis has left in a folder on one page, pictures and all.

    Parameters
    ----------
    folder
        With ``summary.json``, ``data/<table>.csv`` and ``figures/<figure>.png``.
    """
    folder = Path(folder)
    summary = read_record(folder / "summary.json")
    kind = summary["network"]["kind"]
    about = read_dictionary(DICTIONARY)
    tables = [_preview(folder / "data" / f"{name}.csv", about) for name in TABLES[kind]]
    rows = {table.name: table.rows for table in tables}
    # A figure of nothing says nothing.
    figures = {name: _caption(entry(about, f"own/{name}")) for name in FIGURES[kind] if rows[name]}
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters["residual"] = _residual
    css = STYLE.read_text(encoding="utf-8")
    text = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        policy=policy(style=css),
        style=Markup(css),
        summary=summary,
        network=_in_words(summary),
        figures=figures,
        tables=tables,
        few=FEW,
        parameters=yaml.safe_dump(summary["parameters"], allow_unicode=True, sort_keys=False),
    )
    return with_pictures(text, {name: folder / "figures" / f"{name}.png" for name in figures})


def _preview(file: Path, about: dict[str, Entry]) -> Table:
    return preview(file.stem, "data", read_table(file), entry(about, f"own/{file.stem}"), ROWS)


def _caption(about: Entry) -> tuple[str, Markup]:
    """Return the title of a figure, the first sentence about its table, and the others."""
    title, _, others = about.text.partition(". ")
    return title.removesuffix("."), marked_up(others)


def _in_words(summary: dict[str, Any]) -> str:
    """Say what the network is, in a line."""
    network = summary["network"]
    d = network["dimension"]
    what = {"flow": "A flow ẋ = f(x)", "map": "A map x ↦ f(x)", "skew-rnn": "A recurrent network"}
    layers = ["-".join(map(str, network["layers"]))] if network["layers"] else []
    activations = [" and ".join(dict.fromkeys(network["activation"] or []))]
    told = [*layers, *filter(None, activations), network["dtype"]]
    return f"{what[network['kind']]} in {d} dimension{'s' * (d > 1)}: {', '.join(told)}."


def _residual(number: float) -> str:
    return f"{number:.1e}".replace("-", "−")
