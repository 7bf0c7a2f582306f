"""Everything on one page: what was run, the claims, the explorers, every figure, every table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from neural_spectra.claims.ledger import claims_of_figures, reader, verdicts_by_origin, whose
from neural_spectra.claims.numbers_as_text import asked, ours, readable, share, verdict
from neural_spectra.figures.style import network_label
from neural_spectra.page.captions import Caption, caption, numbers
from neural_spectra.page.claim_rows import sources
from neural_spectra.page.claim_strips import strip
from neural_spectra.page.content_policy import policy
from neural_spectra.page.data_dictionary import read_dictionary
from neural_spectra.page.embedded_data import packed_text
from neural_spectra.page.formulae import with_formulae
from neural_spectra.page.summaries import SURPRISING, Row, Summary, summary
from neural_spectra.page.table_previews import Table, table, written
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.records import read_record
from neural_spectra.workflow.table_of_figures import PAPERS, Figure, read_figures
from neural_spectra.workflow.verification import mixed_code, mixed_versions

PLOTLY = files("plotly") / "package_data" / "plotly.min.js"
# Of each table, and of those that a claim is judged by.
ROWS, ROWS_OF_CLAIM = 8, 5
REPOSITORY = "https://github.com/neural-spectra/neural-spectra"
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
    paper: str
    summary: Summary
    figures: dict[Figure, Caption]
    tables: list[Table]

    @property
    def seeds(self) -> list[int]:
        """Every seed that occurs in a table."""
        return sorted({seed for each in self.tables for seed in each.seeds})

    @property
    def address(self) -> str:
        """Where the paper can be read."""
        return f"https://arxiv.org/abs/{self.paper.rpartition('arXiv:')[2]}"


def page(
    template: Sequence[str | Path],
    results: Sequence[str],
    *,
    claims: str | Path,
    entries: Sequence[str | Path],
    figures: str | Path,
    captions: str | Path,
    dictionary: str | Path,
    config: Mapping[str, Any],
    changes: Sequence[str],
    version: str,
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
    entries
        Paths of the claims as they were judged, ``<study>.yaml``.
    figures
        Path of the table of figures, in whose order they are shown.
    captions
        Folder of the captions, ``<study>/<figure>.rst``.
    dictionary
        Path of the data dictionary.
    config
        The merged config.
    changes
        What in it is not as in the default configuration.
    version
        Of the project.
    titles
        What each study is called, by its name.
    explorers
        The data of each explorer, by its name.
    """
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {
        "asked": asked,
        "formulae": with_formulae,
        "in_words": network_label,
        "ours": ours,
        "packed": _packed,
        "readable": readable,
        "share": share,
        "strip": strip,
        "told": verdict,
        "written": written,
    }
    html, css, js = (Path(file).read_text(encoding="utf-8") for file in template)
    about = read_figures(figures)
    openings = {name: figure.opening for name, figure in about.items()}
    filled = {**config, "numbers": numbers(claims), "figures": openings}
    described = read_dictionary(dictionary)
    ledger = read_table(claims)
    ledger["whose"] = whose(ledger)
    judged = ledger.to_dict("records")
    tables = reader(file for file in results if file.endswith(".csv"))
    origin = sources(entries, tables, ROWS_OF_CLAIM)
    studies = []
    for name, title in titles.items():
        own = [Path(file) for file in results if Path(file).parts[1] == name]
        drawn = [f"{name}/{file.stem}" for file in own if file.suffix == ".png"]
        shown = {
            about[figure]: caption(f"{captions}/{figure}.rst", filled)
            for figure in sorted(drawn, key=list(about).index)
        }
        previews = [table(file, described, ROWS) for file in own if file.suffix == ".csv"]
        told = summary(name, judged, origin)
        studies.append(Study(name, title, PAPERS[name], told, shown, previews))
    records = [Path(file).with_suffix(".json") for file in results if file.endswith(".csv")]
    made = {record: read_record(record) for record in records}
    versions = dict(sorted(used for each in made.values() for used in each["versions"].items()))
    plotly = PLOTLY.read_text(encoding="utf-8") if explorers else ""
    return environment.from_string(html).render(
        # Plotly, which draws the explorers, writes styles.
        policy=policy([plotly, js]) if explorers else policy([js], css),
        style=Markup(css),
        script=Markup(js),
        plotly=packed_text(plotly),
        studies=studies,
        claims=sorted(filter(_is_first, judged), key=_place),
        reproduced=_grouped(row for row in judged if not _is_first(row)),
        sources=origin,
        counts=verdicts_by_origin(ledger).to_dict("index"),
        shown_claims=claims_of_figures(ledger),
        signs={row["id"]: VERDICTS[row["verdict"]] for row in judged},
        changes=changes,
        version=version,
        repository=REPOSITORY,
        verdicts=VERDICTS,
        config=yaml.safe_dump(dict(config), allow_unicode=True, sort_keys=False, width=100),
        versions=versions,
        mixed=mixed_versions(made) + mixed_code(made),
        explorers=explorers,
    )


def _is_first(claim: Row) -> bool:
    """Tell whether a claim is shown before those that are reproduced, as was expected."""
    return not claim["verdict"] == claim["expected"] == "reproduced"


def _place(claim: Row) -> int:
    order = [*SURPRISING, *VERDICTS]
    return order.index(claim["verdict"])


def _grouped(claims: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """Return claims by whose they are and what they are consequences of."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for claim in claims:
        groups.setdefault((claim["whose"], claim["group"]), []).append(claim)
    return groups


def _packed(value: Any) -> str:
    """Write JSON, compressed, in which no browser finds the beginning or the end of anything."""
    return packed_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
