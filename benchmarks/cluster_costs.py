"""What a cluster computes for 10 to 1000 seeds: from the costs of a finished run's jobs.

Snakemake lists the jobs of each size, without running them. A job that takes a chunk of the seeds
costs what its like did, in proportion to its seeds beyond the time to start, which is too much
where a larger batch is computed faster; all others cost what they did. Every job costs a cluster
some seconds more, to start Snakemake in it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import yaml

from neural_spectra.job_costs import job_costs

SEEDS = (10, 32, 100, 320, 1000)
CHUNK = re.compile(r"(?P<first>\d+)-(?P<last>\d+)\.tsv$")


def settings(seeds: int) -> dict[str, object]:
    """Return config that gives every network and model so many seeds."""
    networks = yaml.safe_load(Path("config/saturation.yaml").read_text())["saturation"]["networks"]
    return {
        "saturation": {"networks": {name: {"seeds": seeds} for name in networks}},
        "rnn": {table: {"seeds": seeds} for table in ("scaling_study", "lyapunov")},
        "affine_maps": {"grid": {"weights": {"seeds": seeds}}},
    }


def planned_jobs(seeds: int) -> pd.Series[str]:
    """List the benchmark files that a run from scratch would write."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
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


def expected(planned: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Return what the planned jobs will cost, by the largest measured job that is like each."""
    largest = measured.sort_values("seeds").groupby("kind").last()
    unknown = sorted(set(planned["kind"]) - set(largest.index))
    if unknown:
        sys.exit(f"results/ is of an older workflow, without {unknown[0]}…; run snakemake first")
    alike = largest.loc[planned["kind"]].reset_index()
    growth = planned["seeds"] / alike["seeds"]
    start = measured.loc[measured["is_chunk"], "seconds"].min()
    return alike.assign(seconds=start + growth * (alike["seconds"] - start))


def main() -> None:
    costs = job_costs(Path("results"))
    measured = costs.join(kinds(costs["file"]))
    print("| seeds | jobs | CPU hours | longest job | most memory |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for seeds in SEEDS:
        jobs = expected(kinds(planned_jobs(seeds)), measured)
        print(
            f"| {seeds} | {len(jobs)} | {jobs['seconds'].sum() / 3600:.2f} "
            f"| {jobs['seconds'].max():.0f} s | {jobs['megabytes'].max():.0f} MB |"
        )


if __name__ == "__main__":
    main()
