"""Everything on one page: what was run, the claims, the explorers, every figure, every table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from neural_spectra.claims.ledger import claims_of_figures, verdicts_by_origin, whose
from neural_spectra.claims.numbers_as_text import asked, ours, readable, share, verdict
from neural_spectra.page.captions import caption, numbers
from neural_spectra.page.content_policy import policy
from neural_spectra.page.data_dictionary import read_dictionary
from neural_spectra.page.table_previews import Table, table, written
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.records import read_record
from neural_spectra.workflow.table_of_figures import Figure, read_figures
from neural_spectra.workflow.verification import mixed_code, mixed_versions

PLOTLY = files("plotly") / "package_data" / "plotly.min.js"
# Of each table.
ROWS = 8
# A verdict's sign is the second cue beside its colour.
VERDICTS = {
    "reproduced": "✓",
    "uninformative": "○",
    "depends": "◐",
    "differs": "≠",
    "refuted": "✗",
    "not found": "?",
    "not testable": "–",
}


@dataclass(frozen=True)
class Study:
    """All that one study made: figures with their captions, and tables."""

    name: str
    title: str
    figures: dict[Figure, Markup]
    tables: list[Table]

    @property
    def seeds(self) -> list[int]:
        """Every seed that occurs in a table."""
        return sorted({seed for each in self.tables for seed in each.seeds})


def page(
    template: Sequence[str | Path],
    results: Sequence[str],
    *,
    claims: str | Path,
    figures: str | Path,
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
    figures
        Path of the table of figures, in whose order they are shown.
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
    environment.filters |= {
        "asked": asked,
        "ours": ours,
        "readable": readable,
        "share": share,
        "told": verdict,
    }
    environment.filters["json"] = _json
    html, css, js = (Path(file).read_text(encoding="utf-8") for file in template)
    about = read_figures(figures)
    openings = {name: figure.opening for name, figure in about.items()}
    filled = {**config, "numbers": numbers(claims), "figures": openings}
    described = read_dictionary(dictionary)
    ledger = read_table(claims)
    ledger["whose"] = whose(ledger)
    studies = []
    for name, title in titles.items():
        own = [Path(file) for file in results if Path(file).parts[1] == name]
        drawn = [f"{name}/{file.stem}" for file in own if file.suffix == ".png"]
        shown = {
            about[figure]: caption(f"{captions}/{figure}.rst", filled)
            for figure in sorted(drawn, key=list(about).index)
        }
        tables = [table(file, described, ROWS) for file in own if file.suffix == ".csv"]
        studies.append(Study(name, title, shown, tables))
    records = [Path(file).with_suffix(".json") for file in results if file.endswith(".csv")]
    made = {record: read_record(record) for record in records}
    versions = dict(sorted(used for each in made.values() for used in each["versions"].items()))
    plotly = PLOTLY.read_text(encoding="utf-8")
    return environment.from_string(html).render(
        # Plotly, which draws the explorers, writes styles.
        policy=policy([plotly, js]) if explorers else policy([js], css),
        style=Markup(css),
        script=Markup(js),
        plotly=Markup(plotly),
        studies=studies,
        claims=ledger.to_dict("records"),
        counts=verdicts_by_origin(ledger).to_dict("index"),
        shown_claims=claims_of_figures(ledger),
        signs={row["id"]: VERDICTS[row["verdict"]] for row in ledger.to_dict("records")},
        verdicts=VERDICTS,
        config=yaml.safe_dump(dict(config), allow_unicode=True, sort_keys=False, width=100),
        versions=versions,
        mixed=mixed_versions(made) + mixed_code(made),
        explorers=explorers,
    )


def _json(value: Any) -> Markup:
    """Write JSON in which no browser finds the beginning or the end of anything."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", r"\u003c"))
