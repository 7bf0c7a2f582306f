"""Values that the tiny configuration gave where they were written down, with what may differ.

Two runs on one machine agree to the byte; another processor rounds differently, and what is trained
or integrated amplifies that. Each row of ``reference_values.csv`` names a number (table, column,
and a pandas query that leaves one row) and how far another machine may be from it, relative to its
size. After a change that is meant to move numbers, run

    snakemake --cores all --configfile config/ci.yaml
    python tests/runs/reference_values.py

look at the difference, and commit it with the change.
"""

from pathlib import Path

import pandas as pd

from neural_spectra.workflow.csv_tables import read_table, write_table

VALUES = Path(__file__).with_suffix(".csv")
RESULTS = Path(__file__).parents[2] / "results"


def found(results, entry):
    """Return the number that a row of the reference values speaks of."""
    rows = read_table(results / f"{entry.table}.csv").query(entry.rows)
    if len(rows) != 1:
        raise ValueError(f"{entry.table}: {entry.rows!r} leaves {len(rows)} rows, not 1")
    return rows[entry.column].item()


if __name__ == "__main__":
    entries = pd.read_csv(VALUES, dtype={"relative_tolerance": str})
    entries["value"] = [found(RESULTS, entry) for entry in entries.itertuples()]
    write_table(VALUES, entries)
