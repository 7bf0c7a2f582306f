"""Captions as HTML: reStructuredText with Jinja, filled in the way Snakemake's report does."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from docutils.core import publish_parts  # type: ignore[import-untyped]
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup

from neural_spectra.claims.claim_files import VERDICTS
from neural_spectra.claims.numbers_as_text import ours, readable, share, verdict
from neural_spectra.errors import InputError
from neural_spectra.workflow.csv_tables import read_table

# A mistake in the markup is an error, and a caption reads no file and runs no raw HTML.
DOCUTILS = {
    "halt_level": 2,
    "report_level": 2,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
}


def numbers(ledger: str | Path) -> dict[str, dict[str, str]]:
    """Return the numbers that captions may use, as they write them.

    Returns
    -------
    dict
        For each claim in a ledger, by its id: ``ours`` and ``paper``, a dash where there is no such
        number, the ``share`` that agrees with its interval, and ``verdict``.

    Raises
    ------
    InputError
        If a verdict is none, which could be markup.
    """
    claims = read_table(ledger)
    for unknown in claims.loc[~claims["verdict"].isin(VERDICTS), "verdict"]:
        raise InputError(
            f"{ledger}: {reprlib.repr(unknown)} is no verdict; delete the file and run again"
        )
    return {
        claim["id"]: {
            "ours": ours(claim, readable) or "–",
            "paper": readable(claim["paper_value"]),
            "share": share(claim),
            "verdict": verdict(claim),
        }
        for claim in claims.to_dict("records")
    }


@dataclass(frozen=True)
class Caption:
    """A caption in the order in which a page shows it.

    Parameters
    ----------
    opening
        What the figure shows, and whose it is.
    outcome
        What came out.
    description
        What is drawn, panel by panel.
    choices
        What the paper leaves open and was chosen here.
    """

    opening: Markup
    outcome: Markup
    description: Markup
    choices: Markup


def caption(path: str | Path, config: Mapping[str, Any]) -> Caption:
    """Fill in the caption in a file from the config, with the numbers in it, and render it.

    The parts of a file begin with its first paragraph, "What came out" and "Our choices:".

    Raises
    ------
    InputError
        If it uses a name that is not there.
    """
    environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    template = environment.from_string(Path(path).read_text(encoding="utf-8"))
    try:
        text = template.render(snakemake=SimpleNamespace(config=config))
    except UndefinedError as error:
        raise InputError(f"{path}: {error}; correct the name or add it to the config") from error
    told, _, choices = text.partition("\nOur choices:\n")
    described, outcome = [*re.split(r"^(?=What came out\b)", told, maxsplit=1, flags=re.M), ""][:2]
    opening, _, description = described.strip().partition("\n\n")
    return Caption(*map(_rendered, (opening, outcome, description, choices)))


def _rendered(text: str) -> Markup:
    return Markup(publish_parts(text, writer="html5", settings_overrides=DOCUTILS)["body"])
