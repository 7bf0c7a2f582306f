"""The rows of a table that a claim is judged by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from neural_spectra.claims.claim_expressions import columns_of, select
from neural_spectra.claims.claim_files import Measure, read_claims
from neural_spectra.claims.judging import ReadTable
from neural_spectra.errors import InputError
from neural_spectra.page.table_previews import written


@dataclass(frozen=True)
class Source:
    """Where a claim stands, and the first of the rows that it is judged by.

    Parameters
    ----------
    study
        The study whose paper makes it.
    table
        ``study/table`` of the rows, empty if nothing is judged.
    count
        How many rows there are.
    """

    study: str
    table: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    count: int = 0


def sources(files: Iterable[str | Path], tables: ReadTable, most: int) -> dict[str, Source]:
    """Return the source of every claim in the given files, with so many rows at most.

    Parameters
    ----------
    tables
        Gives a table by its ``study/table``.
    """
    return {
        claim.id: _source(Path(file), claim.source, tables, most)
        for file in files
        for claim in read_claims(file).claims
    }


def _source(file: Path, measure: Measure | None, tables: ReadTable, most: int) -> Source:
    if measure is None:
        return Source(file.stem)
    try:
        table = tables(measure.table)
        chosen = select(table, measure.where)
    except InputError:
        # A run of some studies only makes no such table; the ledger says why nothing is judged.
        return Source(file.stem)
    names = dict.fromkeys([*measure.where, *measure.by, *columns_of(measure.value)])
    shown = chosen[[name for name in names if name in chosen]]
    rows = tuple(tuple(map(written, row)) for row in shown.head(most).itertuples(index=False))
    return Source(file.stem, measure.table, tuple(map(str, shown)), rows, len(chosen))
