"""What a run of everything costs: cold, with nothing to do, after a restyling, with more seeds.

Everything runs in copies of this repository. The overhead ratio is what the run took of all cores
together over the sum of what its jobs took: 1 would be a run that does nothing but its jobs.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from neural_spectra.workflow.job_costs import job_costs

ROOT = Path(__file__).parents[1]
STUDIES = ("saturation", "rnn", "affine_maps")
DRAWING = "src/neural_spectra/figures/saturation/attenuation.py"
RESTYLING = ("alpha=0.25", "alpha=0.35")
TIMES = 4


def copy_of_the_repository(folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".*", "__pycache__", "results")
    return Path(shutil.copytree(ROOT, folder, ignore=ignored))


def run(folder: Path, cores: int, configs: list[Path], *targets: str) -> tuple[float, int]:
    """Run the workflow in ``folder``; return the seconds it took and the number of its jobs."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
    command += ["--configfile", *map(str, configs)] if configs else []
    command += ["--", *targets]
    # Snakemake's own output numbers the jobs.
    environment = os.environ | {"VERBOSE": "1"}
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(done.stderr[max(0, done.stderr.find("Error in rule")) :])
    # Job 0 is the target, which does nothing.
    return seconds, len(re.findall(r"^Finished jobid: [1-9]", done.stderr, re.MULTILINE))


def report(what: str, value: str, goal: str = "") -> None:
    print(f"{what:44}{value:>12}    {goal}".rstrip(), flush=True)


def restyle(folder: Path) -> None:
    """Draw one figure in another way, as a user would: in its drawing module."""
    drawing = (folder / DRAWING).read_text()
    if RESTYLING[0] not in drawing:
        sys.exit(f"{DRAWING}: no {RESTYLING[0]} any more; let this benchmark change another word")
    (folder / DRAWING).write_text(drawing.replace(*RESTYLING))


def with_more_seeds(settings: Any) -> dict[str, Any]:
    """Return the numbers of replicates in ``settings``, each ``TIMES`` as large."""
    if not isinstance(settings, dict):
        return {}
    more = {
        key: TIMES * value if key == "seeds" else with_more_seeds(value)
        for key, value in settings.items()
    }
    return {key: value for key, value in more.items() if value}


def measure_one_run(folder: Path, cores: int, configs: list[Path]) -> None:
    seconds, count = run(folder, cores, configs)
    jobs = job_costs(folder / "results")
    work = jobs["seconds"].sum()
    report(f"everything, cold, {count} jobs", f"{seconds:.1f} s", "goal: below 150 s on 2 cores")
    report("sum of job times", f"{work:.1f} s")
    report("overhead ratio", f"{seconds * cores / work:.2f}")
    dearest = jobs.set_index("file")["seconds"].nlargest(10)
    for file, spent in dearest.items():
        report(f"  {str(file).rpartition('/results/')[2]}", f"{spent:.1f} s")

    seconds, count = run(folder, cores, configs)
    report(f"nothing changed, {count} jobs", f"{seconds:.1f} s", "goal: below 3 s")
    restyle(folder)
    seconds, count = run(folder, cores, configs)
    report(f"one figure restyled, {count} jobs", f"{seconds:.1f} s", "goal: below 6 s")


def measure_more_seeds(before: Path, folder: Path, cores: int, configs: list[Path]) -> None:
    overlays = []
    for file in [*(ROOT / "config" / f"{study}.yaml" for study in STUDIES), *configs]:
        overlays.append(folder / f"more_seeds_{file.name}")
        settings = with_more_seeds(yaml.safe_load(file.read_text()))
        overlays[-1].write_text(yaml.safe_dump(settings))
    # The ledger's claims and the page are about the seeds of the default configuration.
    run(folder, cores, [*configs, *overlays], *STUDIES)
    work, more = (job_costs(copy / "results") for copy in (before, folder))
    work = work[work["rule"].isin(more["rule"])]
    for study in STUDIES:
        ratio = work_of(study, more) / work_of(study, work)
        what = f"{study}: work, {TIMES} times the seeds"
        report(what, f"× {ratio:.2f}", f"goal: at most × {TIMES}")


def work_of(study: str, jobs: pd.DataFrame) -> float:
    return float(jobs.loc[jobs["file"].str.contains(f"/{study}/"), "seconds"].sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--configfile", type=Path, help="settings on top of the default ones")
    options = parser.parse_args()
    configs = [options.configfile.absolute()] if options.configfile else []
    with tempfile.TemporaryDirectory() as scratch:
        one = copy_of_the_repository(Path(scratch) / "one")
        measure_one_run(one, options.cores, configs)
        more = copy_of_the_repository(Path(scratch) / "more")
        measure_more_seeds(one, more, options.cores, configs)


if __name__ == "__main__":
    main()
