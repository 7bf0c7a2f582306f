"""What a cluster computes for 10 to 1000 seeds: from the costs of a finished run's jobs.

Snakemake lists the jobs of each size, without running them. A job that takes a chunk of the seeds
costs what its like did, in proportion to its seeds beyond the time to start, which is too much
where a larger batch is computed faster. Those that take all seeds at once cost so much more for
each seed; all others cost what they did. Every job costs a cluster some seconds more, to start
Snakemake in it.

It writes the table of ``docs/cluster.md``, and the numbers in it to ``docs/cluster_costs.csv``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import yaml

from neural_spectra.page.readme_blocks import with_block
from neural_spectra.workflow.csv_tables import write_table
from neural_spectra.workflow.job_costs import job_costs

PAGE, SNAPSHOT = Path("docs/cluster.md"), Path("docs/cluster_costs.csv")
BEGIN, END = "<!-- costs: written by `make cluster-costs` -->", "<!-- end of the costs -->"
SEEDS = (10, 32, 100, 320, 1000)
# What jobs that take all seeds at once need for each one: by the time and the memory of what they
# call, on 32 and on 1000 copies of a seed. Whatever is not here needs less.
SECONDS_A_SEED = {
    "training_stages": 0.026,
    "yorke_limit": 0.014,
    "judge_claims": 0.004,
}
MEGABYTES_A_SEED = {
    "training_stages": 0.24,
    "yorke_limit": 0.06,
    "judge_claims": 0.06,
}
CHUNK = re.compile(r"(?P<first>\d+)-(?P<last>\d+)\.tsv$")


def settings(seeds: int) -> dict[str, object]:
    """Return config that gives every network and model so many seeds."""
    defaults = yaml.safe_load(Path("config/saturation.yaml").read_text(encoding="utf-8"))
    networks = defaults["saturation"]["networks"]
    return {
        "saturation": {"networks": {name: {"seeds": seeds} for name in networks}},
        "rnn": {table: {"seeds": seeds} for table in ("scaling_study", "lyapunov")},
        "affine_maps": {"grid": {"weights": {"seeds": seeds}}},
    }


def planned_jobs(seeds: int) -> pd.Series[str]:
    """List the benchmark files that a run from scratch would write."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".yaml") as file:
        yaml.safe_dump(settings(seeds), file)
        command = ["-m", "snakemake", "--dry-run", "--forceall", "--configfile", file.name]
        run = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, check=False
        )
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    return pd.Series(re.findall(r"^ +benchmark: (\S+)$", run.stdout, re.MULTILINE))


def kinds(files: pd.Series[str]) -> pd.DataFrame:
    """Say which jobs are alike, as they differ in their chunk only, and how many seeds each has."""
    chunks = files.str.extract(CHUNK).astype("Int64")
    return pd.DataFrame(
        {
            "kind": files.str.replace(CHUNK, "", regex=True),
            "seeds": (chunks["last"] - chunks["first"] + 1).fillna(1).astype(int),
            "is_chunk": chunks["first"].notna(),
        }
    )


def expected(planned: pd.DataFrame, measured: pd.DataFrame, seeds: int) -> pd.DataFrame:
    """Return what the planned jobs will cost, by the largest measured job that is like each."""
    largest = measured.sort_values("seeds").groupby("kind").last()
    unknown = sorted(set(planned["kind"]) - set(largest.index))
    if unknown:
        sys.exit(f"results/ is of an older workflow, without {unknown[0]}…; run snakemake first")
    alike = largest.loc[planned["kind"]].reset_index()
    growth = planned["seeds"] / alike["seeds"]
    start = measured.loc[measured["is_chunk"], "seconds"].min()
    more = {
        column: seeds * alike["rule"].map(a_seed).fillna(0.0)
        for column, a_seed in {"seconds": SECONDS_A_SEED, "megabytes": MEGABYTES_A_SEED}.items()
    }
    return alike.assign(
        seconds=start + growth * (alike["seconds"] - start) + more["seconds"],
        megabytes=alike["megabytes"] + more["megabytes"],
    )


def costs_by_seeds(results: Path) -> pd.DataFrame:
    """Return number of jobs, CPU hours, and the seconds and megabytes of the dearest job."""
    costs = job_costs(results)
    measured = costs.join(kinds(costs["file"]))
    rows = []
    for seeds in SEEDS:
        jobs = expected(kinds(planned_jobs(seeds)), measured, seeds)
        seconds, megabytes = jobs["seconds"], jobs["megabytes"]
        rows.append((seeds, len(jobs), seconds.sum() / 3600, seconds.max(), megabytes.max()))
    return pd.DataFrame(rows, columns=["seeds", "jobs", "hours", "seconds", "megabytes"])


def costs_block(costs: pd.DataFrame) -> str:
    """Return the table of the page."""
    lines = [BEGIN, "| seeds | jobs | CPU hours | longest job | most memory |"]
    lines.append("| ---: | ---: | ---: | ---: | ---: |")
    lines += [
        f"| {row.seeds} | {row.jobs} | {row.hours:.2f} | {row.seconds:.0f} s "
        f"| {row.megabytes:.0f} MB |"
        for row in costs.itertuples()
    ]
    return "\n".join([*lines, END])


def main() -> None:
    costs = costs_by_seeds(Path("results"))
    write_table(SNAPSHOT, costs)
    page = with_block(PAGE.read_text(encoding="utf-8"), costs_block(costs))
    PAGE.write_text(page, encoding="utf-8")
    print(costs_block(costs))


if __name__ == "__main__":
    main()
