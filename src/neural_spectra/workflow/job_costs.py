"""What the workflow's jobs cost, from the benchmark files of a finished run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from neural_spectra.errors import InputError


def job_costs(results: Path) -> pd.DataFrame:
    """Read what every job of the last run cost.

    Returns
    -------
    DataFrame
        file (the benchmark file), rule, seconds from beginning to end, and the most memory it held
        at once in megabytes.

    Raises
    ------
    InputError
        If there are no benchmark files.
    """
    files = sorted(results.glob("*/benchmarks/**/*.tsv"))
    if not files:
        raise InputError(f"{results}: no benchmarks of a finished run; run the workflow first")
    columns = {"s": "seconds", "max_rss": "megabytes"}
    rows = pd.concat([pd.read_csv(file, sep="\t", usecols=list(columns)) for file in files])
    costs = rows.rename(columns=columns).reset_index(drop=True)
    # A benchmark file is benchmarks/<rule>.tsv or, of a rule with wildcards, benchmarks/<rule>/….
    rules = [file.relative_to(results).with_suffix("").parts[2] for file in files]
    return costs.assign(file=[file.as_posix() for file in files], rule=rules)
