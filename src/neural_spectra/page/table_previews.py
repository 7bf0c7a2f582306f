"""Tables as a reader meets them: first rows, number of rows and what the columns mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from neural_spectra.page.data_dictionary import Entry, entry
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
    about
        What it holds, as the data dictionary says.
    seeds
        The distinct seeds in it, none if it has no such column.
    """

    name: str
    folder: str
    about: str
    rows: int
    seeds: tuple[int, ...]
    columns: list[Column]

    @property
    def text(self) -> Markup:
        """What it holds."""
        return marked_up(self.about)

    @property
    def shown(self) -> list[tuple[str, ...]]:
        """The first rows."""
        return list(zip(*(column.cells for column in self.columns), strict=True))


def table(path: str | Path, dictionary: Mapping[str, Entry], most: int) -> Table:
    """Read ``results/<study>/…/<table>.csv`` and its first rows, at most ``most``.

    Raises
    ------
    InputError
        If there is no such table, or nothing is said about it.
    """
    folder, name = Path(path).parent.relative_to("results"), Path(path).stem
    about = entry(dictionary, f"{folder.parts[0]}/{name}")
    return preview(name, folder.as_posix(), read_table(path), about, most)


def preview(name: str, folder: str, content: pd.DataFrame, about: Entry, most: int) -> Table:
    """Return the first rows of a table, at most ``most``.

    Parameters
    ----------
    name, folder
        Its file's name without the ending, and where it lies.
    content
        All of it.
    about
        What is said about it.
    """
    columns = []
    for column, values in content.head(most).items():
        unit, meaning = about.column(str(column))
        is_number = pd.api.types.is_numeric_dtype(values) and values.dtype != bool
        cells = [written(value) for value in values]
        columns.append(Column(str(column), unit, marked_up(meaning), is_number, cells))
    seeds = tuple(sorted(content["seed"].unique().tolist())) if "seed" in content else ()
    return Table(name, folder, about.text, len(content), seeds, columns)


def written(value: Any) -> str:
    """Write a cell for readers: numbers with five digits, nothing for what is not there."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:.5g}".replace("-", "−")
    return str(value)


def marked_up(text: str) -> Markup:
    r"""Turn the dictionary's Markdown into HTML: `code`, \| and nothing else."""
    safe = str(escape(text.replace(r"\|", "|")))
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", safe))
