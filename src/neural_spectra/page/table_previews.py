"""Tables as a reader meets them: first rows, number of rows and what the columns mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from neural_spectra.page.data_dictionary import Entry
from neural_spectra.workflow.csv_tables import read_table


@dataclass(frozen=True)
class Column:
    """A column with the texts in its first rows."""

    name: str
    unit: str
    meaning: Markup
    is_number: bool
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """The beginning of a table.

    Parameters
    ----------
    name, folder
        Its file's name without the ending, and where it lies among the results.
    text
        What it holds.
    seeds
        The distinct seeds in it, none if it has no such column.
    """

    name: str
    folder: str
    text: Markup
    rows: int
    seeds: tuple[int, ...]
    columns: list[Column]

    @property
    def shown(self) -> list[tuple[str, ...]]:
        """The first rows."""
        return list(zip(*(column.cells for column in self.columns), strict=True))


def table(path: str | Path, entry: Entry, most: int) -> Table:
    """Read a table and its first rows, at most ``most``."""
    content = read_table(path)
    columns = []
    for name in content.columns:
        described = entry.columns[name]
        values = content[name].head(most)
        columns.append(
            Column(
                name,
                described.unit,
                marked_up(described.meaning),
                pd.api.types.is_numeric_dtype(values) and values.dtype != bool,
                [written(value) for value in values],
            )
        )
    seeds = tuple(sorted(content["seed"].unique().tolist())) if "seed" in content else ()
    *_, study, folder, _ = Path(path).parts
    name, text = Path(path).stem, marked_up(entry.text)
    return Table(name, f"{study}/{folder}", text, len(content), seeds, columns)


def written(value: Any) -> str:
    """Write a cell for readers: numbers with five digits, nothing for what is not there."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:.5g}".replace("-", "−")
    return str(value)


def marked_up(text: str) -> Markup:
    r"""Turn the dictionary's Markdown into HTML: `code`, \| and nothing else."""
    safe = str(escape(text.replace(r"\|", "|")))
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", safe))
