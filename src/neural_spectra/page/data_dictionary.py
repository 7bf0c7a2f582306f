"""The data dictionary, read back: what a table holds and what its columns mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from neural_spectra.errors import InputError, did_you_mean

COLUMN = re.compile(r"\| `([\w.]+)` \| (.+?) \| (.+?) \|")


@dataclass(frozen=True)
class Entry:
    """What is said about one table, and the unit and meaning of its columns, in Markdown."""

    text: str
    columns: dict[str, tuple[str, str]]

    def column(self, name: str) -> tuple[str, str]:
        """Return unit and meaning of a column; of ``x_3`` those of ``x_i``, if it has no own."""
        numbered = re.sub(r"_\d+$", "_i", name)
        return self.columns[name] if name in self.columns else self.columns[numbered]


def read_dictionary(*files: str | Path) -> dict[str, Entry]:
    """Read the entries of a data dictionary in some files, by ``study/table``."""
    texts = [Path(file).read_text(encoding="utf-8") for file in files]
    entries = {}
    for section in [each for text in texts for each in re.split("^## ", text, flags=re.M)[1:]]:
        name, _, body = section.partition("\n")
        columns = {row[1]: (row[2], row[3]) for row in COLUMN.finditer(body)}
        entries[name.strip("` ")] = Entry(body.partition("\n|")[0].strip(), columns)
    return entries


def entry(dictionary: Mapping[str, Entry], table: str) -> Entry:
    """Return what is said about ``study/table``.

    Raises
    ------
    InputError
        If nothing is.
    """
    if table not in dictionary:
        raise InputError(
            f"the data dictionary has no section '## {table}': describe that table there"
            f"{did_you_mean(table, dictionary)}"
        )
    return dictionary[table]
