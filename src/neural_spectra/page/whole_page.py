"""Everything on one page: what was run, the claims, the explorers, every figure, every table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from neural_spectra.claims.numbers_in_texts import ours
from neural_spectra.page.captions import Caption, caption, numbers
from neural_spectra.page.data_dictionary import entry, read_dictionary
from neural_spectra.page.table_previews import Table, table, written
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.records import read_record

PLOTLY = files("plotly") / "package_data" / "plotly.min.js"
# Of each table.
ROWS = 8
# A verdict's sign is the second cue beside its colour.
VERDICTS = {
    "reproduced": "✓",
    "depends": "◐",
    "differs": "≠",
    "refuted": "✗",
    "not testable": "–",
}


@dataclass(frozen=True)
class Figure:
    """A figure on the page."""

    name: str
    study: str
    caption: Caption


@dataclass(frozen=True)
class Study:
    """All that one study made; ``folders`` holds that of each table."""

    name: str
    title: str
    figures: list[Figure]
    tables: list[Table]
    folders: dict[str, str]

    @property
    def seeds(self) -> list[int]:
        """Every seed that occurs in a table."""
        return sorted({seed for each in self.tables for seed in each.seeds})


def page(
    template: Sequence[str | Path],
    results: Sequence[str],
    *,
    claims: str | Path,
    captions: str | Path,
    dictionary: str | Path,
    config: Mapping[str, Any],
    titles: Mapping[str, str],
    explorers: Mapping[str, Mapping[str, Any]],
) -> str:
    """Put a finished run on one page, all but the pictures, which change most often.

    Parameters
    ----------
    template
        Paths of the page's HTML (Jinja), CSS and JavaScript.
    results
        Paths of the figures (PNG, not read) and tables (CSV), ``results/<study>/<folder>/<file>``.
    claims
        Path of the ledger.
    captions
        Folder of the captions, ``<study>/<figure>.rst``.
    dictionary
        Path of the data dictionary.
    config
        The merged config.
    titles
        What each study is called, by its name.
    explorers
        The data of each explorer, by its name.
    """
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters["written"] = written
    environment.filters["ours"] = partial(ours, written=written)
    environment.filters["json"] = _json
    html, css, js = (Path(file).read_text(encoding="utf-8") for file in template)
    filled = {**config, "numbers": numbers(claims)}
    described = read_dictionary(dictionary)
    ledger = read_table(claims)
    studies = []
    for name, title in titles.items():
        own = [Path(file) for file in results if Path(file).parts[1] == name]
        tables = [file for file in own if file.suffix == ".csv"]
        studies.append(
            Study(
                name,
                title,
                [_figure(file, captions, filled) for file in own if file.suffix == ".png"],
                [table(file, entry(described, f"{name}/{file.stem}"), ROWS) for file in tables],
                {file.stem: f"{name}/{file.parts[2]}" for file in tables},
            )
        )
    return environment.from_string(html).render(
        style=Markup(css),
        script=Markup(js),
        plotly=Markup(PLOTLY.read_text(encoding="utf-8")),
        studies=studies,
        claims=ledger.to_dict("records"),
        counts=_counts(ledger),
        verdicts=VERDICTS,
        config=yaml.safe_dump(dict(config), allow_unicode=True, sort_keys=False, width=100),
        versions=_versions(results),
        explorers=explorers,
    )


def _figure(file: Path, captions: str | Path, config: Mapping[str, Any]) -> Figure:
    study = file.parts[1]
    return Figure(file.stem, study, caption(Path(captions) / study / f"{file.stem}.rst", config))


def _counts(ledger: Any) -> dict[str, dict[str, int]]:
    """Return how many claims of each paper have each verdict."""
    papers = dict.fromkeys(ledger["paper"])
    return {
        paper: {
            verdict: int(((ledger["paper"] == paper) & (ledger["verdict"] == verdict)).sum())
            for verdict in VERDICTS
        }
        for paper in papers
    }


def _versions(results: Sequence[str]) -> dict[str, str]:
    """Return the versions that the records of the tables name."""
    records = (Path(file).with_suffix(".json") for file in results if file.endswith(".csv"))
    found: dict[str, str] = {}
    for record in records:
        found |= read_record(record)["versions"]
    return dict(sorted(found.items()))


def _json(value: Any) -> Markup:
    """Write JSON that no browser takes for the end of its script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("</", r"<\/"))
